public import DomainModel
public import Postgres

/// `igny8_plans`: the SaaS plans of the catalogue.
public enum Plans {
    static let columns: SQL = """
        id, key, name, price, currency, max_sites, max_users, monthly_credits, plan_features, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Plan> {
        try Stored(
            Plan(
                id: row.id("id"),
                key: PlanKey(rawValue: row.decode("key")),
                name: row.decode("name"),
                price: row.money("price", in: row.currency()),
                siteLimit: row.decode("max_sites"),
                userLimit: row.decode("max_users"),
                monthlyCredits: row.decode("monthly_credits"),
                features: row.json("plan_features")
            ),
            row
        )
    }

    /// Every plan that is sold, from the smallest.
    public static func all(in queries: some PostgresQuerying) async throws -> [Stored<Plan>] {
        try await queries.query(
            "select \(fragment: columns) from igny8_plans where is_active order by position, id"
        ).map(decode)
    }

    /// A plan by its key.
    public static func find(_ key: PlanKey, in queries: some PostgresQuerying) async throws -> Stored<Plan>? {
        try await queries.query("select \(fragment: columns) from igny8_plans where key = \(key.rawValue)").first.map(
            decode
        )
    }

    /// A plan by its id.
    public static func find(
        _ id: Plan.ID,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Plan>? {
        try await queries.query(
            "select \(fragment: columns) from igny8_plans where id = \(id.rawValue)\(fragment: lock.clause)"
        ).first.map(decode)
    }

    /// Saves what staff may change of a plan: name, price, limits, credits and features.
    /// - Throws: ``StaleRevision``.
    public static func save(_ plan: inout Stored<Plan>, in queries: some PostgresQuerying) async throws {
        let value = plan.value
        let rows = try await queries.query(
            """
            update igny8_plans set name = \(value.name), price = \(value.price.numeric),
                currency = \(value.price.currency.code), max_sites = \(value.siteLimit), max_users = \(value.userLimit),
                monthly_credits = \(value.monthlyCredits), plan_features = \(try PostgresJSON(value.features)),
                features_edited_at = igny8_now()
            where id = \(value.id.rawValue) and revision = \(plan.revision)
            returning revision, updated_at
            """
        )
        try plan.saved(rows, subject: "plan")
    }
}
