public import DomainModel
public import Foundation
public import Postgres

/// `igny8_invoices` with their lines. The database holds what may never break: a period is invoiced once, numbers have no
/// gap, an issued invoice does not change.
public enum Invoices {
    static let columns: SQL = """
        id, account_id, kind, subscription_id, number, status, currency, period_start, period_end, net, tax, total, paid,
        credited, seller, buyer, issued_on, issued_at, paid_at, collection, provider_reference, first_failed_at,
        next_attempt_at, earned_on, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow, lines: [InvoiceLine]) throws -> Stored<Invoice> {
        let currency = try row.currency()
        return try Stored(
            Invoice(
                id: row.id("id"),
                accountID: row.id("account_id"),
                kind: row.word("kind"),
                subscriptionID: row.id(ifAny: "subscription_id"),
                number: row.decode("number", as: String?.self).flatMap { InvoiceNumber($0) },
                status: row.word("status"),
                currency: currency,
                served: row.served(),
                lines: lines,
                net: row.money("net", in: currency),
                tax: row.money("tax", in: currency),
                total: row.money("total", in: currency),
                paid: row.money("paid", in: currency),
                credited: row.money("credited", in: currency),
                seller: row.json("seller"),
                buyer: row.json("buyer"),
                issuedOn: row.day(ifAny: "issued_on"),
                issuedAt: row.decode("issued_at"),
                paidAt: row.decode("paid_at"),
                collection: row.word("collection"),
                providerReference: row.decode("provider_reference"),
                firstFailedAt: row.decode("first_failed_at"),
                nextAttemptAt: row.decode("next_attempt_at"),
                earnedOn: row.day(ifAny: "earned_on")
            ),
            row
        )
    }

    /// Rows with their lines, in two statements however many there are.
    static func load(_ condition: SQL, in queries: some PostgresQuerying) async throws -> [Stored<Invoice>] {
        let rows = try await queries.query(
            "select \(fragment: columns) from igny8_invoices where \(fragment: condition)"
        )
        if rows.isEmpty { return [] }
        let ids = try rows.map { row in try row.decode("id", as: Int64.self) }
        let lines = try await InvoiceLines.load(of: ids, in: queries)
        return try zip(rows, ids).map { row, id in try decode(row, lines: lines[id] ?? []) }
    }

    // MARK: Reading

    /// An invoice, when the tenant may see it.
    public static func find(
        _ id: Invoice.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Invoice>? {
        try await load(
            "id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)",
            in: queries
        ).first
    }

    /// The invoice of a number.
    public static func find(
        _ number: InvoiceNumber,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Invoice>? {
        try await load(
            "number = \(number.description) and \(fragment: tenant.owns())\(fragment: lock.clause)",
            in: queries
        ).first
    }

    /// The invoice that a gateway knows by this name.
    public static func find(
        providerReference: String,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Invoice>? {
        try await load(
            "provider_reference = \(providerReference) and \(fragment: tenant.owns())\(fragment: lock.clause)",
            in: queries
        ).first
    }

    /// The invoices of a subscription, by period.
    public static func all(
        of subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Invoice>] {
        try await load(
            "subscription_id = \(subscription.rawValue) and \(fragment: tenant.owns()) order by period_start",
            in: queries
        )
    }

    /// An account's invoices that are owed, the oldest first.
    public static func open(
        of account: Account.ID,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Invoice>] {
        try await load(
            "account_id = \(account.rawValue) and status = 'pending' order by issued_at, id\(fragment: lock.clause)",
            in: queries
        )
    }

    /// Owed invoices whose next attempt has come, in the order of their numbers.
    public static func dueForAttempt(
        by moment: Date,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Invoice>] {
        try await load(
            """
            status = 'pending' and next_attempt_at <= \(moment) and \(fragment: tenant.owns())
            order by issue_year, issue_number
            """,
            in: queries
        )
    }

    /// Owed invoices that wait for a payment by hand and are not past due yet, issued before a day where their accounts
    /// live; the oldest first.
    public static func waiting(
        issuedBefore day: CalendarDay,
        zone: String,
        in queries: some PostgresQuerying
    ) async throws -> [Invoice.ID] {
        try await queries.query(
            """
            select invoice.id from igny8_invoices invoice
            join igny8_accounts account on account.id = invoice.account_id
            where invoice.status = 'pending' and invoice.collection = 'manual' and invoice.first_failed_at is null
                and invoice.issued_on < \(day.postgres) and account.time_zone = \(zone)
            order by invoice.id
            """
        ).map { row in try row.id("id") }
    }

    // MARK: Writing

    /// Holds an invoice's row until the transaction ends, without reading it: the first lock of whoever changes what is
    /// collected of it.
    public static func hold(_ id: Invoice.ID, in tx: PostgresTransaction) async throws {
        try await tx.query("select from igny8_invoices where id = \(id.rawValue) for no key update")
    }

    /// Stores a draft with its lines.
    /// - Throws: ``PeriodInvoiced`` when the period was invoiced before; the transaction can go on after that.
    public static func create(
        _ draft: Invoice,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Invoice> {
        let rows = try await tx.query(
            """
            insert into igny8_invoices (account_id, kind, subscription_id, currency, period_start, period_end, net, tax,
                total, seller, buyer, collection, created_by)
            values (\(draft.accountID.rawValue), \(draft.kind.rawValue), \(draft.subscriptionID?.rawValue),
                \(draft.currency.code), \(draft.served?.from.postgres), \(draft.served?.to.postgres),
                \(draft.net.numeric), \(draft.tax.numeric), \(draft.total.numeric), \(try PostgresJSON(draft.seller)),
                \(try PostgresJSON(draft.buyer)), \(draft.collection.rawValue), \(createdBy?.rawValue))
            on conflict (subscription_id, period_start, period_version) do nothing
            returning \(fragment: columns)
            """
        )
        guard let row = rows.first else {
            throw PeriodInvoiced(subscriptionID: draft.subscriptionID, from: draft.served?.from)
        }
        let invoice = try decode(row, lines: draft.lines)
        try await InvoiceLines.insert(of: [invoice], in: tx)
        return invoice
    }

    /// Issues a draft: takes the next number of its issuer and year, and holds the counter until the transaction ends.
    /// Issue last among locks, so that it is held briefly.
    /// - Parameter day: the day of issue in the account's zone; its year is the number's.
    public static func issue(
        _ invoice: inout Stored<Invoice>,
        issuer: String = InvoiceNumber.agencyIssuer,
        at moment: Date,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        let sequence = try await DocumentNumbers.next(.invoice, issuer: issuer, year: day.year, in: tx)
        guard let number = InvoiceNumber(issuer: issuer, year: day.year, sequence: sequence) else {
            throw UnknownIssuer(issuer: issuer)
        }
        try invoice.value.issue(number: number, at: moment, on: day)
        let rows = try await tx.query(
            """
            update igny8_invoices set status = \(invoice.status.rawValue), issuer = \(number.issuer),
                issue_year = \(number.year), issue_number = \(number.sequence), number = \(number.description),
                issued_on = \(day.postgres), issued_at = \(moment), paid_at = \(invoice.paidAt)
            where id = \(invoice.id.rawValue) and revision = \(invoice.revision)
            returning revision, updated_at
            """
        )
        try invoice.saved(rows, subject: InvoiceStatus.subject)
    }

    /// Saves what may change of an issued invoice: its state, what was paid and credited, what the gateway calls it, and
    /// what is planned.
    /// - Throws: ``StaleRevision``.
    public static func save(_ invoice: inout Stored<Invoice>, in queries: some PostgresQuerying) async throws {
        let value = invoice.value
        let rows = try await queries.query(
            """
            update igny8_invoices set status = \(value.status.rawValue), paid = \(value.paid.numeric),
                credited = \(value.credited.numeric), paid_at = \(value.paidAt),
                provider = case when \(value.providerReference)::text is null then provider else coalesce(provider, 'stripe') end,
                provider_reference = \(value.providerReference), first_failed_at = \(value.firstFailedAt),
                next_attempt_at = \(value.nextAttemptAt), earned_on = \(value.earnedOn?.postgres),
                voided_at = case when \(value.status == .void) then coalesce(voided_at, igny8_now()) end,
                uncollectible_at = case when \(value.status == .uncollectible) then coalesce(uncollectible_at, igny8_now())
                    else uncollectible_at end
            where id = \(value.id.rawValue) and revision = \(invoice.revision)
            returning revision, updated_at
            """
        )
        try invoice.saved(rows, subject: InvoiceStatus.subject)
    }
}

/// The period was invoiced before; it never is again (spec 9.3).
public struct PeriodInvoiced: Error, Hashable, CustomStringConvertible {
    /// Whose period.
    public let subscriptionID: ManagedSubscription.ID?
    /// Its first day.
    public let from: CalendarDay?
    /// One sentence.
    public var description: String {
        "The period from \(from?.description ?? "?") of subscription \(subscriptionID?.description ?? "?") is invoiced already."
    }
}

/// An issuer is two to six capital letters.
public struct UnknownIssuer: Error, Hashable, CustomStringConvertible {
    /// What was given.
    public let issuer: String
    /// One sentence.
    public var description: String { "\(issuer) cannot issue documents: expected two to six capital letters." }
}

extension PostgresRow {
    /// The days from `period_start` to `period_end`, if any.
    func served() throws(PostgresError) -> Proration? {
        guard let from = try day(ifAny: "period_start"), let to = try day(ifAny: "period_end") else { return nil }
        return Proration(of: from.calendarMonth, from: from, to: to)
    }
}
