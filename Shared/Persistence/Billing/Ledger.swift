public import DomainModel
public import Postgres

/// `igny8_ledger_entries` and their lines: the books. Nothing is ever changed; a correction is a reversing entry.
public enum Ledger {
    /// Books an entry, once: an entry whose key is in the books already is left alone.
    /// - Returns: whether it was booked now.
    /// - Throws: at the commit, a check violation on `igny8_ledger_zero_sum` for lines that do not add up; the domain's
    ///   ``LedgerEntry`` cannot hold such.
    @discardableResult
    public static func post(_ entry: LedgerEntry, in tx: PostgresTransaction) async throws -> Bool {
        let tags = entry.tags
        return try await tx.query(
            """
            with entry as (
                insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on, site_id, subscription_id,
                    invoice_id, payment_id, credit_note_id, refund_id, order_id, backlink_id)
                values (\(tags.accountID.rawValue), \(entry.kind.rawValue), \(entry.key), \(entry.effectiveOn.postgres),
                    \(tags.siteID?.rawValue), \(tags.subscriptionID?.rawValue), \(tags.invoiceID?.rawValue),
                    \(tags.paymentID?.rawValue), \(tags.creditNoteID?.rawValue), \(tags.refundID?.rawValue),
                    \(tags.orderID?.rawValue), \(tags.backlinkID?.rawValue))
                on conflict (natural_key) do nothing
                returning id, account_id
            )
            insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
            select entry.account_id, entry.id, line.position, line.ledger_account, line.amount, line.currency
            from entry, unnest(\(entry.lines.map(\.account.rawValue)), \(entry.lines.map(\.amount.numeric)),
                \(entry.lines.map(\.amount.currency.code))) with ordinality as line (ledger_account, amount, currency, position)
            order by line.position
            """
        ).affected > 0
    }

    /// The balance of an account of the chart: positive is debit.
    public struct Balance: Hashable, Sendable {
        /// Which account.
        public let account: LedgerAccount
        /// How much, signed.
        public let amount: Money
    }

    /// The balances up to and with a day, or of all time, in the chart's order.
    public static func balances(
        for tenant: Tenant,
        asOf day: CalendarDay? = nil,
        in queries: some PostgresQuerying
    ) async throws -> [Balance] {
        try await queries.query(
            """
            select line.ledger_account, line.currency, sum(line.amount) as amount
            from igny8_ledger_lines line
            join igny8_ledger_entries entry on entry.id = line.entry_id
            join igny8_ledger_accounts chart on chart.code = line.ledger_account
            where \(fragment: tenant.owns("line.account_id"))
                and entry.effective_on <= coalesce(\(day?.postgres)::date, 'infinity')
            group by line.ledger_account, line.currency, chart.position
            order by chart.position, line.currency
            """
        ).map { row in
            try Balance(account: row.word("ledger_account"), amount: row.money("amount", in: row.currency()))
        }
    }
}
