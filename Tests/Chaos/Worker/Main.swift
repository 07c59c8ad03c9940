import ArgumentParser
import ChaosLedger
import EventLoop
import Foundation
import JobQueue
import Logging
import Postgres
import Redis
import ServiceLifecycle
import UnixSignals

/// A worker process to be killed, frozen and cut off.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "igny8-chaos-worker",
        abstract: "Works at ledger jobs until it is told to stop (SIGTERM drains), or killed.",
        discussion: """
            Example:
              igny8-chaos-worker --database postgresql://igny8_service@127.0.0.1/shop \\
                  --redis redis://127.0.0.1/0 --queue chaos --lease 3
            """
    )

    @Option(help: "A connection string of the database that holds the queue and the ledger.")
    var database: String
    @Option(help: "The URL of the Redis that holds the hints.")
    var redis: String
    @Option(help: "The queue to work at.")
    var queue: String
    @Option(help: "Seconds without a heartbeat after which the worker counts as dead.")
    var lease = 30.0
    @Option(help: "Jobs at the same time.")
    var capacity = 16
    @Option(help: "The name under which it writes into the ledger.")
    var name = "worker"

    func run() async throws {
        let loop = EventLoop(name: "worker")
        var logger = Logger(label: name)
        logger.logLevel = .notice
        let database = PostgresDatabase(
            configuration: PostgresConfiguration(url: database, applicationName: name),
            loop: loop,
            logger: logger
        )
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: redis, clientName: name),
            loop: loop,
            logger: logger
        )
        let worker = JobWorker(
            queue: queue,
            tasks: [LedgerTask(database: database, worker: name)],
            database: database,
            redis: redis,
            configuration: WorkerConfiguration(capacity: capacity, lease: .seconds(lease), version: name),
            logger: logger
        )
        try await ServiceGroup(
            services: [database, redis, worker],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
