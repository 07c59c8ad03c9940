public import DomainModel
public import Foundation
public import Postgres

/// `igny8_reconciliation_differences`: what our books and a gateway's list do not agree on; one open row for each thing
/// and kind.
public enum GatewayDifferences {
    /// Notes differences; one that is open already is seen again.
    /// - Returns: how many are new.
    @discardableResult
    public static func note(_ found: [GatewayDifference], in tx: PostgresTransaction) async throws -> Int {
        let rows = try await tx.query(
            """
            insert into igny8_reconciliation_differences as known
                (account_id, provider, subject, kind, provider_reference, payment_id, ours, theirs)
            select * from unnest(\(found.map { $0.accountID?.rawValue }), \(found.map(\.provider.rawValue)),
                \(found.map(\.subject.rawValue)), \(found.map(\.kind.rawValue)), \(found.map(\.reference)),
                \(found.map { $0.paymentID?.rawValue }), \(found.map(\.ours)), \(found.map(\.theirs)))
            on conflict (provider, subject, provider_reference, kind) where cleared_at is null
                do update set last_seen_at = igny8_now(), ours = excluded.ours, theirs = excluded.theirs
            returning revision = 1 as is_new
            """
        )
        return try rows.count(where: { row in try row.decode("is_new") })
    }

    /// Clears the open differences of some things that are found to agree now.
    /// - Returns: how many there were.
    @discardableResult
    public static func clear(
        _ subject: GatewayDifference.Subject,
        at provider: PaymentMethodKind,
        references: [String],
        because reason: String,
        in tx: PostgresTransaction
    ) async throws -> Int {
        try await tx.query(
            """
            update igny8_reconciliation_differences set cleared_at = igny8_now(), cleared_reason = \(reason)
            where provider = \(provider.rawValue) and subject = \(subject.rawValue)
                and provider_reference = any(\(references)) and cleared_at is null
            """
        ).affected
    }

    /// A thing of our books as a gateway would name it.
    public struct OurSide: Hashable, Sendable {
        /// `ch_…`, `re_…`, `dp_…`.
        public let reference: String
        /// Whose.
        public let accountID: Account.ID
        /// Which payment.
        public let paymentID: Payment.ID
        /// How much and in which state.
        public let side: GatewayDifference.Side
    }

    /// What our books say of things that a gateway lists, by its names.
    public static func ours(
        _ subject: GatewayDifference.Subject,
        at provider: PaymentMethodKind,
        references: [String],
        in queries: some PostgresQuerying
    ) async throws -> [OurSide] {
        try await read(subject, provider, "reference = any(\(references))", in: queries)
    }

    /// What our books say was settled in a window, for what the gateway's list may have left out.
    public static func ours(
        _ subject: GatewayDifference.Subject,
        at provider: PaymentMethodKind,
        settledIn window: Range<Date>,
        in queries: some PostgresQuerying
    ) async throws -> [OurSide] {
        try await read(
            subject,
            provider,
            "settled_at >= \(window.lowerBound) and settled_at < \(window.upperBound)",
            in: queries
        )
    }

    private static func read(
        _ subject: GatewayDifference.Subject,
        _ provider: PaymentMethodKind,
        _ condition: SQL,
        in queries: some PostgresQuerying
    ) async throws -> [OurSide] {
        try await queries.query(
            """
            select reference, account_id, payment_id, amount, currency, status from (
                \(fragment: source(of: subject, at: provider))) as ours
            where reference is not null and \(fragment: condition) order by reference
            """
        ).map { row in
            try OurSide(
                reference: row.decode("reference"),
                accountID: row.id("account_id"),
                paymentID: row.id("payment_id"),
                side: GatewayDifference.Side(
                    amount: row.money("amount", in: row.currency()),
                    status: row.decode("status")
                )
            )
        }
    }

    /// States in the words of both sides. Charges that came to nothing are not compared: no money moved.
    private static func source(of subject: GatewayDifference.Subject, at provider: PaymentMethodKind) -> SQL {
        switch subject {
        case .charge:
            """
            select provider_charge as reference, account_id, id as payment_id, amount, currency, settled_at,
                case when status in ('succeeded', 'refunded') then 'succeeded' else 'pending' end as status
            from igny8_payments
            where kind = \(provider.rawValue) and status in ('processing', 'succeeded', 'refunded')
            """
        case .refund:
            """
            select refund.provider_reference as reference, refund.account_id, refund.payment_id, refund.amount,
                refund.currency, refund.settled_at, refund.status
            from igny8_refunds refund join igny8_payments payment on payment.id = refund.payment_id
            where payment.kind = \(provider.rawValue)
            """
        case .dispute:
            """
            select provider_reference as reference, account_id, payment_id, amount, currency, opened_at as settled_at,
                status
            from igny8_disputes where provider = \(provider.rawValue)
            """
        }
    }
}
