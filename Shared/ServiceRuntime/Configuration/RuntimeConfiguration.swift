public import Logging
import Postgres
import Redis

/// What every service has in common. A service's own configuration stands beside it and is read from the same ``Settings``.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_DATABASE_URL` | `postgresql://` URL of the service role (secret password) | required |
/// | `IGNY8_REDIS_URL` | `redis://` URL | required |
/// | `IGNY8_MODE` | `sandbox` or `production` | required |
/// | `IGNY8_PRIVATE_HOST` | address of `/healthz`, `/readyz`, `/metrics` | `127.0.0.1` |
/// | `IGNY8_PRIVATE_PORT` | its port; 0 takes a free one | required |
/// | `IGNY8_LOG_LEVEL` | `trace` … `critical` | `info` |
/// | `IGNY8_LOG_FORMAT` | `json` or `text` | `json` |
/// | `IGNY8_SHUTDOWN_SECONDS` | grace between SIGTERM and cancellation | 25 |
public struct RuntimeConfiguration: Sendable {
    /// Whether the world outside is played or real.
    public enum Mode: String, CaseIterable, Sendable { case sandbox, production }

    public var databaseURL: String
    public var redisURL: String
    public var mode: Mode
    public var privateHost: String
    public var privatePort: Int
    public var logLevel: Logger.Level
    public var logFormat: LogFormat
    /// How long services may take to finish after SIGTERM before their tasks are cancelled.
    ///
    /// 25 s: below the 30 s that Kubernetes and our own supervisor grant, so that the last writes are ours.
    public var shutdownGrace: Duration

    public init(_ settings: Settings) throws(ConfigurationError) {
        databaseURL = try settings.url("IGNY8_DATABASE_URL", schemes: ["postgresql", "postgres"])
        redisURL = try settings.url("IGNY8_REDIS_URL", schemes: ["redis"])
        mode = try settings.choice("IGNY8_MODE")
        privateHost = try settings.text("IGNY8_PRIVATE_HOST", default: "127.0.0.1")
        privatePort = try settings.integer("IGNY8_PRIVATE_PORT", in: 0...65535)
        logLevel = try settings.choice("IGNY8_LOG_LEVEL", default: .info)
        logFormat = try settings.choice("IGNY8_LOG_FORMAT", default: .json)
        shutdownGrace = try settings.seconds("IGNY8_SHUTDOWN_SECONDS", in: 0...600, default: .seconds(25))
    }
}

extension RuntimeConfiguration {
    /// - Throws: when libpq cannot read the URL.
    func database(applicationName: String) throws(ConfigurationError) -> PostgresConfiguration {
        let configuration = PostgresConfiguration(url: databaseURL, applicationName: applicationName)
        do throws(PostgresError) { try configuration.validate() } catch {
            throw .unreadable(
                "IGNY8_DATABASE_URL",
                found: "\"\(Mask.url(databaseURL))\"",
                expected: "postgresql://user:password@host:port/name"
            )
        }
        return configuration
    }

    /// - Throws: when the Redis client cannot read the URL.
    func redis(clientName: String) throws(ConfigurationError) -> RedisConfiguration {
        do throws(RedisError) { return try RedisConfiguration(url: redisURL, clientName: clientName) } catch {
            throw .unreadable(
                "IGNY8_REDIS_URL",
                found: "\"\(Mask.url(redisURL))\"",
                expected: "redis://user:password@host:port/database"
            )
        }
    }
}

/// Lines for machines or for people.
public enum LogFormat: String, CaseIterable, Sendable { case json, text }
