public import DomainModel
public import Postgres

/// `igny8_disputes`: one row for each that a gateway told of.
public enum Disputes {
    static let columns: SQL = """
        id, account_id, payment_id, provider, provider_reference, status, amount, currency, reason, opened_at, closed_at,
        created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Dispute> {
        try Stored(
            Dispute(
                id: row.id("id"),
                accountID: row.id("account_id"),
                paymentID: row.id("payment_id"),
                kind: row.word("provider"),
                providerReference: row.decode("provider_reference"),
                amount: row.money("amount", in: row.currency()),
                reason: row.decode("reason"),
                status: row.word("status"),
                openedAt: row.decode("opened_at"),
                closedAt: row.decode("closed_at")
            ),
            row
        )
    }

    /// The dispute that a gateway knows by this name, made when it is told for the first time.
    /// - Returns: the row, held until the transaction ends, and whether it is new.
    public static func open(
        _ reference: String,
        of payment: Payment,
        amount: Money,
        reason: String,
        in tx: PostgresTransaction
    ) async throws -> (dispute: Stored<Dispute>, isNew: Bool) {
        let inserted = try await tx.query(
            """
            insert into igny8_disputes (account_id, payment_id, provider, provider_reference, amount, currency, reason)
            values (\(payment.accountID.rawValue), \(payment.id.rawValue), \(payment.kind.rawValue), \(reference),
                \(amount.numeric), \(amount.currency.code), \(reason))
            on conflict (provider, provider_reference) do nothing
            returning \(fragment: columns)
            """
        )
        if let row = inserted.first { return (try decode(row), true) }
        let known = try await tx.query(
            """
            select \(fragment: columns) from igny8_disputes
            where provider = \(payment.kind.rawValue) and provider_reference = \(reference) for no key update
            """
        )
        return (try decode(known.only()), false)
    }

    /// Whether a payment has a dispute that is not decided.
    public static func hasOpen(
        of payment: Payment.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await !queries.query(
            """
            select from igny8_disputes
            where payment_id = \(payment.rawValue) and status = 'opened' and \(fragment: tenant.owns()) limit 1
            """
        ).isEmpty
    }

    /// Saves how it was decided.
    /// - Throws: ``StaleRevision``.
    public static func save(_ dispute: inout Stored<Dispute>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_disputes set status = \(dispute.status.rawValue), closed_at = \(dispute.closedAt)
            where id = \(dispute.id.rawValue) and revision = \(dispute.revision)
            returning revision, updated_at
            """
        )
        try dispute.saved(rows, subject: DisputeStatus.subject)
    }
}
