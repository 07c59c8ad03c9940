import DomainModel
import Foundation
import Persistence
import Postgres

extension Office {
    /// What a step must see of the world outside, before its transaction.
    func look(before step: OnboardingStep, for subscription: ManagedSubscription) async throws -> StepSight {
        step == .verifyPlugin ? try await lookAtPlugin(of: subscription) : .nothing
    }

    /// Does a step within a transaction.
    func perform(
        _ step: OnboardingStep,
        _ sight: StepSight,
        for subscription: inout Stored<ManagedSubscription>,
        in tx: PostgresTransaction
    ) async throws -> StepResult {
        let client = try await client(of: subscription.value, in: tx)
        switch step {
        case .verifyPlugin: return try await verifyPlugin(sight, client, in: tx)
        case .blueprint: return try await agreeOnBlueprint(client, in: tx)
        case .automation: return try await setUpAutomation(client, in: tx)
        case .welcomeEmail: return try await welcome(client, in: tx)
        case .contentTasks: return try await planFirstMonth(client, in: tx)
        case .notifyManager: return try await notifyManager(client, in: tx)
        case .activate: return try await activate(&subscription, client, in: tx)
        }
    }

    /// When a blocked step is looked at again by itself: at nine the next morning, where the client lives.
    func tomorrow(for subscription: ManagedSubscription, in tx: PostgresTransaction) async throws -> Date {
        let client = try await client(of: subscription, in: tx)
        return client.today.adding(days: 1).moment(hour: 9, in: client.zone)
    }
}
