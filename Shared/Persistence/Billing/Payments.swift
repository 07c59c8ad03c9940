public import DomainModel
public import Postgres

/// `igny8_payments`: one row an attempt, committed before the gateway is called (spec 9.7). One attempt at a time may be
/// under way for an invoice.
public enum Payments {
    static let columns: SQL = """
        id, account_id, invoice_id, payment_method_id, kind, attempt, idempotency_key, amount, currency, status,
        provider_reference, provider_charge, refunded, fee, excess, decline_code, decline_message, sent_at, settled_at,
        created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Payment> {
        let currency = try row.currency()
        let decline = try row.decode("decline_code", as: String?.self).map { code in
            Decline(code: code, message: try row.decode("decline_message"))
        }
        return try Stored(
            Payment(
                id: row.id("id"),
                accountID: row.id("account_id"),
                invoiceID: row.id("invoice_id"),
                methodID: row.id(ifAny: "payment_method_id"),
                kind: row.word("kind"),
                attempt: row.decode("attempt"),
                idempotencyKey: AttemptKey(rawValue: row.decode("idempotency_key")),
                amount: row.money("amount", in: currency),
                status: row.word("status"),
                providerReference: row.decode("provider_reference"),
                providerCharge: row.decode("provider_charge"),
                refunded: row.money("refunded", in: currency),
                fee: row.money(ifAny: "fee", in: currency),
                excess: row.money("excess", in: currency),
                decline: decline,
                sentAt: row.decode("sent_at"),
                settledAt: row.decode("settled_at"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    private static func first(_ condition: SQL, in queries: some PostgresQuerying) async throws -> Stored<Payment>? {
        try await queries.query("select \(fragment: columns) from igny8_payments where \(fragment: condition)")
            .first.map(decode)
    }

    /// A payment, when the tenant may see it.
    public static func find(
        _ id: Payment.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment>? {
        try await first("id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)", in: queries)
    }

    /// The payment that a gateway knows by this name, `pi_…`.
    public static func find(
        _ kind: PaymentMethodKind,
        reference: String,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment>? {
        try await first(
            """
            kind = \(kind.rawValue) and provider_reference = \(reference)
                and \(fragment: tenant.owns())\(fragment: lock.clause)
            """,
            in: queries
        )
    }

    /// The payment whose money moved under this name, `ch_…`.
    public static func find(
        charge: String,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment>? {
        try await first(
            "provider_charge = \(charge) and \(fragment: tenant.owns())\(fragment: lock.clause)",
            in: queries
        )
    }

    /// The attempt of an idempotency key.
    public static func find(
        _ key: AttemptKey,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment>? {
        try await first(
            "idempotency_key = \(key.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)",
            in: queries
        )
    }

    /// The attempt at an invoice that is under way: not sent yet, or of unknown outcome.
    public static func underWay(
        of invoice: Invoice.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment>? {
        try await first(
            """
            invoice_id = \(invoice.rawValue) and status in ('pending', 'processing')
                and \(fragment: tenant.owns())\(fragment: lock.clause)
            """,
            in: queries
        )
    }

    /// What the attempts under way at some invoices may bring in.
    public static func underWay(
        of invoices: [Invoice.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Invoice.ID: Money] {
        let rows = try await queries.query(
            """
            select invoice_id, amount, currency from igny8_payments
            where invoice_id = any(\(invoices.map(\.rawValue))) and status in ('pending', 'processing')
                and \(fragment: tenant.owns())
            """
        )
        var amounts: [Invoice.ID: Money] = [:]
        for row in rows { amounts[try row.id("invoice_id")] = try row.money("amount", in: row.currency()) }
        return amounts
    }

    /// Every attempt at an invoice, in order.
    public static func all(
        of invoice: Invoice.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Payment>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_payments
            where invoice_id = \(invoice.rawValue) and \(fragment: tenant.owns()) order by attempt
            """
        ).map(decode)
    }

    /// The number of the next attempt at an invoice. Hold the invoice's row first.
    public static func nextAttempt(of invoice: Invoice.ID, in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query(
            "select coalesce(max(attempt), 0) + 1 as next from igny8_payments where invoice_id = \(invoice.rawValue)"
        ).only().decode("next")
    }

    /// The highest attempt at each of some invoices; those without one are left out.
    static func lastAttempts(
        of invoices: [Invoice.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Invoice.ID: Int] {
        let rows = try await queries.query(
            """
            select invoice_id, max(attempt) as attempt from igny8_payments
            where invoice_id = any(\(invoices.map(\.rawValue))) group by invoice_id
            """
        )
        var attempts: [Invoice.ID: Int] = [:]
        for row in rows { attempts[try row.id("invoice_id")] = try row.decode("attempt") }
        return attempts
    }

    /// Stores a new attempt.
    /// - Throws: ``AttemptUnderWay`` when another one has no outcome yet; the transaction can go on after that.
    public static func create(
        _ payment: Payment,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Payment> {
        let rows = try await queries.query(
            """
            insert into igny8_payments (account_id, invoice_id, payment_method_id, kind, attempt, idempotency_key, status,
                amount, currency, provider_reference, provider_charge, fee, sent_at, settled_at, created_by, created_at)
            values (\(payment.accountID.rawValue), \(payment.invoiceID.rawValue), \(payment.methodID?.rawValue),
                \(payment.kind.rawValue), \(payment.attempt), \(payment.idempotencyKey.rawValue),
                \(payment.status.rawValue), \(payment.amount.numeric), \(payment.amount.currency.code),
                \(payment.providerReference), \(payment.providerCharge), \(payment.fee?.numeric), \(payment.sentAt),
                \(payment.settledAt), \(createdBy?.rawValue), \(payment.createdAt))
            on conflict do nothing
            returning \(fragment: columns)
            """
        )
        guard let row = rows.first else { throw AttemptUnderWay(invoiceID: payment.invoiceID) }
        return try decode(row)
    }

    /// Saves the outcome of an attempt. What is refunded is kept by the refunds themselves.
    /// - Throws: ``StaleRevision``.
    public static func save(_ payment: inout Stored<Payment>, in queries: some PostgresQuerying) async throws {
        let value = payment.value
        let rows = try await queries.query(
            """
            update igny8_payments set status = \(value.status.rawValue), provider_reference = \(value.providerReference),
                provider_charge = \(value.providerCharge), fee = \(value.fee?.numeric), excess = \(value.excess.numeric),
                decline_code = \(value.decline?.code), decline_message = \(value.decline?.message),
                sent_at = \(value.sentAt), settled_at = \(value.settledAt)
            where id = \(value.id.rawValue) and revision = \(payment.revision)
            returning revision, updated_at
            """
        )
        try payment.saved(rows, subject: PaymentStatus.subject)
    }
}

/// Another attempt at the invoice is under way, or this one was stored before; nothing new is tried until its outcome is
/// known.
public struct AttemptUnderWay: Error, Hashable, CustomStringConvertible {
    /// Which invoice.
    public let invoiceID: Invoice.ID
    /// One sentence.
    public var description: String { "An attempt to collect invoice \(invoiceID) is under way." }
}
