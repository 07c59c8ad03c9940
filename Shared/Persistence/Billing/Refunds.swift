public import DomainModel
public import Postgres

/// `igny8_refunds`: each reserves its amount on its payment's row, whose check constraint keeps them within what was
/// captured, however many come at once.
public enum Refunds {
    static let columns: SQL = """
        id, account_id, payment_id, credit_note_id, number, amount, currency, reason, provider_reference, status,
        failure_reason, sent_at, needs_approval and decided_by is null as awaits_approval, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Refund> {
        try Stored(
            Refund(
                id: row.id("id"),
                accountID: row.id("account_id"),
                paymentID: row.id("payment_id"),
                creditNoteID: row.id(ifAny: "credit_note_id"),
                number: row.decode("number"),
                amount: row.money("amount", in: row.currency()),
                reason: row.decode("reason"),
                providerReference: row.decode("provider_reference"),
                status: row.word("status"),
                failureReason: row.decode("failure_reason"),
                sentAt: row.decode("sent_at"),
                awaitsApproval: row.decode("awaits_approval"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    /// A refund, when the tenant may see it.
    public static func find(
        _ id: Refund.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Refund>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_refunds
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The refund that a gateway knows by this name, `re_…`.
    public static func find(
        reference: String,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Refund>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_refunds
            where provider_reference = \(reference) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The refund of a number, `IG-R-2026-000001`.
    public static func find(
        number: String,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Refund>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_refunds
            where number = \(number) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The refunds of some payments, by number.
    public static func all(
        of payments: [Payment.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Refund>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_refunds
            where payment_id = any(\(payments.map(\.rawValue))) and \(fragment: tenant.owns())
            order by issue_year, issue_number
            """
        ).map(decode)
    }

    /// Stores a refund with the next number of its series; committed before the gateway is called.
    /// - Parameter day: the business day in the account's zone.
    /// - Throws: ``RefundExceedsPayment``; the transaction is lost with it.
    public static func create(
        of payment: Payment,
        amount: Money,
        creditNote: CreditNote.ID? = nil,
        reason: String,
        on day: CalendarDay,
        needsApproval: Bool = false,
        issuer: String = InvoiceNumber.agencyIssuer,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Refund> {
        let number = try await DocumentNumbers.next(.refund, issuer: issuer, year: day.year, in: tx)
        do {
            return try await decode(
                tx.query(
                    """
                    insert into igny8_refunds (account_id, payment_id, credit_note_id, issuer, issue_year, issue_number,
                        number, amount, currency, reason, needs_approval, created_by)
                    values (\(payment.accountID.rawValue), \(payment.id.rawValue), \(creditNote?.rawValue), \(issuer),
                        \(day.year), \(number),
                        \(DocumentNumbers.text(.refund, issuer: issuer, year: day.year, number: number)),
                        \(amount.numeric), \(amount.currency.code), \(reason), \(needsApproval), \(createdBy?.rawValue))
                    returning \(fragment: columns)
                    """
                ).only()
            )
        } catch let error as PostgresError where error.constraint == "igny8_payments_refunds_within" {
            throw RefundExceedsPayment(paymentID: payment.id, amount: amount)
        }
    }

    /// Notes what the second person has said of a refund that waited for it: it may be given, or it is cancelled and its
    /// amount is free again.
    /// - Parameter refund: `pending` and waiting; its row is held by the caller.
    /// - Throws: ``SecondPersonNeeded`` where it is the first one; the transaction is lost with it.
    public static func decide(
        _ refund: Stored<Refund>,
        by user: User.ID,
        isApproved: Bool,
        in tx: PostgresTransaction
    ) async throws {
        do {
            let decided = try await tx.query(
                """
                update igny8_refunds set decided_by = \(user.rawValue), decided_at = igny8_now(),
                    status = case when \(isApproved) then status else 'cancelled' end,
                    settled_at = case when \(isApproved) then settled_at else igny8_now() end
                where id = \(refund.id.rawValue) and revision = \(refund.revision)
                """
            ).affected
            guard decided == 1 else { throw StaleRevision(subject: RefundStatus.subject) }
        } catch let error as PostgresError where error.constraint == "igny8_refunds_second_person" {
            throw SecondPersonNeeded()
        }
    }

    /// Saves a refund's outcome; one that failed or was cancelled gives its amount free again.
    /// - Throws: ``StaleRevision``.
    public static func save(_ refund: inout Stored<Refund>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_refunds set status = \(refund.status.rawValue), provider_reference = \(refund.providerReference),
                failure_reason = \(refund.failureReason), sent_at = \(refund.sentAt),
                settled_at = case when \(refund.status == .pending) then null else coalesce(settled_at, igny8_now()) end
            where id = \(refund.id.rawValue) and revision = \(refund.revision)
            returning revision, updated_at
            """
        )
        try refund.saved(rows, subject: RefundStatus.subject)
    }
}

/// More than what was captured and not refunded yet.
public struct RefundExceedsPayment: Error, Hashable, CustomStringConvertible {
    /// Of which payment.
    public let paymentID: Payment.ID
    /// What was asked for.
    public let amount: Money

    /// Records what was asked for.
    public init(paymentID: Payment.ID, amount: Money) {
        self.paymentID = paymentID
        self.amount = amount
    }

    /// One sentence.
    public var description: String { "\(amount) is more than what can still be refunded of payment \(paymentID)." }
}

/// Who asked for something may not also agree to it (spec 10).
public struct SecondPersonNeeded: Error, Hashable, CustomStringConvertible {
    /// One sentence.
    public var description: String { "Another member of staff than the one who asked for it must agree." }
}
