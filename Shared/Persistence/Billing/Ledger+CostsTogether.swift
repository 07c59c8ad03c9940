public import DomainModel
public import Postgres

extension Ledger {
    /// Books what many things cost us, each once, in one statement.
    /// - Returns: how many were booked now.
    @discardableResult
    public static func post(_ costs: [VendorCost], in tx: PostgresTransaction) async throws -> Int {
        let costs = costs.filter { $0.amount.tenThousandths != 0 }
        guard !costs.isEmpty else { return 0 }
        let amounts = costs.map { PostgresNumeric(unscaled: $0.amount.tenThousandths, scale: 4) }
        let lines = try await tx.query(
            """
            with given as materialized (
                select * from unnest(\(costs.map(\.tags.accountID.rawValue)), \(costs.map(\.key)),
                    \(costs.map(\.effectiveOn.postgres)), \(costs.map { $0.tags.siteID?.rawValue }),
                    \(costs.map { $0.tags.subscriptionID?.rawValue }), \(costs.map { $0.tags.orderID?.rawValue }),
                    \(costs.map { $0.tags.backlinkID?.rawValue }), \(costs.map(\.kind.account.rawValue)), \(amounts),
                    \(costs.map(\.amount.currency.code))) with ordinality as g (account_id, natural_key, effective_on,
                    site_id, subscription_id, order_id, backlink_id, ledger_account, amount, currency, position)
            ), entry as (
                insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on, site_id, subscription_id,
                    order_id, backlink_id)
                select account_id, \(LedgerEntryKind.costIncurred.rawValue), natural_key, effective_on, site_id,
                    subscription_id, order_id, backlink_id
                from given order by position
                on conflict (natural_key) do nothing
                returning id, account_id, natural_key
            )
            insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
            select entry.account_id, entry.id, side.position,
                case side.position when 1 then given.ledger_account else \(LedgerAccount.vendorPayable.rawValue) end,
                given.amount * side.sign, given.currency
            from entry join given on given.natural_key = entry.natural_key
            cross join (values (1, 1), (2, -1)) as side (position, sign)
            order by given.position, side.position
            """
        ).affected
        return Int(lines) / 2
    }
}
