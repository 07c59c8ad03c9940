public import DomainModel
public import Postgres

/// What accounts may do: their plan's levels, and what `igny8_feature_grants` lets them keep from before a gate.
public enum FeatureGrants {
    /// What an account holds; nil when the tenant may not see it.
    public static func holding(
        of account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Holding? {
        try await queries.query(
            """
            select plan.key, plan.plan_features,
                (select coalesce(jsonb_object_agg(kept.feature, kept.level), '{}') from igny8_feature_grants kept
                    where kept.account_id = account.id) as kept
            from igny8_accounts account join igny8_plans plan on plan.id = account.plan_id
            where account.id = \(account.rawValue) and \(fragment: tenant.owns("account.id"))
            """
        ).first.map { row in
            try Holding(
                plan: PlanKey(rawValue: row.decode("key")),
                features: row.json("plan_features"),
                kept: kept(row.json("kept"))
            )
        }
    }

    /// What several accounts hold, in one statement.
    public static func holdings(
        of accounts: [Account.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Account.ID: Holding] {
        let rows = try await queries.query(
            """
            select account.id, plan.key, plan.plan_features,
                (select coalesce(jsonb_object_agg(kept.feature, kept.level), '{}') from igny8_feature_grants kept
                    where kept.account_id = account.id) as kept
            from igny8_accounts account join igny8_plans plan on plan.id = account.plan_id
            where account.id = any(\(accounts.map(\.rawValue)))
            """
        )
        var holdings: [Account.ID: Holding] = [:]
        for row in rows {
            holdings[try row.id("id")] = try Holding(
                plan: PlanKey(rawValue: row.decode("key")),
                features: row.json("plan_features"),
                kept: kept(row.json("kept"))
            )
        }
        return holdings
    }

    static func kept(_ levels: [String: String]) -> [Feature: String] {
        Dictionary(
            uniqueKeysWithValues: levels.compactMap { name, level in Feature(rawValue: name).map { ($0, level) } }
        )
    }
}
