import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// pending → active. The first invoice is issued by the billing run that follows a minute later: one run issues for
    /// all that became active meanwhile, in a fixed order, so that invoice numbers do not depend on who was faster.
    func activate(
        _ subscription: inout Stored<ManagedSubscription>,
        _ client: Client,
        in tx: PostgresTransaction
    ) async throws -> StepResult {
        try subscription.value.activate(at: client.now, in: client.zone)
        try await ManagedSubscriptions.save(&subscription, in: tx)
        try note(
            .activated,
            on: .subscription(subscription.value),
            from: SubscriptionStatus.pending.rawValue,
            to: SubscriptionStatus.active.rawValue
        )
        _ = try await DeliveryFlags.clear(
            .onboardingBlocked,
            on: .subscription(subscription.id),
            because: "onboarding is complete",
            for: .account(subscription.accountID),
            in: tx
        )
        try await planMonth(of: subscription.value, in: tx)
        try await producer.enqueue(SubscriptionsJobs.bill(at: client.now.addingTimeInterval(Self.billingPause)), in: tx)
        return .done("active since \(client.today)")
    }

    private static let billingPause: TimeInterval = 60
}
