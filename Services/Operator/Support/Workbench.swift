import EventLoop
import JobQueue
import Logging
import Persistence
import Postgres
import Redis
import ServiceRuntime

/// Opens what a command needs, and closes it after it.
struct Workbench {
    let settings: Settings
    let logger: Logger
    let loop: EventLoop

    static let actor = "operator"

    /// Runs a command with one I/O thread that ends with it.
    static func run<Value>(
        settings: Settings = .process,
        _ body: (Workbench) async throws -> Value
    ) async throws -> Value {
        let loop = EventLoop(name: "igny8")
        defer { loop.stop() }
        let logger = Logger(label: "igny8") { _ in
            ServiceLogHandler(service: "igny8", level: .error, format: .text, output: .standardError)
        }
        return try await body(Workbench(settings: settings, logger: logger, loop: loop))
    }

    /// - Parameter acquireTimeout: how long a statement waits for a database that is away.
    func withDatabase<Value>(
        _ url: String,
        acquireTimeout: Duration = .seconds(10),
        _ body: (PostgresDatabase) async throws -> Value
    ) async throws -> Value {
        var configuration = PostgresConfiguration(url: url, applicationName: "igny8")
        configuration.acquireTimeout = acquireTimeout
        let database = PostgresDatabase(configuration: configuration, loop: loop, logger: logger)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(database)) } catch { outcome = .failure(error) }
        await database.close()
        return try outcome.get()
    }

    /// The store under the service role: what a command reads across accounts names its reason.
    func withStore<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await withDatabase(settings.databaseURL()) { try await body(Store(database: $0)) }
    }

    /// One transaction across all accounts.
    func inSystem<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await withStore { store in
            try await store.transaction(as: .system(reason: "operator"), actor: Self.actor, body)
        }
    }

    /// For commands that write jobs: workers are told by Redis when it can be reached, and find the job by themselves
    /// a little later when not.
    func withProducer<Value>(_ body: (JobProducer, Store) async throws -> Value) async throws -> Value {
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: settings.redisURL(), clientName: "igny8"),
            loop: loop,
            logger: logger
        )
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(
                try await withStore { try await body(JobProducer(redis: redis, logger: logger), $0) }
            )
        } catch {
            outcome = .failure(error)
        }
        await redis.close()
        return try outcome.get()
    }
}
