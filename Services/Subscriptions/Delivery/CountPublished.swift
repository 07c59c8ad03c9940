import DomainModel
import Persistence
import Postgres

extension Office {
    /// Sets the month's counter to what a count of its published content gives.
    func countPublished(of subscription: inout Stored<ManagedSubscription>, in tx: PostgresTransaction) async throws {
        guard let served = subscription.value.currentProration,
            let account = try await Accounts.find(
                subscription.accountID,
                for: .account(subscription.accountID),
                in: tx
            )
        else { return }
        let count = try await DeliveryTasks.countPublished(
            of: subscription.value,
            from: served.from.start(in: account.value.timeZone),
            to: served.to.start(in: account.value.timeZone),
            month: served.month,
            in: tx
        )
        guard count != subscription.currentMonthArticlesPublished else { return }
        subscription.value.recordPublished(count)
        try await ManagedSubscriptions.save(&subscription, in: tx)
    }
}
