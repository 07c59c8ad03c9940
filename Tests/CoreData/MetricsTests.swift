import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("A site's nightly figures", .timeLimit(.minutes(5))) struct MetricsTests {
    private static let system = Tenant.system(reason: "test")
    private static let zone = "America/Toronto"
    private static let night = "2026-11-10T10:00:00Z"

    /// Two sites of a zone with rows of everything around midnight there, across the night on which its clocks are put back,
    /// and one elsewhere.
    private static let seed: [SQL] = [
        """
        insert into igny8_accounts (name, plan_id, time_zone, billing_email)
        select given.name, p.id, given.zone, 'o@x.example'
        from igny8_plans p, (values ('one', 'America/Toronto'), ('two', 'America/Toronto'), ('far', 'Asia/Dubai'))
            as given (name, zone)
        where p.key = 'scale' order by given.name
        """,
        """
        insert into igny8_sites (account_id, domain, name, url, industry_id)
        select a.id, a.name || '.example', a.name, 'https://x.example/', i.id
        from igny8_accounts a, igny8_industries i where i.slug = 'printing' order by a.id
        """,
        """
        insert into igny8_sectors (account_id, site_id, industry_id, industry_sector_id, name)
        select s.account_id, s.id, s.industry_id, p.id, p.name from igny8_sites s
        join igny8_industry_sectors p on p.industry_id = s.industry_id and p.slug = 'banners_and_signs'
        """,
        """
        insert into igny8_clusters (account_id, site_id, sector_id, name)
        select account_id, site_id, id, 'Signs' from igny8_sectors
        """,
        // Every seven hours: some fall on each side of midnight.
        """
        insert into igny8_content (account_id, site_id, sector_id, cluster_id, title, status, external_id, word_count,
            published_at)
        select account_id, site_id, sector_id, id, 'A' || n, case when n % 5 = 0 then 'review' else 'published' end, n::text,
            100 + n, timestamptz '2026-10-29 03:30Z' + n * interval '7 hours'
        from igny8_clusters, generate_series(1, 50) n
        """,
        """
        insert into igny8_images (account_id, site_id, url, created_at)
        select account_id, id, 'https://x.example/' || n, timestamptz '2026-10-29 04:30Z' + n * interval '5 hours'
        from igny8_sites, generate_series(1, 60) n
        """,
        """
        insert into igny8_gsc_metrics_cache (account_id, site_id, day, query, page, clicks, impressions, position)
        select s.account_id, s.id, date '2026-10-20' + n, k.query, k.page, n + s.id, 100 * n + s.id, 5 + k.place + n
        from igny8_sites s, generate_series(1, 18) n,
            (values (null, null, 3), ('a', null, 1), ('b', null, 9), ('c', null, 30), (null, 'https://x.example/', 2))
                as k (query, page, place)
        """,
        """
        insert into igny8_url_inspection_records (account_id, site_id, url, status, first_indexed_at, created_at)
        select account_id, id, 'https://x.example/p' || n, (array['indexed', 'indexed', 'pending', 'error'])[1 + n % 4],
            case when n % 4 < 2 then timestamptz '2026-10-30 02:00Z' + n * interval '13 hours' end,
            timestamptz '2026-10-29 01:00Z' + n * interval '9 hours'
        from igny8_sites, generate_series(1, 30) n
        """,
        """
        insert into igny8_ahrefs_domain_snapshots (account_id, site_id, domain, domain_rating, referring_domains,
            organic_keywords, organic_traffic, snapshot_date)
        select account_id, id, given.domain, 10 + n, 20 + n, 30 + n, 40 + n, date '2026-10-26' + 7 * n
        from igny8_sites s, generate_series(0, 2) n,
            lateral (values (s.domain), ('rival.example')) as given (domain)
        """,
        """
        insert into igny8_social_accounts (account_id, site_id, platform, handle)
        select account_id, id, 'linkedin', 'x' from igny8_sites
        """,
        """
        insert into igny8_social_posts (account_id, site_id, social_account_id, external_id, status, posted_at)
        select account_id, site_id, id, n::text, case when n % 6 = 0 then 'failed' else 'posted' end,
            timestamptz '2026-10-29 02:00Z' + n * interval '8 hours'
        from igny8_social_accounts, generate_series(1, 40) n
        """,
        """
        insert into igny8_social_engagements (account_id, site_id, post_id, day, impressions, likes, comments, shares, clicks)
        select account_id, site_id, id, date '2026-10-29' + n, 100 + n, n, 2, 1, 50
        from igny8_social_posts, generate_series(0, 9) n
        """,
        """
        insert into igny8_sag_blueprints (account_id, site_id, mode, status, version, completion, authority, approved_at)
        select account_id, id, 'full', status, version, 40 + version, 20 + version, timestamptz '2026-10-30 12:00Z'
        from igny8_sites, (values (1, 'archived'), (2, 'approved'), (3, 'review')) as given (version, status)
        """,
        """
        with bought as (
            insert into igny8_backlink_service_orders (account_id, site_id, currency, links_agreed, client_price, status,
                approved_at, ordered_at, delivered_at)
            select account_id, id, 'USD', 24, 1000, 'delivered', igny8_now(), igny8_now(), igny8_now() from igny8_sites
            returning *
        )
        insert into igny8_sag_backlinks (account_id, site_id, order_id, source_url, source_domain, target_url, cost, currency,
            status, ordered_at, delivered_at, live_at, lost_at, is_indexed, indexed_at)
        select account_id, site_id, id, 'https://p.example/' || site_id || '/' || n, 'p.example', 'https://x.example/', 40,
            'USD', case when n % 4 = 0 then 'lost' else 'live' end, igny8_now(),
            timestamptz '2026-10-29 03:00Z' + n * interval '9 hours', timestamptz '2026-10-29 20:00Z' + n * interval '9 hours',
            case when n % 4 = 0 then timestamptz '2026-11-02 03:00Z' + n * interval '9 hours' end, n % 3 = 0,
            case when n % 3 = 0 then timestamptz '2026-10-31 03:00Z' + n * interval '9 hours' end
        from bought, generate_series(1, 24) n
        """,
    ]

    /// Each column as anybody would ask for it; `s` is the site, `d` the day, `z` the zone.
    private static let plain: [(column: String, query: String)] = [
        (
            "clicks",
            "select clicks from igny8_gsc_metrics_cache where site_id = s and day = d and query is null and page is null"
        ),
        (
            "impressions",
            "select impressions from igny8_gsc_metrics_cache where site_id = s and day = d and query is null and page is null"
        ),
        (
            "position_weight",
            """
            select position * impressions from igny8_gsc_metrics_cache
            where site_id = s and day = d and query is null and page is null
            """
        ), ("queries_top10", top(10)), ("queries_top20", top(20)), ("queries_top50", top(50)),
        (
            "pages_indexed",
            """
            select nullif(count(*), 0) - count(*) + count(*) filter (where status = 'indexed'
                and (first_indexed_at at time zone z)::date <= d)
            from igny8_url_inspection_records where site_id = s and (created_at at time zone z)::date <= d
            """
        ),
        (
            "pages_pending",
            """
            select nullif(count(*), 0) - count(*) + count(*) filter (where status = 'pending'
                or (first_indexed_at at time zone z)::date > d)
            from igny8_url_inspection_records where site_id = s and (created_at at time zone z)::date <= d
            """
        ),
        (
            "pages_error",
            """
            select nullif(count(*), 0) - count(*) + count(*) filter (where status = 'error')
            from igny8_url_inspection_records where site_id = s and (created_at at time zone z)::date <= d
            """
        ),
        (
            "articles_published",
            """
            select count(*) from igny8_content
            where site_id = s and status = 'published' and (published_at at time zone z)::date = d
            """
        ),
        (
            "words_published",
            """
            select sum(word_count) from igny8_content
            where site_id = s and status = 'published' and (published_at at time zone z)::date = d
            """
        ),
        (
            "images_added",
            "select count(*) from igny8_images where site_id = s and (created_at at time zone z)::date = d"
        ),
        (
            "links_delivered",
            "select count(*) from igny8_sag_backlinks where site_id = s and (delivered_at at time zone z)::date = d"
        ),
        (
            "links_lost",
            "select count(*) from igny8_sag_backlinks where site_id = s and (lost_at at time zone z)::date = d"
        ),
        (
            "links_live",
            """
            select count(*) from igny8_sag_backlinks where site_id = s and (live_at at time zone z)::date <= d
                and (lost_at is null or (lost_at at time zone z)::date > d)
            """
        ),
        (
            "links_indexed",
            """
            select count(*) from igny8_sag_backlinks where site_id = s and (live_at at time zone z)::date <= d
                and (lost_at is null or (lost_at at time zone z)::date > d) and (indexed_at at time zone z)::date <= d
            """
        ), ("domain_rating", latest("domain_rating")), ("referring_domains", latest("referring_domains")),
        ("organic_keywords", latest("organic_keywords")), ("organic_traffic", latest("organic_traffic")),
        (
            "social_posts",
            """
            select count(*) from igny8_social_posts
            where site_id = s and status = 'posted' and (posted_at at time zone z)::date = d
            """
        ),
        ("social_impressions", "select sum(impressions) from igny8_social_engagements where site_id = s and day = d"),
        (
            "social_engagement",
            "select sum(likes + comments + shares) from igny8_social_engagements where site_id = s and day = d"
        ), ("sag_completion", blueprint("completion")), ("sag_authority", blueprint("authority")),
    ]

    private static func top(_ place: Int) -> String {
        """
        select nullif(count(*), 0) - count(*) + count(*) filter (where position <= \(place)) from igny8_gsc_metrics_cache
        where site_id = s and day = d and query is not null
        """
    }

    private static func latest(_ column: String) -> String {
        """
        select \(column) from igny8_ahrefs_domain_snapshots h where site_id = s and snapshot_date <= d
            and domain = (select domain from igny8_sites where id = s) order by snapshot_date desc limit 1
        """
    }

    private static func blueprint(_ column: String) -> String {
        """
        select \(column) from igny8_sag_blueprints
        where site_id = s and status = 'approved' and (approved_at at time zone z)::date <= d
        """
    }

    private func withRows(_ body: (Store) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let store = Store(database: test.service)
            try await store.transaction(as: Self.system, actor: "test") { tx in
                try await BusinessClock.freeze(at: try Date("2026-10-28T12:00:00Z", strategy: .iso8601), in: tx)
                for statement in Self.seed { try await tx.query(statement) }
            }
            try await body(store)
        }
    }

    private func collect(_ store: Store, at moment: String = MetricsTests.night) async throws -> Int {
        try await store.transaction(as: Self.system, actor: "test") { tx in
            let moment = try Date(moment, strategy: .iso8601)
            try await BusinessClock.advance(to: moment, in: tx)
            return try await ReportMetrics.collect(inZone: Self.zone, at: moment, in: tx)
        }
    }

    private func texts(_ store: Store, _ sql: SQL) async throws -> [String] {
        try await store.read(as: Self.system, actor: "test") { tx in
            try await tx.query(sql).map { row in try row.decode(0, as: String.self) }
        }
    }

    @Test("each column is what a plain query gives, for each day, in the account's zone")
    func columns() async throws {
        try await withRows { store in
            // From the first day that Search Console tells of (21 October) to yesterday, of two sites.
            #expect(try await collect(store) == 2 * 20)
            for (column, query) in Self.plain {
                let asked = query.replacing(/\bs\b/, with: "m.site_id").replacing(/\bd\b/, with: "m.day")
                    .replacing(/\bz\b/, with: "'America/Toronto'")
                let differing = try await texts(
                    store,
                    """
                    select m.site_id || ' ' || m.day || ': ' || coalesce(m.\(identifier: column)::text, 'null') || ', not '
                        || coalesce(plain.value::text, 'null')
                    from igny8_report_metrics m
                    cross join lateral (
                        select coalesce((\(unsafeRaw: asked))::numeric, \(unsafeRaw: Self.empty(column))) as value
                    ) plain
                    where m.\(identifier: column)::numeric is distinct from plain.value
                    order by 1
                    """
                )
                #expect(differing.isEmpty, "\(column): \(differing.prefix(3))")
                let kinds = try await texts(
                    store,
                    "select distinct coalesce(m.\(identifier: column)::text, 'null') from igny8_report_metrics m"
                )
                #expect(kinds.count > 1, "\(column) is \(kinds) everywhere: this proves nothing")
            }
        }
    }

    /// What nothing is.
    private static func empty(_ column: String) -> String {
        let isState =
            column.hasPrefix("pages") || column.hasPrefix("queries") || column.hasPrefix("sag")
            || column.hasPrefix("organic")
            || column == "domain_rating" || column == "referring_domains"
        return isState ? "null" : "0"
    }

    @Test("twice is once; a night that was missed is caught up; what Search Console tells late is gathered again")
    func again() async throws {
        try await withRows { store in
            _ = try await collect(store)
            let all: SQL = "select row_to_json(m)::text from igny8_report_metrics m order by site_id, day"
            let first = try await texts(store, all)
            _ = try await collect(store)
            #expect(try await texts(store, all) == first)

            // Three nights later.
            _ = try await collect(store, at: "2026-11-13T10:00:00Z")
            let days: SQL = "select count(*)::text || ' ' || max(day) from igny8_report_metrics group by site_id"
            #expect(try await texts(store, days) == ["23 2026-11-12", "23 2026-11-12"])

            // The figures of a day that is long over, corrected; and a day before all others.
            try await store.transaction(as: Self.system, actor: "test") { tx in
                try await BusinessClock.advance(to: try Date("2026-11-13T18:00:00Z", strategy: .iso8601), in: tx)
                try await tx.query(
                    """
                    update igny8_gsc_metrics_cache set clicks = 1, fetched_at = igny8_now()
                    where day = '2026-10-22' and query is null and page is null
                    """
                )
                try await tx.query(
                    """
                    insert into igny8_gsc_metrics_cache (account_id, site_id, day, clicks, impressions)
                    select account_id, id, '2025-12-24', 24, 100 from igny8_sites
                    """
                )
            }
            _ = try await collect(store, at: "2026-11-14T10:00:00Z")
            #expect(
                try await texts(
                    store,
                    """
                    select day || ' ' || clicks from igny8_report_metrics
                    where day in ('2026-10-22', '2025-12-24') order by day, site_id
                    """
                ) == ["2025-12-24 24", "2025-12-24 24", "2026-10-22 1", "2026-10-22 1"]
            )
        }
    }
}
