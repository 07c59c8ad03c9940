public import DomainModel
public import Foundation
import Postgres

/// An invoice as a list shows it: without its lines.
public struct InvoiceSummary: Hashable, Sendable {
    /// The row's id.
    public let id: Invoice.ID
    /// Who owes.
    public let accountID: Account.ID
    /// What kind of thing it bills.
    public let kind: InvoiceKind
    /// The managed subscription it bills.
    public let subscriptionID: ManagedSubscription.ID?
    /// Given at issue.
    public let number: String?
    /// Where it stands.
    public let status: InvoiceStatus
    /// The days it bills.
    public let served: Proration?
    /// Before tax.
    public let net: Money
    /// Tax.
    public let tax: Money
    /// Net + tax.
    public let total: Money
    /// What has been paid.
    public let paid: Money
    /// What credit notes have taken off what was due.
    public let credited: Money
    /// What is still owed.
    public let due: Money
    /// Whether we take the money ourselves.
    public let collection: InvoiceCollection
    /// The day of issue in the account's zone.
    public let issuedOn: CalendarDay?
    /// The moment of issue.
    public let issuedAt: Date?
    /// When nothing was due any more.
    public let paidAt: Date?
    /// When the next attempt is planned.
    public let nextAttemptAt: Date?
}

extension Invoices {
    /// For `GET billing/invoices/`.
    public static let listing = Listing(
        columns: """
            id, account_id, kind, subscription_id, number, status, currency, period_start, period_end, net, tax, total,
            paid, credited, due, collection, issued_on, issued_at, paid_at, next_attempt_at, created_at, updated_at,
            revision
            """,
        source: "igny8_invoices",
        tenantColumn: "account_id",
        keyColumn: "id",
        filters: [
            "account_id": .id("account_id"), "subscription_id": .id("subscription_id"),
            "status": .word("status", InvoiceStatus.self), "kind": .word("kind", InvoiceKind.self),
            "number": .text("number"), "currency": .text("currency"), "issued_on": .day("issued_on"),
            "period_start": .day("period_start"), "issued_since": .since("issued_at"),
            "issued_until": .until("issued_at"),
        ],
        orderings: [
            "created_at": "created_at", "issued_at": "issued_at", "total": "total", "due": "due", "status": "status",
            "number": "number",
        ],
        searched: ["number"],
        decode: summary
    )

    private static func summary(_ row: PostgresRow) throws -> Stored<InvoiceSummary> {
        let currency = try row.currency()
        return try Stored(
            InvoiceSummary(
                id: row.id("id"),
                accountID: row.id("account_id"),
                kind: row.word("kind"),
                subscriptionID: row.id(ifAny: "subscription_id"),
                number: row.decode("number"),
                status: row.word("status"),
                served: row.served(),
                net: row.money("net", in: currency),
                tax: row.money("tax", in: currency),
                total: row.money("total", in: currency),
                paid: row.money("paid", in: currency),
                credited: row.money("credited", in: currency),
                due: row.money("due", in: currency),
                collection: row.word("collection"),
                issuedOn: row.day(ifAny: "issued_on"),
                issuedAt: row.decode("issued_at"),
                paidAt: row.decode("paid_at"),
                nextAttemptAt: row.decode("next_attempt_at")
            ),
            row
        )
    }
}
