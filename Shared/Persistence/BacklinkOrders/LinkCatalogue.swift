public import DomainModel
public import Postgres

/// The catalogue's tiers and packages of links, as quotes need them.
public enum LinkCatalogue {
    /// The tiers that are sold, in the catalogue's order.
    public static func tiers(in queries: some PostgresQuerying) async throws -> [LinkTier] {
        try await queries.query(
            """
            select key, name, source, dr_min, dr_max, cost_min, cost_max, price_min, price_max, currency
            from igny8_link_tiers where is_active order by position
            """
        ).map { row in
            let currency = try row.currency()
            let sources = try row.decode("source", as: String.self).split(separator: ",")
            return try LinkTier(
                key: row.decode("key"),
                name: row.decode("name"),
                sources: Set(sources.compactMap { Marketplace(rawValue: String($0)) }),
                strengths: strengths(row),
                cost: (row.money("cost_min", in: currency), row.money("cost_max", in: currency)),
                price: (row.money("price_min", in: currency), row.money("price_max", in: currency))
            )
        }
    }

    /// A package that is sold.
    public static func package(_ key: String, in queries: some PostgresQuerying) async throws -> LinkPackage? {
        try await queries.query(
            """
            select key, name, links_min, links_max, dr_min, dr_max, includes_pr, price_min, price_max, currency, is_staff_only
            from igny8_backlink_packages where key = \(key) and is_active
            """
        ).first.map { row in
            let currency = try row.currency()
            var pricing: LinkPricing?
            if let fewest: Int = try row.decode("links_min"), let most: Int = try row.decode("links_max"),
                let least = try row.money(ifAny: "price_min", in: currency),
                let greatest = try row.money(ifAny: "price_max", in: currency)
            {
                pricing = LinkPricing(links: fewest...most, least: least, most: greatest)
            }
            return try LinkPackage(
                key: row.decode("key"),
                name: row.decode("name"),
                pricing: pricing,
                strengths: strengths(row),
                includesPR: row.decode("includes_pr"),
                isStaffOnly: row.decode("is_staff_only")
            )
        }
    }

    private static func strengths(_ row: PostgresRow) throws -> ClosedRange<Int>? {
        guard let least: Int = try row.decode("dr_min"), let most: Int = try row.decode("dr_max") else { return nil }
        return least...most
    }
}
