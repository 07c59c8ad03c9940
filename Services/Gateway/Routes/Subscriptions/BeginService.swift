import DomainModel
import Persistence

extension Write {
    /// Sells a managed service: a pending subscription, the steps of its onboarding, and the job that begins them. Nothing
    /// is invoiced before it is active (spec 4).
    func beginService(
        _ tier: ServiceTier,
        for site: Site,
        price: Money,
        articlesPerMonth: Int,
        accountManager: User.ID? = nil,
        config: ServiceConfig? = nil
    ) async throws -> Stored<ManagedSubscription> {
        let subscription = try await ManagedSubscriptions.create(
            account: site.accountID,
            site: site.id,
            tier: tier,
            monthlyPrice: price,
            articlesPerMonth: articlesPerMonth,
            accountManager: accountManager,
            serviceConfig: config ?? .defaults(for: tier),
            createdBy: identity.userID,
            in: tx
        )
        try await OnboardingSteps.save(Onboarding(), of: subscription.id, account: site.accountID, in: tx)
        _ = try await enqueue(SubscriptionsJobs.onboard(subscription.id, account: site.accountID))
        try await audit(
            .created,
            .subscription(subscription.value),
            Change(to: subscription.status.rawValue, data: ["tier": .string(tier.rawValue)])
        )
        return subscription
    }
}
