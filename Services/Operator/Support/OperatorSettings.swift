import ServiceRuntime

/// Each command reads only what it needs, from the same environment as the services (`. .local/env` on one machine).
extension Settings {
    /// Connects as `igny8_service`, whom row security binds.
    func databaseURL() throws(ConfigurationError) -> String {
        try url("IGNY8_DATABASE_URL", schemes: ["postgresql", "postgres"])
    }

    /// Connects as `igny8_owner`: for migrations only.
    func ownerDatabaseURL() throws(ConfigurationError) -> String {
        try url("IGNY8_DATABASE_OWNER_URL", schemes: ["postgresql", "postgres"])
    }

    func redisURL() throws(ConfigurationError) -> String {
        try url("IGNY8_REDIS_URL", schemes: ["redis"])
    }

    func gatewayURL() throws(ConfigurationError) -> String {
        try url("IGNY8_GATEWAY_URL", schemes: ["http", "https"])
    }

    func sandboxURL() throws(ConfigurationError) -> String {
        try url("IGNY8_SANDBOX_URL", schemes: ["http", "https"])
    }
}
