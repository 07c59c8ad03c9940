public import DomainModel
public import Postgres

/// The catalogue of what is sold beside the plans.
public enum Catalogue {
    /// Managed Lite or Pro as it is offered now.
    public struct ManagedTier: Hashable, Sendable {
        /// Which tier.
        public let tier: ServiceTier
        /// `Managed Pro`.
        public let name: String
        /// Per month, without tax.
        public let price: Money
        /// Per full month.
        public let articlesPerMonth: Int
        /// The plans it may be bought on.
        public let plans: [PlanKey]
        /// Whether links are indexed without extra charge.
        public let includesIndexing: Bool
        /// For a person: `e-mail, 48 h`.
        public let support: String
    }

    /// The managed tiers that are sold, from the smallest.
    public static func managedTiers(in queries: some PostgresQuerying) async throws -> [ManagedTier] {
        try await queries.query(
            """
            select key, name, price, currency, articles_per_month, plan_keys, includes_indexing, support
            from igny8_managed_tiers where is_active order by position
            """
        ).map { row in
            try ManagedTier(
                tier: row.word("key"),
                name: row.decode("name"),
                price: row.money("price", in: row.currency()),
                articlesPerMonth: row.decode("articles_per_month"),
                plans: row.decode("plan_keys", as: [String].self).map { PlanKey(rawValue: $0) },
                includesIndexing: row.decode("includes_indexing"),
                support: row.decode("support")
            )
        }
    }

    /// One managed tier, if it is sold.
    public static func managedTier(
        _ tier: ServiceTier,
        in queries: some PostgresQuerying
    ) async throws -> ManagedTier? {
        try await managedTiers(in: queries).first { $0.tier == tier }
    }

    /// The tax rate of a country on a day, 0 where none is kept.
    public static func taxRate(
        country: String?,
        on day: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws -> Ratio {
        guard let country else { return .zero }
        return try await queries.query(
            """
            select coalesce(sum(rate), 0) as rate from igny8_tax_rates
            where country = \(country) and region = '' and valid_from <= \(day.postgres)
                and (valid_until is null or valid_until > \(day.postgres))
            """
        ).only().ratio("rate")
    }
}
