public import DomainModel
public import Foundation
public import Postgres

/// `igny8_ahrefs_domain_snapshots`: what Ahrefs said about a site and its competitors, day by day.
public enum AhrefsSnapshots {
    /// What is to be stored for one site.
    public struct New: Sendable, Hashable {
        /// For which site.
        public var site: Site.ID
        /// Its own domain, or a competitor's.
        public var domain: String
        /// What Ahrefs said.
        public var metrics: AhrefsMetrics
        /// From which call.
        public var endpoint: AhrefsEndpoint

        /// A snapshot.
        public init(site: Site.ID, domain: String, metrics: AhrefsMetrics, endpoint: AhrefsEndpoint) {
            self.site = site
            self.domain = domain
            self.metrics = metrics
            self.endpoint = endpoint
        }
    }

    /// What is stored about a domain.
    public struct Snapshot: Sendable, Hashable {
        /// About whom.
        public let domain: String
        /// When it was fetched.
        public let fetchedAt: Date
        /// For which day of the account.
        public let day: CalendarDay
        /// What was said.
        public let metrics: AhrefsMetrics
    }

    private struct Row: Encodable {
        let site: Int64
        let domain: String
        let rating: Int?
        let referring: Int?
        let keywords: Int?
        let traffic: Int?
        let backlinks: Int?
        let endpoint: String
    }

    /// Stores snapshots of a day; one of the same day is replaced, but by nothing that is not known.
    public static func store(
        _ snapshots: [New],
        of account: Account.ID,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        guard !snapshots.isEmpty else { return }
        let rows = snapshots.map { new in
            Row(
                site: new.site.rawValue,
                domain: new.domain,
                rating: new.metrics.domainRatingTenths,
                referring: new.metrics.referringDomains,
                keywords: new.metrics.organicKeywords,
                traffic: new.metrics.organicTraffic,
                backlinks: new.metrics.backlinks,
                endpoint: new.endpoint.rawValue
            )
        }
        try await tx.query(
            """
            insert into igny8_ahrefs_domain_snapshots as old (account_id, site_id, domain, domain_rating,
                referring_domains, organic_keywords, organic_traffic, backlinks_total, snapshot_date, raw_data)
            select \(account.rawValue)::bigint, r.site, r.domain, r.rating / 10.0, r.referring, r.keywords, r.traffic,
                r.backlinks, \(day.postgres), jsonb_build_object('endpoint', r.endpoint)
            from jsonb_to_recordset(\(try PostgresJSON(rows))) as r (site bigint, domain text, rating numeric,
                referring bigint, keywords bigint, traffic bigint, backlinks bigint, endpoint text)
            order by r.site, r.domain
            on conflict (site_id, domain, snapshot_date) do update set
                domain_rating = coalesce(excluded.domain_rating, old.domain_rating),
                referring_domains = coalesce(excluded.referring_domains, old.referring_domains),
                organic_keywords = coalesce(excluded.organic_keywords, old.organic_keywords),
                organic_traffic = coalesce(excluded.organic_traffic, old.organic_traffic),
                backlinks_total = coalesce(excluded.backlinks_total, old.backlinks_total),
                raw_data = old.raw_data || excluded.raw_data
            """
        )
    }

    private static let columns: SQL = """
        domain, updated_at, snapshot_date, (domain_rating * 10)::bigint as rating, referring_domains, organic_keywords,
        organic_traffic, backlinks_total
        """

    private static func decode(_ row: PostgresRow) throws -> Snapshot {
        try Snapshot(
            domain: row.decode("domain"),
            fetchedAt: row.decode("updated_at"),
            day: row.day("snapshot_date"),
            metrics: AhrefsMetrics(
                domainRatingTenths: row.decode("rating"),
                referringDomains: row.decode("referring_domains"),
                backlinks: row.decode("backlinks_total"),
                organicKeywords: row.decode("organic_keywords"),
                organicTraffic: row.decode("organic_traffic")
            )
        )
    }

    /// What sites have of a day already.
    /// - Returns: by site, the domains, and whether more is known of each than the Domain Rating.
    public static func stored(
        for sites: [Site.ID],
        on day: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws -> [Site.ID: [String: AhrefsMetrics]] {
        var found: [Site.ID: [String: AhrefsMetrics]] = [:]
        for row in try await queries.query(
            """
            select site_id, \(fragment: columns) from igny8_ahrefs_domain_snapshots
            where site_id = any(\(sites.map(\.rawValue))) and snapshot_date = \(day.postgres)
            """
        ) {
            let snapshot = try decode(row)
            found[try row.id("site_id"), default: [:]][snapshot.domain] = snapshot.metrics
        }
        return found
    }

    /// What an account has of a day, whichever of its sites it was asked for: an answer about a domain is one for all of them.
    public static func known(
        of domains: [String],
        account: Account.ID,
        on day: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws -> [String: AhrefsMetrics] {
        let rows = try await queries.query(
            """
            select distinct on (domain) \(fragment: columns) from igny8_ahrefs_domain_snapshots
            where account_id = \(account.rawValue) and domain = any(\(domains)) and snapshot_date = \(day.postgres)
                and referring_domains is not null and organic_traffic is not null
            order by domain, updated_at desc
            """
        )
        return Dictionary(try rows.map(decode).map { ($0.domain, $0.metrics) }) { first, _ in first }
    }

    /// The youngest that is known of some domains, whichever of the account's sites it was fetched for: from snapshots, or
    /// from an answer about the domain alone.
    public static func latest(
        of domains: [String],
        account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [String: Snapshot] {
        let rows = try await queries.query(
            """
            select distinct on (domain) * from (
                select \(fragment: columns) from igny8_ahrefs_domain_snapshots
                where account_id = \(account.rawValue) and domain = any(\(domains))
                    and \(fragment: tenant.owns()) and organic_traffic is not null
                union all
                select c.domain, c.fetched_at, (c.fetched_at at time zone a.time_zone)::date,
                    (r.value ->> 'rating')::bigint, (r.value ->> 'referring_domains')::bigint,
                    (r.value ->> 'organic_keywords')::bigint, (r.value ->> 'organic_traffic')::bigint,
                    (r.value ->> 'backlinks')::bigint
                from igny8_ahrefs_cache c
                join igny8_accounts a on a.id = c.account_id
                cross join lateral jsonb_array_elements(c.rows) r
                where c.account_id = \(account.rawValue) and c.view = 'metrics' and c.domain = any(\(domains))
                    and \(fragment: tenant.owns("c.account_id"))
            ) known
            order by domain, updated_at desc
            """
        )
        return Dictionary(try rows.map(decode).map { ($0.domain, $0) }) { first, _ in first }
    }
}
