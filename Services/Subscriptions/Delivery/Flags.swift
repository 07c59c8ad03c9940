import DomainModel
import Persistence
import Postgres

extension Office {
    /// Raises or clears a subscription's flag, with an audit event when that changed anything.
    func flag(
        _ kind: DeliveryFlagKind,
        _ subscription: ManagedSubscription,
        isRaised: Bool,
        detail: String,
        cleared: String,
        in tx: PostgresTransaction
    ) async throws {
        let subject = FlagSubject.subscription(subscription.id)
        if isRaised {
            let isNew = try await DeliveryFlags.raise(
                kind,
                on: subject,
                subscription: subscription.id,
                account: subscription.accountID,
                detail: detail,
                in: tx
            )
            guard isNew else { return }
            try note(.flagRaised, on: .subscription(subscription), to: kind.rawValue, because: detail)
        } else {
            let wasOpen = try await DeliveryFlags.clear(
                kind,
                on: subject,
                because: cleared,
                for: .account(subscription.accountID),
                in: tx
            )
            guard wasOpen else { return }
            try note(.flagCleared, on: .subscription(subscription), from: kind.rawValue, because: cleared)
        }
    }
}
