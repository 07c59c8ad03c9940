public import DomainModel
public import Postgres

/// What indexing has come to, for one tenant or all.
public enum IndexingFigures {
    /// How a service has done.
    public struct Success: Sendable {
        /// Nil: the hold-out, which was sent to nobody.
        public let service: IndexingServiceKey?
        /// What came into the index.
        public let indexed: Int
        /// What has an outcome.
        public let judged: Int
        /// Half of what came into the index took no longer, in days.
        public let medianDays: Int?
    }

    private static func site(_ site: Site.ID?) -> SQL { site.map { "site_id = \($0.rawValue)" } ?? "true" }

    /// Success by service, of what is settled.
    public static func success(
        of site: Site.ID?,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Success] {
        try await queries.query(
            """
            select service, count(*) filter (where outcome = 'indexed') as indexed, count(*) as judged,
                (percentile_disc(0.5) within group (order by extract(epoch from settled_at - submitted_at))
                    filter (where outcome = 'indexed') / 86400)::integer as median_days
            from igny8_indexing_submissions
            where outcome in ('indexed', 'not_indexed') and not is_repeat
                and \(fragment: Self.site(site)) and \(fragment: tenant.owns())
            group by service order by service nulls last
            """
        ).map { row in
            try Success(
                service: row.word(ifAny: "service"),
                indexed: row.decode("indexed"),
                judged: row.decode("judged"),
                medianDays: row.decode("median_days")
            )
        }
    }

    /// Counts and sums.
    public struct Totals: Sendable {
        public let pending: Int
        public let indexed: Int
        public let failed: Int
        public let needsReview: Int
        /// What it has cost us.
        public let cost: UnitCost
        /// What clients pay for what was submitted.
        public let charged: UnitCost
    }

    /// Counts and sums over requests.
    public static func totals(
        of site: Site.ID?,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Totals {
        let row = try await queries.query(
            """
            select count(*) filter (where status in ('queued', 'submitted', 'checking', 'resubmitted')) as pending,
                count(*) filter (where status = 'indexed') as indexed, count(*) filter (where status = 'failed') as failed,
                count(*) filter (where needs_review) as needs_review, coalesce(sum(cost), 0)::text as cost,
                coalesce(sum(client_price) filter (where submitted_at is not null), 0)::text as charged
            from igny8_backlink_indexing_requests
            where \(fragment: Self.site(site)) and \(fragment: tenant.owns())
            """
        ).only()
        return try Totals(
            pending: row.decode("pending"),
            indexed: row.decode("indexed"),
            failed: row.decode("failed"),
            needsReview: row.decode("needs_review"),
            cost: UnitCost(decimal: row.decode("cost", as: String.self), currency: .usd),
            charged: UnitCost(decimal: row.decode("charged", as: String.self), currency: .usd)
        )
    }

    /// What was not paid, and why.
    public struct Saving: Sendable {
        public let reason: IndexingHindrance
        public let pages: Int
        /// What we would have paid.
        public let cost: UnitCost
        /// What the clients would have paid.
        public let charged: UnitCost
    }

    /// Savings by reason, the most pages first.
    public static func savings(
        of site: Site.ID?,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Saving] {
        try await queries.query(
            """
            select reason, count(*) as pages, sum(cost)::text as cost, sum(client_price)::text as charged
            from igny8_indexing_savings where \(fragment: Self.site(site)) and \(fragment: tenant.owns())
            group by reason order by pages desc, reason
            """
        ).map { row in
            try Saving(
                reason: row.word("reason"),
                pages: row.decode("pages"),
                cost: UnitCost(decimal: row.decode("cost", as: String.self), currency: .usd),
                charged: UnitCost(decimal: row.decode("charged", as: String.self), currency: .usd)
            )
        }
    }

    /// What a client pays for one page of a site: nothing where its managed service includes it, else what the catalogue
    /// says.
    public static func price(of site: Site.ID, in queries: some PostgresQuerying) async throws -> UnitCost {
        let row = try await queries.query(
            """
            select case when exists (
                    select from igny8_managed_service_subscriptions s join igny8_managed_tiers t on t.key = s.tier
                    where s.site_id = \(site.rawValue) and s.status = 'active' and t.includes_indexing)
                then 0 else price end::text as price, currency
            from igny8_unit_prices where key = 'indexing_boost'
            """
        ).only()
        return try UnitCost(decimal: row.decode("price", as: String.self), currency: row.currency())
    }
}
