public import DomainModel
public import Postgres

/// `igny8_gsc_metrics_cache`: a site's days in search, whole, by query and by page.
public enum SearchMetrics {
    /// What a row is about.
    public enum Part: String, Sendable {
        /// The whole site.
        case whole
        /// One query.
        case query
        /// One page.
        case page
    }

    /// A row as Search Console gives it.
    public struct Row: Sendable, Hashable {
        /// US Pacific.
        public let day: CalendarDay
        /// The query or the page; nil for the whole site.
        public let key: String?
        /// Not more than ``impressions``.
        public let clicks: Int
        /// How often it was seen.
        public let impressions: Int
        /// The average over the impressions, in thousandths.
        public let positionThousandths: Int

        /// Puts one together.
        public init(day: CalendarDay, key: String?, clicks: Int, impressions: Int, positionThousandths: Int) {
            self.day = day
            self.key = key
            self.clicks = clicks
            self.impressions = impressions
            self.positionThousandths = positionThousandths
        }
    }

    /// Writes rows of one part, in one statement. Rows that say nothing new are left alone.
    /// - Returns: how many have changed.
    @discardableResult
    public static func upsert(
        _ rows: [Row],
        _ part: Part,
        of site: Site.ID,
        account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> Int {
        guard !rows.isEmpty else { return 0 }
        return try await tx.query(
            """
            insert into igny8_gsc_metrics_cache as known (account_id, site_id, day, query, page, clicks, impressions, ctr,
                position)
            select \(account.rawValue), \(site.rawValue), given.day,
                case when \(part == .query) then given.key end, case when \(part == .page) then given.key end,
                given.clicks, given.impressions,
                coalesce(round(given.clicks::numeric / nullif(given.impressions, 0), 6), 0), given.place / 1000.0
            from unnest(\(rows.map(\.day.postgres)), \(rows.map(\.key)), \(rows.map(\.clicks)), \(rows.map(\.impressions)),
                \(rows.map(\.positionThousandths))) as given (day, key, clicks, impressions, place)
            order by given.day, given.key
            on conflict (site_id, day, query, page) do update set clicks = excluded.clicks,
                impressions = excluded.impressions, ctr = excluded.ctr, position = excluded.position,
                fetched_at = igny8_now()
            where (known.clicks, known.impressions, known.position)
                is distinct from (excluded.clicks, excluded.impressions, excluded.position)
            """
        ).affected
    }
}
