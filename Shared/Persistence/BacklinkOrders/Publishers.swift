public import DomainModel
public import Postgres

/// `igny8_publishers`: who places links, of all marketplaces. They belong to no account.
public enum Publishers {
    static let columns: SQL = """
        id, domain, marketplace, country, language, niche, dr, traffic, price, currency, link_rel, turnaround_days,
        guarantee_months, sample_url, reference, is_active, last_seen_at, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Publisher> {
        guard let domain = Domain(try row.decode("domain")) else {
            throw PostgresError.decoding(column: "domain", reason: "the value is no domain")
        }
        return try Stored(
            Publisher(
                id: row.id("id"),
                listing: PublisherListing(
                    domain: domain,
                    marketplace: row.word("marketplace"),
                    country: row.decode("country"),
                    language: row.decode("language"),
                    niche: row.decode("niche"),
                    dr: row.decode("dr"),
                    traffic: row.decode("traffic"),
                    price: row.money("price", in: row.currency()),
                    linkRel: row.decode("link_rel"),
                    turnaroundDays: row.decode("turnaround_days"),
                    guaranteeMonths: row.decode("guarantee_months"),
                    sampleURL: row.decode("sample_url"),
                    reference: row.decode("reference")
                ),
                isActive: row.decode("is_active"),
                lastSeenAt: row.decode("last_seen_at")
            ),
            row
        )
    }

    /// Some publishers, in one query.
    public static func find(
        all ids: [Publisher.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Publisher>] {
        try await queries.query(
            "select \(fragment: columns) from igny8_publishers where id = any(\(ids.map(\.rawValue))) order by id"
        ).map(decode)
    }

    /// Takes over lines of an export, in one statement. A domain that comes twice in one call is the caller's to sort out.
    /// - Returns: how many are new, and how many were known.
    public static func upsert(
        _ listings: [PublisherListing],
        in queries: some PostgresQuerying
    ) async throws -> (new: Int, known: Int) {
        let row = try await queries.query(
            """
            with given as (
                insert into igny8_publishers (domain, marketplace, country, language, niche, dr, traffic, price, currency,
                    link_rel, turnaround_days, guarantee_months, sample_url, reference)
                select * from unnest(\(listings.map(\.domain.name)), \(listings.map(\.marketplace.rawValue)),
                    \(listings.map(\.country)), \(listings.map(\.language)), \(listings.map(\.niche)), \(listings.map(\.dr)),
                    \(listings.map(\.traffic)), \(listings.map(\.price.numeric)), \(listings.map(\.price.currency.code)),
                    \(listings.map(\.linkRel)), \(listings.map(\.turnaroundDays)), \(listings.map(\.guaranteeMonths)),
                    \(listings.map(\.sampleURL)), \(listings.map(\.reference)))
                on conflict (marketplace, domain) do update set country = excluded.country, language = excluded.language,
                    niche = excluded.niche, dr = excluded.dr, traffic = excluded.traffic, price = excluded.price,
                    currency = excluded.currency, link_rel = excluded.link_rel,
                    turnaround_days = excluded.turnaround_days, guarantee_months = excluded.guarantee_months,
                    sample_url = excluded.sample_url, reference = excluded.reference, last_seen_at = igny8_now()
                returning revision = 1 as is_new
            )
            select count(*) filter (where is_new) as new, count(*) filter (where not is_new) as known from given
            """
        ).only()
        return (new: try row.decode("new"), known: try row.decode("known"))
    }
}

/// The catalogue's niches and the terms that links are sold on.
public enum BacklinkTerms {
    /// Pass-through's factor and the margin's floor, as staff have set them.
    public struct Terms: Hashable, Sendable {
        /// What a pass-through order's cost is multiplied by.
        public let passThroughFactor: Ratio
        /// The smallest share of what is charged that may be left without a second member of staff.
        public let marginFloor: Ratio
    }

    /// The terms for new orders.
    public static func current(in queries: some PostgresQuerying) async throws -> Terms {
        let row = try await queries.query("select pass_through_factor, margin_floor from igny8_backlink_terms").only()
        return Terms(
            passThroughFactor: try row.ratio("pass_through_factor"),
            marginFloor: try row.ratio("margin_floor")
        )
    }

    /// A niche that is sold.
    public static func niche(_ key: String, in queries: some PostgresQuerying) async throws -> Niche? {
        try await queries.query(
            "select key, name, multiplier_min, multiplier_max from igny8_niches where key = \(key) and is_active"
        ).first.map { row in
            try Niche(
                key: row.decode("key"),
                name: row.decode("name"),
                least: row.ratio("multiplier_min"),
                most: row.ratio("multiplier_max")
            )
        }
    }
}
