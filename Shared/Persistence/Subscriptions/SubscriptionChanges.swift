public import DomainModel
public import Foundation
public import Postgres

/// `igny8_subscription_changes`: what changes of terms were previewed, and which of them were applied.
public enum SubscriptionChanges {
    /// A preview.
    public struct Preview: Sendable {
        /// The row's id.
        public let id: Int64
        /// Of which subscription.
        public let subscriptionID: ManagedSubscription.ID
        /// What was shown.
        public let change: SubscriptionChange
        /// Business time after which it is refused.
        public let expiresAt: Date
        /// When it was applied.
        public let appliedAt: Date?
    }

    private static func decode(_ row: PostgresRow) throws -> Preview {
        try Preview(
            id: row.decode("id"),
            subscriptionID: row.id("subscription_id"),
            change: row.json("change"),
            expiresAt: row.decode("expires_at"),
            appliedAt: row.decode("applied_at")
        )
    }

    /// Keeps a preview. It holds for an hour, and never beyond the account's day, because its amounts are by the day.
    public static func store(
        _ change: SubscriptionChange,
        of subscription: ManagedSubscription,
        at moment: Date,
        in zone: TimeZone,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Preview {
        let tomorrow = CalendarDay(of: moment, in: zone).adding(days: 1).start(in: zone)
        return try await decode(
            queries.query(
                """
                insert into igny8_subscription_changes (account_id, subscription_id, change, expires_at, created_by)
                values (\(subscription.accountID.rawValue), \(subscription.id.rawValue), \(try PostgresJSON(change)),
                    \(min(moment.addingTimeInterval(3_600), tomorrow)), \(createdBy?.rawValue))
                returning id, subscription_id, change, expires_at, applied_at
                """
            ).only()
        )
    }

    /// A preview, held until the transaction ends.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Preview? {
        try await queries.query(
            """
            select id, subscription_id, change, expires_at, applied_at from igny8_subscription_changes
            where id = \(id) and \(fragment: tenant.owns()) for no key update
            """
        ).first.map(decode)
    }

    /// Marks a preview as applied, at business time.
    public static func markApplied(_ id: Int64, in queries: some PostgresQuerying) async throws {
        try await queries.query("update igny8_subscription_changes set applied_at = igny8_now() where id = \(id)")
    }

    /// Reckons a change from what is in the database now; the invoices it touches are held until the transaction ends.
    /// - Parameter subscription: its row is held by the caller.
    public static func reckon(
        _ subscription: ManagedSubscription,
        to terms: ServiceTerms,
        _ timing: SubscriptionChange.Timing,
        account: Account,
        domain: Domain,
        at moment: Date,
        in tx: PostgresTransaction
    ) async throws -> SubscriptionChange {
        let today = CalendarDay(of: moment, in: account.timeZone)
        let billing = try await Accounts.billing(of: account.id, in: tx)
        let currency = subscription.monthlyPrice.currency
        let invoices = try await UnusedDays.billed(
            beyond: today,
            of: subscription.id,
            for: .account(account.id),
            in: tx
        )
        return try await SubscriptionChange(
            of: subscription,
            to: terms,
            timing,
            invoices: invoices.map(\.billed),
            SubscriptionChange.Circumstances(
                now: moment,
                zone: account.timeZone,
                domain: domain,
                taxRate: TaxRates.rate(in: billing?.country, on: today, in: tx),
                credit: CustomerCredits.balance(of: account.id, in: currency, lock: .forUpdate, tx)
            )
        )
    }

    /// Does what was reckoned: credits the days invoiced at the old terms, changes the terms, and bills the days anew.
    /// - Parameter subscription: its row is held by the caller.
    /// - Returns: the new invoice; nil when nothing is billed now.
    public static func apply(
        _ change: SubscriptionChange,
        to subscription: inout Stored<ManagedSubscription>,
        account: Account,
        domain: Domain,
        at moment: Date,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Invoice>? {
        let today = CalendarDay(of: moment, in: account.timeZone)
        guard change.timing == .now, subscription.status != .pending else {
            subscription.value.agree(to: change.after)
            try await ManagedSubscriptions.save(&subscription, in: tx)
            return nil
        }
        try subscription.value.change(to: change.after, on: today, in: account.timeZone)
        try await UnusedDays.credit(
            subscription.id,
            from: today,
            at: moment,
            reason: "terms changed",
            billsAnew: true,
            createdBy: createdBy,
            for: .account(account.id),
            in: tx
        )
        var invoice: Stored<Invoice>?
        if let served = subscription.value.dueProration(on: today, in: account.timeZone) {
            invoice = try await ManagedInvoices.issue(
                for: subscription.value,
                of: account,
                domain: domain,
                served: served,
                at: moment,
                createdBy: createdBy,
                in: tx
            )
            subscription.value.invoiced(served)
        }
        try await ManagedSubscriptions.save(&subscription, in: tx)
        return invoice
    }
}
