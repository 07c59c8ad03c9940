public import DomainModel
public import Foundation
public import Postgres

/// What Ahrefs adds to our links: a second witness, figures of their sites, and the campaigns' days.
public enum AhrefsLinks {
    /// A link as far as it is compared.
    public struct Link: Sendable, Hashable {
        /// Which.
        public let id: Backlink.ID
        /// The page it stands on.
        public let sourceURL: String
        /// That page's host.
        public let sourceDomain: String
        /// Where it leads.
        public let targetURL: String
    }

    /// The next live links of a site behind one, by id.
    public static func live(
        of site: Site.ID,
        after link: Int64,
        limit: Int,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Link] {
        try await queries.query(
            """
            select id, source_url, source_domain, target_url from igny8_sag_backlinks
            where site_id = \(site.rawValue) and status = 'live' and id > \(link) and \(fragment: tenant.owns())
            order by id limit \(limit)
            """
        ).map { row in
            try Link(
                id: row.id("id"),
                sourceURL: row.decode("source_url"),
                sourceDomain: row.decode("source_domain"),
                targetURL: row.decode("target_url")
            )
        }
    }

    /// What Ahrefs says of a link that it sees.
    public struct Sighting: Sendable, Hashable, Encodable {
        public let id: Int64
        public let url: String
        public let seen: Date?
        public let rating: Int?
        public let traffic: Int?
        public let quality: Int?
        public let status: Int?
        public let verdict: LinkVerdict
        public let anchor: String

        /// A link that is there.
        /// - Parameters:
        ///   - rating: whole, 0 to 100.
        ///   - seen: Ahrefs' last visit.
        public init(
            id: Backlink.ID,
            url: String,
            seen: Date?,
            rating: Int?,
            traffic: Int?,
            quality: Int?,
            status: Int?,
            isDofollow: Bool,
            anchor: String
        ) {
            self.id = id.rawValue
            self.url = url
            self.seen = seen
            self.rating = rating
            self.traffic = traffic
            self.quality = quality
            self.status = status
            verdict = isDofollow ? .live : .nofollow
            self.anchor = anchor
        }
    }

    /// Marks links that Ahrefs sees as verified, and keeps its testimony. What it had found lost is not any longer.
    /// - Returns: how many.
    @discardableResult
    public static func verify(
        _ sightings: [Sighting],
        of account: Account.ID,
        job: Int64,
        in tx: PostgresTransaction
    ) async throws -> Int {
        guard !sightings.isEmpty else { return 0 }
        return try await tx.query(
            """
            with found as (
                select * from jsonb_to_recordset(\(try PostgresJSON(sightings))) as f (id bigint, url text,
                    seen timestamptz, rating integer, traffic bigint, quality integer, status integer, verdict text,
                    anchor text)
            ), changed as (
                update igny8_sag_backlinks l set ahrefs_verified = true,
                    ahrefs_last_seen = greatest(l.ahrefs_last_seen, f.seen), ahrefs_lost_at = null,
                    source_dr = coalesce(f.rating, l.source_dr), source_traffic = coalesce(f.traffic, l.source_traffic),
                    quality_score = coalesce(f.quality, l.quality_score)
                from found f
                where l.id = f.id and l.account_id = \(account.rawValue) and l.status = 'live'
                returning l.id, l.account_id, l.site_id
            )
            insert into igny8_backlink_checks (account_id, site_id, backlink_id, witness, verdict, requested_url,
                http_status, anchor_text, links_found, detail, job_id)
            select c.account_id, c.site_id, c.id, 'ahrefs', f.verdict, left(f.url, 2048),
                case when f.status between 100 and 599 then f.status end, left(f.anchor, 500), 1,
                'seen by Ahrefs', \(job)
            from changed c join found f on f.id = c.id
            order by c.id
            """
        ).affected
    }

    /// What Ahrefs says of a link that it has lost.
    public struct Loss: Sendable, Hashable, Encodable {
        public let id: Int64
        public let url: String
        public let lost: Date
        public let status: Int?
        public let verdict: LinkVerdict
        public let reason: String

