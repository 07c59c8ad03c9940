import ArgumentParser
import JobQueue
import Logging
import Metrics
import Postgres
import Redis
import ServiceLifecycle
import UnixSignals

/// One worker process, until SIGTERM.
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Works until SIGTERM.",
        discussion: "Example: igny8-bench-queue work --tally /tmp/tally --capacity 512"
    )

    @Option(help: "The folder for this process' count of completions and latencies.")
    var tally: String
    @Option(help: "Where `arrive` writes when it committed; latencies since then go to PATH.latency/.")
    var commits: String?
    @Option(help: "Jobs in hand at the same time.")
    var capacity = 512
    @Option(help: "Pipelined connections to PostgreSQL.")
    var connections = 2

    func run() async throws {
        let tally = try Tally(folder: tally)
        MetricsSystem.bootstrap(CompletionCounter(tally: tally))
        let database = try Place.database(connections: connections)
        let redis = try Place.redis()
        let worker = JobWorker(
            queue: Place.queue,
            tasks: [NoOp(tally: tally, afterCommit: try commits.map { try AfterCommit($0) })],
            database: database,
            redis: redis,
            configuration: WorkerConfiguration(capacity: capacity),
            logger: Place.logger
        )
        try await ServiceGroup(
            services: [database, redis, worker],
            gracefulShutdownSignals: [.sigterm],
            logger: Place.logger
        ).run()
    }
}
