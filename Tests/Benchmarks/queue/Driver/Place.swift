import ArgumentParser
import EventLoop
import Foundation
import JobQueue
import Logging
import Postgres
import Redis

/// The servers of the run, and what our processes share.
enum Place {
    static let queue = "bench"
    static let loop = EventLoop(name: "bench")

    static let logger: Logger = {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }()

    static func database(_ name: String = "IGNY8_DATABASE_URL", connections: Int = 2) throws -> PostgresDatabase {
        var configuration = PostgresConfiguration(url: try setting(name), applicationName: "igny8-bench")
        configuration.sharedConnections = connections
        return PostgresDatabase(configuration: configuration, loop: loop, logger: logger)
    }

    static func redis() throws -> RedisClient {
        let configuration = try RedisConfiguration(url: try setting("IGNY8_REDIS_URL"), clientName: "igny8-bench")
        return RedisClient(configuration: configuration, loop: loop, logger: logger)
    }

    /// What row security reads: the benchmark serves no tenant.
    static let settings = [PostgresSetting("igny8.scope", "system"), PostgresSetting("igny8.actor", "bench")]

    private static func setting(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            throw ValidationError("\(name) is not set; deploy/bench queue sets it.")
        }
        return value
    }
}
