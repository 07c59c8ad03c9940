import JobQueue
import Persistence
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// The service as it runs: one worker of the queue `backlink-orders`.
public enum BacklinkOrdersService {
    /// Everything but what the host brings.
    public static func build(_ host: ServiceHost, _ configuration: BacklinkOrdersConfiguration) -> [any Service] {
        let office = Office(
            store: host.store,
            producer: JobProducer(redis: host.redis, logger: host.logger),
            pages: WebPageSource(
                client: WebClient(loop: host.loop, logger: host.logger),
                hosts: HostGate(redis: host.redis),
                robots: RobotsBook(),
                isSandbox: host.configuration.mode == .sandbox
            )
        )
        return [
            JobWorker(
                queue: BacklinkOrdersJobs.queue,
                tasks: tasks(office),
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
