import DomainModel
import Foundation
import Persistence
import Postgres
import Testing

/// A site's life around October 2026, written row by row so that a person can add it up.
enum ReportYear {
    static func write(_ fixture: Fixture) async throws {
        let moment = try Date("2026-11-03T06:00:00Z", strategy: .iso8601)
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            try await BusinessClock.freeze(at: moment, in: tx)
        }
        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
            let row = Row(fixture.one)
            try await search(row, in: tx)
            try await content(row, in: tx)
            try await links(row, in: tx)
            try await others(row, in: tx)
        }
    }

    private struct Row {
        let account: Int64
        let site: Int64
        let sector: Int64
        let subscription: Int64
        let domain: String

        init(_ client: Fixture.Client) {
            account = client.account.id.rawValue
            site = client.site.id.rawValue
            sector = client.sector.id.rawValue
            subscription = client.subscription.id.rawValue
            domain = client.site.domain.name
        }
    }

    /// Whole days: 1,000 clicks and the day of the month in 2026, 500 and the day in 2025. The last two are not there yet.
    private static func search(_ row: Row, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            insert into igny8_gsc_connections (account_id, site_id, property, last_synced_at)
            values (\(row.account), \(row.site), 'sc-domain:one.example', '2026-11-02 04:00Z')
            """
        )
        try await tx.query(
            """
            insert into igny8_gsc_metrics_cache (account_id, site_id, day, clicks, impressions, position)
            select \(row.account), \(row.site), day::date,
                case when day < '2026-01-01' then 500 else 1000 end + extract(day from day)::integer, 20000, 11
            from generate_series('2026-09-01'::date, '2026-10-29', '1 day') day
            union all
            select \(row.account), \(row.site), day::date, 500 + extract(day from day)::integer, 9000, 20
            from generate_series('2025-09-25'::date, '2025-11-05', '1 day') day
            """
        )
        // Query n stood at n + 2 in September and stands at n in October, for n to 60.
        try await tx.query(
            """
            insert into igny8_gsc_metrics_cache (account_id, site_id, day, query, clicks, impressions, position)
            select \(row.account), \(row.site), day, 'query ' || n, 1, 100,
                n + case when day < '2026-10-01' then 2 else 0 end
            from generate_series(1, 60) n, unnest(array['2026-09-03', '2026-09-20', '2026-10-04', '2026-10-21']::date[]) day
            union all select \(row.account), \(row.site), '2026-10-07', 'new query', 0, 10, 33
            union all select \(row.account), \(row.site), '2026-09-07', 'lost query', 0, 10, 44
            """
        )
        try await tx.query(
            """
            insert into igny8_report_metrics (account_id, site_id, day, pages_indexed, pages_pending, pages_error,
                queries_top10, queries_top20, queries_top50, sag_completion, sag_authority)
            values (\(row.account), \(row.site), '2026-10-31', 12, 3, 2, 9, 19, 49, 64, 71),
                (\(row.account), \(row.site), '2026-10-24', 11, 3, 2, 8, 18, 48, 63, 70),
                (\(row.account), \(row.site), '2026-09-30', 10, 4, 1, 7, 17, 47, 61, 67)
            """
        )
        try await tx.query(
            """
            insert into igny8_ahrefs_domain_snapshots
                (account_id, site_id, domain, domain_rating, referring_domains, organic_keywords, snapshot_date)
            values (\(row.account), \(row.site), \(row.domain), 37, 288, 900, '2026-09-28'),
                (\(row.account), \(row.site), \(row.domain), 38, 295, 920, '2026-10-12'),
                (\(row.account), \(row.site), \(row.domain), 38.5, 301, 931, '2026-10-26'),
                (\(row.account), \(row.site), 'rival.example', 80, 9000, 9000, '2026-10-26')
            """
        )
    }

    private static func content(_ row: Row, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            with blueprint as (
                insert into igny8_sag_blueprints (account_id, site_id, mode, status, completion, authority)
                values (\(row.account), \(row.site), 'full', 'approved', 64, 71) returning id
            ), part as (
                insert into igny8_sag_clusters (account_id, site_id, blueprint_id, name, hub_title, supporting_titles)
                select \(row.account), \(row.site), id, 'Kitchens', 'All on kitchens', array['a', 'b'] from blueprint
                returning id
            )
            insert into igny8_clusters (account_id, site_id, sector_id, sag_cluster_id, name)
            select \(row.account), \(row.site), \(row.sector), id, 'Kitchens' from part
            """
        )
        try await tx.query(
            """
            insert into igny8_tasks (account_id, site_id, sector_id, cluster_id, title, due_at, status)
            select \(row.account), \(row.site), \(row.sector), id, title, due::timestamptz, state
            from igny8_clusters, (values ('Done', '2026-10-10 12:00Z', 'completed'), ('Late', '2026-10-20 12:00Z', 'queued'),
                ('Next', '2026-11-12 12:00Z', 'queued')) t (title, due, state)
            where site_id = \(row.site)
            """
        )
        try await tx.query(
            """
            insert into igny8_content (account_id, site_id, sector_id, cluster_id, task_id, title, word_count, status,
                external_url, published_at)
            select \(row.account), \(row.site), \(row.sector), k.id,
                (select id from igny8_tasks where site_id = \(row.site) and title = c.task), c.title, c.words, c.state,
                'https://one.example/' || c.title, c.at::timestamptz
            from igny8_clusters k, (values ('Done', 'First', 1500, 'published', '2026-10-02 10:00Z'),
                (null, 'Second', 1000, 'published', '2026-10-30 10:00Z'),
                (null, 'Third', 700, 'published', '2026-11-01 00:30Z'),
                (null, 'Before', 800, 'published', '2026-09-10 10:00Z'),
                (null, 'Waiting', 900, 'review', null)) c (task, title, words, state, at)
            where k.site_id = \(row.site)
            """
        )
        try await tx.query(
            """
            insert into igny8_images (account_id, site_id, content_id, url, created_at)
            select \(row.account), \(row.site), c.id, 'https://one.example/' || n || '.png', '2026-10-02 10:00Z'
            from igny8_content c, generate_series(1, 2) n where c.site_id = \(row.site) and c.title = 'First'
            """
        )
        try await tx.query(
            """
            insert into igny8_url_inspection_records
                (account_id, site_id, content_id, url, status, coverage_state, first_indexed_at, inspected_at)
            select \(row.account), \(row.site), c.id, c.external_url, 'indexed', null, '2026-10-06 10:00Z'::timestamptz,
                '2026-11-01 10:00Z'::timestamptz
            from igny8_content c where c.site_id = \(row.site) and c.title = 'First'
            union all
            select \(row.account), \(row.site), null, 'https://one.example/error/' || n, 'error', 'Not found (404)', null,
                '2026-11-01 10:00Z'
            from generate_series(1, 4) n
            """
        )
        try await tx.query(
            """
            insert into igny8_approvals (account_id, subscription_id, subject_kind, subject_id)
            select \(row.account), \(row.subscription), 'content', id from igny8_content
            where site_id = \(row.site) and title = 'Waiting'
            """
        )
    }

    /// 520 links of one order in October; seven are lost, six of them on one host.
    private static func links(_ row: Row, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            insert into igny8_backlink_service_orders (account_id, site_id, currency, links_agreed, client_price, status,
                approved_at, ordered_at, delivered_at)
            values (\(row.account), \(row.site), 'USD', 520, 52000, 'delivered', '2026-10-01 08:00Z', '2026-10-01 09:00Z',
                '2026-10-20 09:00Z')
            """
        )
        try await tx.query(
            """
            insert into igny8_sag_backlinks (account_id, site_id, order_id, source_url, source_domain, target_url, currency,
                source_dr, status, ordered_at, delivered_at, live_at, lost_at, lost_reason, last_verdict, http_status)
            select \(row.account), \(row.site), o.id, 'https://' || host || '/' || n, host, 'https://one.example/', 'USD',
                case when n % 10 = 0 then null else n % 100 end, case when n <= 7 then 'lost' else 'live' end,
                '2026-10-01 09:00Z', '2026-10-05 09:00Z', '2026-10-06 09:00Z',
                case when n <= 7 then '2026-10-25 09:00Z'::timestamptz + n * interval '1 minute' end,
                case when n <= 7 then 'twice in looks a day apart' end, case when n <= 7 then 'gone' else 'live' end,
                case when n <= 7 then 410 else 200 end
            from igny8_backlink_service_orders o, generate_series(1, 520) n,
                lateral (select case when n <= 6 then 'news.example' else 'h' || n || '.example' end as host) h
            where o.site_id = \(row.site)
            """
        )
        try await tx.query(
            """
            insert into igny8_backlink_checks
                (account_id, site_id, backlink_id, witness, verdict, checked_at, requested_url, http_status)
            select \(row.account), \(row.site), l.id, 'fetch', k.verdict, k.at::timestamptz, l.source_url, k.status
            from igny8_sag_backlinks l, (values ('live', '2026-10-20 09:00Z', 200), ('gone', '2026-10-23 09:00Z', 404),
                ('gone', '2026-10-25 08:59Z', 410)) k (verdict, at, status)
            where l.site_id = \(row.site) and l.status = 'lost' order by l.id, k.at
            """
        )
        try await tx.query(
            """
            insert into igny8_sag_backlinks (account_id, site_id, target_url, currency, replaces_id)
            select \(row.account), \(row.site), 'https://one.example/', 'USD', min(id) from igny8_sag_backlinks
            where site_id = \(row.site) and status = 'lost'
            """
        )
    }

    private static func others(_ row: Row, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            insert into igny8_delivery_flags (account_id, subscription_id, kind, subject_kind, subject_id, detail, since,
                cleared_at)
            values (\(row.account), \(row.subscription), 'content_behind', 'managed_subscription', 1, '1 of 3', '2026-10-15 09:00Z', null),
                (\(row.account), \(row.subscription), 'links_behind', 'managed_subscription', 1, 'x', '2026-08-15 09:00Z',
                    '2026-09-15 09:00Z')
            """
        )
        try await tx.query(
            """
            with network as (
                insert into igny8_social_accounts (account_id, site_id, platform, handle)
                values (\(row.account), \(row.site), 'linkedin', 'one') returning id
            ), post as (
                insert into igny8_social_posts (account_id, site_id, social_account_id, external_id, body, posted_at)
                select \(row.account), \(row.site), network.id, n::text, 'Post ' || n,
                    '2026-10-03 09:00Z'::timestamptz - n * interval '1 day'
                from network, generate_series(1, 3) n returning id, external_id
            )
            insert into igny8_social_engagements (account_id, site_id, post_id, day, impressions, likes, comments)
            select \(row.account), \(row.site), id, day, 100, 5 * external_id::integer, 5 * external_id::integer
            from post, unnest(array['2026-09-30', '2026-10-04', '2026-10-09']::date[]) day
            where (day < '2026-10-01') = (external_id = '3')
            """
        )
    }
}
