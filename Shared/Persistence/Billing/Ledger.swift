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
        try await post([entry], in: tx) > 0
    }

    /// Books entries, each once, in one statement however many they are.
    /// - Returns: how many were booked now.
    @discardableResult
    public static func post(_ entries: [LedgerEntry], in tx: PostgresTransaction) async throws -> Int {
        if entries.isEmpty { return 0 }
        let tags = entries.map(\.tags)
        let lines = entries.flatMap { entry in
            entry.lines.enumerated().map { (key: entry.key, position: $0.offset + 1, line: $0.element) }
        }
        return try await tx.query(
            """
            with entry as (
                insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on, site_id, subscription_id,
                    invoice_id, payment_id, credit_note_id, refund_id, order_id, backlink_id)
                select account_id, kind, natural_key, effective_on, site_id, subscription_id, invoice_id, payment_id,
                    credit_note_id, refund_id, order_id, backlink_id
                from unnest(\(tags.map(\.accountID.rawValue)), \(entries.map(\.kind.rawValue)), \(entries.map(\.key)),
                    \(entries.map(\.effectiveOn.postgres)), \(tags.map { $0.siteID?.rawValue }),
                    \(tags.map { $0.subscriptionID?.rawValue }), \(tags.map { $0.invoiceID?.rawValue }),
                    \(tags.map { $0.paymentID?.rawValue }), \(tags.map { $0.creditNoteID?.rawValue }),
                    \(tags.map { $0.refundID?.rawValue }), \(tags.map { $0.orderID?.rawValue }),
                     \(tags.map { $0.backlinkID?.rawValue }))
                    with ordinality as given (account_id, kind, natural_key, effective_on, site_id, subscription_id,
                        invoice_id, payment_id, credit_note_id, refund_id, order_id, backlink_id, n)
                order by n
                on conflict (natural_key) do nothing
                returning id, account_id, natural_key
            ), line as (
                insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
                select entry.account_id, entry.id, given.position, given.ledger_account, given.amount, given.currency
                from unnest(\(lines.map(\.key)), \(lines.map(\.position)), \(lines.map(\.line.account.rawValue)),
                    \(lines.map(\.line.amount.numeric)), \(lines.map(\.line.amount.currency.code)))
                    as given (natural_key, position, ledger_account, amount, currency)
                join entry using (natural_key)
                order by entry.id, given.position
            )
            select count(*) as booked from entry
            """
        ).only().decode("booked")
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
            select line.ledger_account, line.currency, sum(line.amount)::text as amount
            from igny8_ledger_lines line
            join igny8_ledger_entries entry on entry.id = line.entry_id
            join igny8_ledger_accounts chart on chart.code = line.ledger_account
            where \(fragment: tenant.owns("line.account_id"))
                and entry.effective_on <= coalesce(\(day?.postgres)::date, 'infinity')
            group by line.ledger_account, line.currency, chart.position
            order by chart.position, line.currency
            """
        ).map { row in
            // Costs are finer than a currency's smallest unit; a balance is shown in it, rounded once, half-even.
            let currency = try row.currency()
            let exact = try UnitCost(decimal: row.decode("amount", as: String.self), currency: currency)
            return try Balance(account: row.word("ledger_account"), amount: exact.times(1))
        }
    }
}
