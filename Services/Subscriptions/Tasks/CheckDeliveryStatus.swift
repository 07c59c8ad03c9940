import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Daily: raises and clears the flags of a zone's subscriptions: behind pace, onboarding stuck, not paid in two weeks;
/// and marks the zone's invoices that wait for a payment by hand and are past their day.
struct CheckDeliveryStatus: JobTask {
    static let name = "check_delivery_status"

    let office: Office

    func run(_ payload: ZoneReference, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        let open = try await office.read(context) { tx in
            try await ManagedSubscriptions.all(
                in: [.pending, .active],
                zone: payload.zone,
                for: tenant,
                in: tx
            ).map(\.id)
        }
        for id in open {
            try await office.transaction(context) { tx in
                guard
                    var subscription = try await ManagedSubscriptions.find(
                        id,
                        for: tenant,
                        lock: .forUpdate,
                        in: tx
                    )
                else { return }
                let today = try await office.today(in: payload.zone, tx)
                switch subscription.status {
                case .pending:
                    try await checkOnboarding(of: subscription.value, in: tx)
                case .active:
                    try await office.countPublished(of: &subscription, in: tx)
                    try await checkPace(of: subscription.value, today: today, in: tx)
                    try await office.pauseIfUnpaid(&subscription, today: today, in: tx)
                case .paused, .cancelled: break
                }
            }
        }
        _ = try await office.markOverdue(inZone: payload.zone, context)
        try await office.transaction(context) { tx in
            try await context.complete(result: ["subscriptions": open.count], in: tx)
        }
    }

    private func checkPace(
        of subscription: ManagedSubscription,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        guard let served = subscription.currentProration else { return }
        let pace = DeliveryPace(
            target: subscription.currentMonthTarget ?? served.quota(subscription.articlesPerMonth),
            published: subscription.currentMonthArticlesPublished,
            served: served,
            today: today
        )
        try await office.flag(
            .contentBehind,
            subscription,
            isRaised: pace.isBehind,
            detail: "\(pace.published) of the \(pace.expected) articles due by now are published",
            cleared: "\(pace.published) of \(pace.target) articles are published",
            in: tx
        )
    }

    private func checkOnboarding(of subscription: ManagedSubscription, in tx: PostgresTransaction) async throws {
        let tenant = Tenant.account(subscription.accountID)
        let onboarding = try await OnboardingSteps.load(subscription.id, for: tenant, in: tx)
        guard case .run(let step) = onboarding.next else { return }
        let row = onboarding[step]
        try await office.flag(
            .onboardingBlocked,
            subscription,
            isRaised: row.status == .blocked || row.status == .failed,
            detail: "\(step.rawValue): \(row.detail)",
            cleared: "onboarding goes on",
            in: tx
        )
    }
}
