public import DomainModel
public import Postgres

/// What an account's Ahrefs units cost the agency.
public enum AhrefsCosts {
    /// What a thousand units cost from now on; what was booked stays.
    /// - Parameter cost: in US dollars; nil where the account pays for its key itself.
    /// - Returns: false where the account has no key.
    public static func set(
        _ cost: Money?,
        of account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_ahrefs_connections set cost_per_1000_units = \(cost?.numeric)
            where account_id = \(account.rawValue) and \(fragment: tenant.owns())
            """
        ).affected > 0
    }

    /// Books calls that are settled, each once; its day is the call's, where the account lives.
    static func book(_ calls: [Int64], in tx: PostgresTransaction) async throws {
        guard !calls.isEmpty else { return }
        let costs = try await tx.query(
            """
            select c.id, c.account_id, c.site_id, c.units, k.cost_per_1000_units,
                (c.called_at at time zone a.time_zone)::date as day
            from igny8_ahrefs_calls c
            join igny8_ahrefs_connections k on k.account_id = c.account_id
            join igny8_accounts a on a.id = c.account_id
            where c.id = any(\(calls)) and c.units > 0 and k.cost_per_1000_units is not null
            order by c.id
            """
        ).map { row in
            try VendorCost(
                .ahrefs,
                reference: String(row.decode("id", as: Int64.self)),
                UnitCost(thousand: row.money("cost_per_1000_units", in: .usd), times: row.decode("units")),
                on: row.day("day"),
                tags: LedgerTags(accountID: row.id("account_id"), siteID: row.id(ifAny: "site_id"))
            )
        }
        try await Ledger.post(costs, in: tx)
    }
}
