import Hummingbird
import JobQueue
import Logging
import Persistence
import Postgres
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// Everybody outside, on one machine: Stripe, the clients' mailboxes and sites, the IGNY8 core, and the clock.
/// What it knows lies in PostgreSQL, an effect with its idempotency record in one transaction: killed at any moment, it
/// goes on where it was.
public enum Sandbox {
    /// Its services, in the order of their dependence. Its own tables are made first.
    public static func services(
        _ host: ServiceHost,
        _ configuration: SandboxConfiguration
    ) async throws -> [any Service] {
        guard host.configuration.mode == .sandbox else {
            throw ConfigurationError.unreadable(
                "IGNY8_MODE",
                found: "production",
                expected: "sandbox: it plays the world"
            )
        }
        let parts = try await SandboxParts(host, configuration)
        var services: [any Service] = [
            parts.database, ClockWatch(database: parts.database, bells: [parts.outbox.bell, parts.worldBell]),
        ]
        if let courier = parts.courier { services.append(courier) }
        services += [parts.smtp, parts.core, parts.world, parts.application]
        return services
    }
}
