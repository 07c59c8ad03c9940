import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Invoices every period of a subscription that has begun and is not invoiced yet; ends it when its end has come.
    /// - Returns: how many invoices were issued.
    func billSubscription(_ id: ManagedSubscription.ID, in tx: PostgresTransaction) async throws -> Int {
        let system = Tenant.system(reason: "billing")
        guard var subscription = try await ManagedSubscriptions.find(id, for: system, lock: .forUpdate, in: tx) else {
            return 0
        }
        let client = try await client(of: subscription.value, in: tx)
        var issued = 0
        while let served = subscription.value.dueProration(on: client.today, in: client.zone) {
            let target = subscription.currentMonthTarget
            subscription.value.adoptNextTerms(from: served)
            try await issueInvoice(for: subscription.value, client, served: served, in: tx)
            subscription.value.invoiced(served)
            issued += 1
            if subscription.currentMonthTarget != target {
                try await producer.enqueue(SubscriptionsJobs.planMonth(id, account: client.account.id), in: tx)
            }
        }
        if subscription.value.endsBy(client.today) {
            let before = subscription.status
            try subscription.value.cancel(at: client.now)
            try note(
                .cancelled,
                on: .subscription(subscription.value),
                from: before.rawValue,
                to: SubscriptionStatus.cancelled.rawValue,
                because: "the agreed end has come"
            )
        } else if issued == 0 {
            return 0
        }
        try await ManagedSubscriptions.save(&subscription, in: tx)
        return issued
    }
}
