import FileStore
import JobQueue
import Persistence
import ReportDesign
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// The service as it runs: warm renderers, and one worker of the queue `reporting`.
public enum ReportingService {
    /// Everything but what the host brings.
    public static func build(
        _ host: ServiceHost,
        _ configuration: ReportingConfiguration
    ) throws -> [any Service] {
        let web = WebClient(loop: host.loop, logger: host.logger)
        let renderers = RendererPool(configuration.renderer, logger: host.logger)
        let press = Press(
            store: host.store,
            producer: JobProducer(redis: host.redis, logger: host.logger),
            files: configuration.files.open(web),
            renderers: renderers,
            house: configuration.house,
            web: web,
            guardAddresses: host.configuration.mode == .production,
            gather: gather,
            writer: configuration.model?.open(web, guardAddresses: host.configuration.mode == .production),
            letters: try ReportLetterForm()
        )
        let worker = JobWorker(
            queue: ReportsJobs.queue,
            tasks: tasks(press),
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
        // The last one stops first: what is being rendered may finish.
        return [renderers, worker]
    }
}
