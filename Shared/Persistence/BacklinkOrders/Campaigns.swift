public import DomainModel
public import Postgres

/// `igny8_sag_campaigns`: link campaigns of the sites.
public enum Campaigns {
    static let columns: SQL = """
        id, account_id, site_id, name, status, country, niche, monthly_plan, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Campaign> {
        try Stored(
            Campaign(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                name: row.decode("name"),
                status: row.word("status"),
                country: row.decode("country"),
                niche: row.decode("niche"),
                plan: row.json("monthly_plan")
            ),
            row
        )
    }

    /// A campaign, when the tenant may see it.
    public static func find(
        _ id: Campaign.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Campaign>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sag_campaigns
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The campaigns of some sites in some states, in one query.
    public static func all(
        of sites: [Site.ID],
        states: Set<CampaignStatus> = Set(CampaignStatus.allCases),
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Campaign>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sag_campaigns
            where site_id = any(\(sites.map(\.rawValue))) and status = any(\(states.map(\.rawValue).sorted()))
                and \(fragment: tenant.owns())
            order by site_id, id
            """
        ).map(decode)
    }

    /// A new draft.
    /// - Throws: a unique violation for a name that the site has; a foreign key violation for a site of another account.
    public static func create(
        account: Account.ID,
        site: Site.ID,
        name: String,
        country: String? = nil,
        niche: String = "general",
        plan: CampaignPlan = CampaignPlan(),
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Campaign> {
        try decode(
            await queries.query(
                """
                insert into igny8_sag_campaigns (account_id, site_id, name, country, niche, monthly_plan, created_by)
                values (\(account.rawValue), \(site.rawValue), \(name), \(country), \(niche), \(try PostgresJSON(plan)),
                    \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Saves everything that may change.
    /// - Throws: ``StaleRevision``.
    public static func save(_ campaign: inout Stored<Campaign>, in queries: some PostgresQuerying) async throws {
        let value = campaign.value
        let rows = try await queries.query(
            """
            update igny8_sag_campaigns set name = \(value.name), status = \(value.status.rawValue),
                country = \(value.country), niche = \(value.niche), monthly_plan = \(try PostgresJSON(value.plan))
            where id = \(value.id.rawValue) and revision = \(campaign.revision)
            returning revision, updated_at
            """
        )
        try campaign.saved(rows, subject: CampaignStatus.subject)
    }
}

/// `igny8_campaign_kpi_snapshots`: what a campaign had reached on a day.
public enum CampaignSnapshots {
    /// What Ahrefs says of the campaign's site.
    public struct Metrics: Sendable, Hashable {
        public var domainRating: Ratio?
        public var referringDomains: Int?
        public var organicKeywords: Int?
        public var organicTraffic: Int?

        /// Nothing known.
        public init() {}
    }

    /// Takes the day's snapshot of all campaigns of a site, in one statement; links and spend are counted here. A second
    /// one of the day replaces the first.
    public static func take(
        _ metrics: Metrics,
        of site: Site.ID,
        on day: CalendarDay,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_campaign_kpi_snapshots (account_id, site_id, campaign_id, snapshot_date, dr,
                referring_domains, organic_keywords, organic_traffic, links_live, spend, currency)
            select c.account_id, c.site_id, c.id, \(day.postgres), \(metrics.domainRating?.numeric)::numeric,
                \(metrics.referringDomains)::integer, \(metrics.organicKeywords)::integer, \(metrics.organicTraffic)::bigint,
                coalesce(l.live, 0), coalesce(l.spend, 0), a.currency
            from igny8_sag_campaigns c
            join igny8_accounts a on a.id = c.account_id
            left join lateral (
                select count(*) filter (where status = 'live') as live,
                    sum(cost) filter (where status in ('ordered', 'pending', 'live', 'lost') and currency = a.currency) as spend
                from igny8_sag_backlinks where campaign_id = c.id
            ) l on true
            where c.site_id = \(site.rawValue) and c.status in ('active', 'paused') and \(fragment: tenant.owns("c.account_id"))
            on conflict (campaign_id, snapshot_date) do update set dr = excluded.dr,
                referring_domains = excluded.referring_domains, organic_keywords = excluded.organic_keywords,
                organic_traffic = excluded.organic_traffic, links_live = excluded.links_live, spend = excluded.spend
            """
        )
    }
}