        /// A link that is gone, as Ahrefs says.
        /// - Parameter reason: in Ahrefs' words.
        public init(id: Backlink.ID, url: String, lost: Date, status: Int?, reason: String?) {
            self.id = id.rawValue
            self.url = url
            self.lost = lost
            self.status = status
            self.reason = reason ?? "no reason given"
            verdict =
                switch reason {
                case "notfound": .gone
                case "noindex": .noindex
                case "notcanonical": .canonicalized
                case "pageerror", "lostredirect": .unreachable
                default: .missing
                }
        }
    }

    /// Marks live links as lost in Ahrefs' eyes, and keeps its testimony. It does not count where we have seen the link
    /// since, and nothing happens twice.
    /// - Returns: the links that are new among these: what we have to look at ourselves.
    public static func suspect(
        _ losses: [Loss],
        of account: Account.ID,
        job: Int64,
        in tx: PostgresTransaction
    ) async throws -> [Backlink.ID] {
        guard !losses.isEmpty else { return [] }
        return try await tx.query(
            """
            with found as (
                select * from jsonb_to_recordset(\(try PostgresJSON(losses))) as f (id bigint, url text,
                    lost timestamptz, status integer, verdict text, reason text)
            ), changed as (
                update igny8_sag_backlinks l set ahrefs_lost_at = f.lost
                from found f
                where l.id = f.id and l.account_id = \(account.rawValue) and l.status = 'live'
                    and l.ahrefs_lost_at is null
                    and not (l.last_checked_at >= f.lost
                        and coalesce(l.last_verdict in ('live', 'nofollow', 'noindex', 'canonicalized'), false))
                returning l.id, l.account_id, l.site_id
            ), checks as (
                insert into igny8_backlink_checks (account_id, site_id, backlink_id, witness, verdict, requested_url,
                    http_status, detail, job_id)
                select c.account_id, c.site_id, c.id, 'ahrefs', f.verdict, left(f.url, 2048),
                    case when f.status between 100 and 599 then f.status end,
                    left('lost by Ahrefs: ' || f.reason, 500), \(job)
                from changed c join found f on f.id = c.id
            )
            select id from changed order by id
            """
        ).map { row in try row.id("id") }
    }

    /// The sites of an account that have live links.
    public static func sites(of account: Account.ID, in queries: some PostgresQuerying) async throws -> [Site.ID] {
        try await queries.query(
            """
            select s.id from igny8_sites s
            where s.account_id = \(account.rawValue) and s.is_active and not s.is_deleted
                and exists (select from igny8_sag_backlinks l where l.site_id = s.id and l.status = 'live')
            order by s.id
            """
        ).map { row in try row.id("id") }
    }

    /// The day of the campaigns of some sites, from the sites' own snapshots of it: what Ahrefs says of the site, live links
    /// and what they have cost. A second one of the day replaces the first.
    public static func takeCampaignDay(
        _ day: CalendarDay,
        of sites: [Site.ID],
        account: Account.ID,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into igny8_campaign_kpi_snapshots (account_id, site_id, campaign_id, snapshot_date, dr,
                referring_domains, organic_keywords, organic_traffic, links_live, spend, currency)
            select c.account_id, c.site_id, c.id, \(day.postgres), d.domain_rating, d.referring_domains,
                d.organic_keywords, d.organic_traffic, coalesce(l.live, 0), coalesce(l.spend, 0), a.currency
            from igny8_sag_campaigns c
            join igny8_accounts a on a.id = c.account_id
            join igny8_sites s on s.id = c.site_id
            join igny8_ahrefs_domain_snapshots d on d.site_id = s.id and d.domain = s.domain
                and d.snapshot_date = \(day.postgres)
            left join lateral (
                select count(*) filter (where status = 'live') as live, sum(cost) filter (
                    where status in ('ordered', 'pending', 'live', 'lost') and currency = a.currency) as spend
                from igny8_sag_backlinks where campaign_id = c.id
            ) l on true
            where c.site_id = any(\(sites.map(\.rawValue))) and c.account_id = \(account.rawValue)
                and c.status in ('active', 'paused')
            order by c.id
            on conflict (campaign_id, snapshot_date) do update set dr = excluded.dr,
                referring_domains = excluded.referring_domains, organic_keywords = excluded.organic_keywords,
                organic_traffic = excluded.organic_traffic, links_live = excluded.links_live, spend = excluded.spend
            """
        )
    }
}
