public import EventLoop
public import Logging
public import Persistence
public import Postgres
public import Redis
public import ServiceLifecycle
import UnixSignals

/// What a service stands on: one I/O thread, the database, Redis, the store, metrics, logs.
///
/// An executable is a few lines over it:
///
/// ```swift
/// @main enum Main {
///     static func main() async {
///         await ServiceHost.run(name: "igny8-gateway", configuration: GatewayConfiguration.init) { host, configuration in
///             try Gateway.services(host, configuration)
///         }
///     }
/// }
/// ```
public struct ServiceHost: Sendable {
    /// As it stands in logs, in `pg_stat_activity` and in Redis' client list.
    public let name: String
    public let configuration: RuntimeConfiguration
    /// Carries the sockets of the database, of Redis and of a `WebClient` that the service may add.
    public let loop: EventLoop
    public let database: PostgresDatabase
    public let redis: RedisClient
    public let store: Store
    /// Where gauges that are read at a scrape are added.
    public let registry: PrometheusRegistry
    public let logger: Logger

    /// Opens nothing yet: connections are made by the services' `run()` or on first use.
    /// - Throws: ``ConfigurationError`` for a URL that the client library refuses.
    public init(
        name: String,
        configuration: RuntimeConfiguration,
        registry: PrometheusRegistry,
        logger: Logger
    ) throws(ConfigurationError) {
        self.name = name
        self.configuration = configuration
        self.registry = registry
        self.logger = logger
        let loop = EventLoop(name: name)
        self.loop = loop
        database = PostgresDatabase(
            configuration: try configuration.database(applicationName: name),
            loop: loop,
            logger: logger
        )
        redis = RedisClient(configuration: try configuration.redis(clientName: name), loop: loop, logger: logger)
        store = Store(database: database)
    }

    /// What `/readyz` asks.
    public var readinessChecks: [ReadinessCheck] {
        [
            ReadinessCheck("database") { [database] in try await database.query("select 1") },
            ReadinessCheck("redis") { [redis] in _ = try await redis.command(["PING"]) },
        ]
    }

    /// Runs until a signal or until a service ends. SIGTERM and SIGINT let every service finish, last one first: the
    /// workers drain while their database still lives. What is not done after the grace is cancelled.
    ///
    /// - Parameter services: in the order of their dependence; they may use the database and Redis.
    public func serve(_ services: [any Service]) async throws {
        let privateServer = PrivateServer(
            host: configuration.privateHost,
            port: configuration.privatePort,
            registry: registry,
            checks: readinessChecks,
            logger: logger
        )
        var group = ServiceGroupConfiguration(
            services: [privateServer, database, redis] + services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = configuration.shutdownGrace
        // The last resort: a service that ignores cancellation for 5 s takes the process down with it.
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }
}
