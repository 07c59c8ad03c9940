import Persistence
import Sandbox
import ServiceLifecycle
import ServiceRuntime
import Subscriptions

@testable import Gateway

/// What each process is made of. The ports are given here, because one process stands for three.
enum Roles {
    @Sendable
    static func gateway(_ host: ServiceHost, _ environment: [String: String]) async throws -> [any Service] {
        var own = environment
        own["IGNY8_HTTP_PORT"] = own["TEST_GATEWAY_PORT"]
        var configuration = try GatewayConfiguration(Settings(own))
        configuration.passwordCost = .cheap
        return try await Gateway.services(host, configuration)
    }

    @Sendable
    static func sandbox(_ host: ServiceHost, _ environment: [String: String]) async throws -> [any Service] {
        var own = environment
        own["IGNY8_HTTP_PORT"] = own["TEST_SANDBOX_PORT"]
        return try await Sandbox.services(host, SandboxConfiguration(Settings(own)))
    }

    @Sendable
    static func subscriptions(_ host: ServiceHost, _ environment: [String: String]) async throws -> [any Service] {
        try SubscriptionsService.build(host, SubscriptionsConfiguration(Settings(environment)))
    }
}
