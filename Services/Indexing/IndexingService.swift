import Foundation
import JobQueue
import Persistence
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// The service as it runs: one worker of the queue `indexing`.
public enum IndexingService {
    /// Everything but what the host brings.
    public static func build(
        _ host: ServiceHost,
        _ configuration: IndexingConfiguration
    ) throws -> [any Service] {
        let desk = Desk(
            store: host.store,
            producer: JobProducer(redis: host.redis, logger: host.logger),
            web: ProviderWeb(
                client: WebClient(loop: host.loop, logger: host.logger),
                guardAddresses: host.configuration.mode == .production
            ),
            places: configuration.places,
            secrets: configuration.secrets,
            holdoutPercent: configuration.holdoutPercent
        )
        return [
            JobWorker(
                queue: IndexingJobs.queue,
                tasks: tasks(desk),
                schedules: schedules,
                zones: { [store = host.store] in
                    try await store.read(as: .system(reason: "zones of the schedules"), actor: "scheduler") { tx in
                        try await Accounts.zones(in: tx)
                    }
                },
                database: host.database,
                redis: host.redis,
                configuration: configuration.worker,
                logger: host.logger
            )
        ]
    }
}
