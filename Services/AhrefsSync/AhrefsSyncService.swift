import Foundation
import JobQueue
import Persistence
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// The service as it runs: one worker of the queue `ahrefs-sync`.
public enum AhrefsSyncService {
    /// Everything but what the host brings.
    public static func build(
        _ host: ServiceHost,
        _ configuration: AhrefsSyncConfiguration
    ) throws -> [any Service] {
        let bureau = Bureau(
            store: host.store,
            producer: JobProducer(redis: host.redis, logger: host.logger),
            ahrefs: AhrefsClient(
                web: WebClient(loop: host.loop, logger: host.logger),
                baseURL: configuration.ahrefsURL,
                guardAddresses: host.configuration.mode == .production
            ),
            secrets: configuration.secrets
        )
        return [
            JobWorker(
                queue: AhrefsJobs.queue,
                tasks: tasks(bureau),
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
