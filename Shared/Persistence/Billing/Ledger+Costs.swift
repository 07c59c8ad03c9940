public import DomainModel
public import Postgres

extension Ledger {
    /// Books what something cost us, once: its kind and reference name it. Nothing is booked for what cost nothing.
    /// - Returns: whether it was booked now.
    @discardableResult
    public static func post(_ cost: VendorCost, in tx: PostgresTransaction) async throws -> Bool {
        try await post(cost, kind: .costIncurred, key: cost.key, sign: 1, reverses: nil, in: tx)
    }

    /// Takes a cost back that was booked and is not owed after all: a link that was refunded, a submission that was refused.
    /// - Returns: whether it was booked now; false also when the cost never was.
    @discardableResult
    public static func reverse(
        _ cost: VendorCost,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        let booked = try await tx.query("select id from igny8_ledger_entries where natural_key = \(cost.key)").first
        guard let entry = try booked?.decode("id", as: Int64.self) else { return false }
        return try await post(
            cost,
            kind: .reversal,
            key: "reversal:\(cost.key)",
            sign: -1,
            reverses: entry,
            on: day,
            in: tx
        )
    }

    private static func post(
        _ cost: VendorCost,
        kind: LedgerEntryKind,
        key: String,
        sign: Int64,
        reverses entry: Int64?,
        on day: CalendarDay? = nil,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        let (tags, ofCost) = (cost.tags, cost.amount.tenThousandths)
        guard ofCost != 0 else { return false }
        let amount = PostgresNumeric(unscaled: sign * ofCost, scale: 4)
        let against = PostgresNumeric(unscaled: -sign * ofCost, scale: 4)
        return try await tx.query(
            """
            with entry as (
                insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on, reverses_id, site_id,
                    subscription_id, invoice_id, order_id, backlink_id)
                values (\(tags.accountID.rawValue), \(kind.rawValue), \(key), \((day ?? cost.effectiveOn).postgres),
                    \(entry), \(tags.siteID?.rawValue), \(tags.subscriptionID?.rawValue), \(tags.invoiceID?.rawValue),
                    \(tags.orderID?.rawValue), \(tags.backlinkID?.rawValue))
                on conflict (natural_key) do nothing
                returning id, account_id
            )
            insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
            select entry.account_id, entry.id, line.position, line.ledger_account, line.amount,
                \(cost.amount.currency.code)::text
            from entry, unnest(\([cost.kind.account.rawValue, LedgerAccount.vendorPayable.rawValue]),
                \([amount, against])) with ordinality as line (ledger_account, amount, position)
            """
        ).affected > 0
    }
}
