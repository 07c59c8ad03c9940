public import Foundation
public import Postgres

/// `igny8_report_metrics`: a site's day in figures, gathered from the tables that know them.
public enum ReportMetrics {
    /// How many of the last days are gathered again each night, for what comes late.
    public static let again = 4
    /// Days before the first night that are gathered where a site has rows of them.
    public static let memory = 500

    /// Gathers the days of a zone's sites, in one statement: the last days, those that were missed, and those of which Search
    /// Console has told since. States (pages, blueprint) are of the night they were gathered in and are not changed later:
    /// nobody knows any more what they were.
    /// - Parameters:
    ///   - zone: the accounts' zone.
    ///   - moment: business time; the days before the one it lies in are over.
    /// - Returns: how many days were written.
    @discardableResult
    public static func collect(inZone zone: String, at moment: Date, in tx: PostgresTransaction) async throws -> Int {
        // The planner takes a few rows for many, and would compile what runs for milliseconds.
        try await tx.query("select set_config('jit', 'off', true)")
        return try await tx.query(
            """
            with night as (
                select (\(moment)::timestamptz at time zone \(zone))::date as today
            ), site as materialized (
                select s.id, s.account_id, s.domain, night.today, (s.created_at at time zone \(zone))::date as began,
                    known.last_day, known.collected_at
                from night
                join igny8_accounts a on a.time_zone = \(zone) and a.status = 'active'
                join igny8_sites s on s.account_id = a.id and s.is_active and not s.is_deleted
                left join lateral (
                    select m.day as last_day, m.collected_at from igny8_report_metrics m
                    where m.site_id = s.id order by m.day desc limit 1
                ) known on true
            ), wanted as (
                select site.id, step::date as day from site
                cross join lateral generate_series(
                    least(site.today - \(again)::integer, coalesce(site.last_day + 1, greatest(site.began, site.today - \(memory)::integer))
                        )::timestamp,
                    (site.today - 1)::timestamp, interval '1 day') step
                where step::date >= least(site.began, coalesce(site.last_day, site.began))
                union
                select site.id, told.day from site
                join igny8_gsc_metrics_cache told on told.site_id = site.id and told.query is null and told.page is null
                    and told.fetched_at >= coalesce(site.collected_at, '-infinity')
                    and told.day between site.today - \(memory)::integer and site.today - 1
            ), span as materialized (
                select site.*, wanted.day, wanted.day::timestamp at time zone \(zone) as starts,
                    (wanted.day + 1)::timestamp at time zone \(zone) as ends
                from wanted join site on site.id = wanted.id
            )
            insert into igny8_report_metrics as known (account_id, site_id, day, clicks, impressions, position_weight,
                queries_top10, queries_top20, queries_top50, pages_indexed, pages_pending, pages_error, articles_published,
                words_published, images_added, links_delivered, links_lost, links_live, links_indexed, domain_rating,
                referring_domains, organic_keywords, organic_traffic, social_posts, social_impressions, social_engagement,
                sag_completion, sag_authority)
            select span.account_id, span.id, span.day, coalesce(search.clicks, 0), coalesce(search.impressions, 0),
                coalesce(search.weight, 0), words.top10, words.top20, words.top50, pages.indexed, pages.pending, pages.error,
                articles.published, articles.words, pictures.added, links.delivered, links.lost, links.live, links.indexed,
                standing.domain_rating, standing.referring_domains, standing.organic_keywords, standing.organic_traffic,
                posts.posted, heard.impressions, heard.engagement, plan.completion, plan.authority
            from span
            left join lateral (
                select g.clicks, g.impressions, g.position * g.impressions as weight from igny8_gsc_metrics_cache g
                where g.site_id = span.id and g.day = span.day and g.query is null and g.page is null
            ) search on true
            cross join lateral (
                select case when count(*) > 0 then count(*) filter (where g.position <= 10) end::integer as top10,
                    case when count(*) > 0 then count(*) filter (where g.position <= 20) end::integer as top20,
                    case when count(*) > 0 then count(*) filter (where g.position <= 50) end::integer as top50
                from igny8_gsc_metrics_cache g
                where g.site_id = span.id and g.day = span.day and g.query is not null and g.page is null
            ) words
            cross join lateral (
                select case when count(*) > 0 then count(*) filter (where p.status = 'indexed'
                        and p.first_indexed_at < span.ends) end::integer as indexed,
                    case when count(*) > 0 then count(*) filter (where p.status = 'pending'
                        or (p.status = 'indexed' and p.first_indexed_at >= span.ends)) end::integer as pending,
                    case when count(*) > 0 then count(*) filter (where p.status = 'error') end::integer as error
                from igny8_url_inspection_records p
                where p.account_id = span.account_id and p.site_id = span.id and p.created_at < span.ends
            ) pages
            cross join lateral (
                select count(*)::integer as published, coalesce(sum(c.word_count), 0)::integer as words
                from igny8_content c
                where c.site_id = span.id and c.status = 'published' and not c.is_deleted
                    and c.published_at >= span.starts and c.published_at < span.ends
            ) articles
            cross join lateral (
                select count(*)::integer as added from igny8_images i
                where i.site_id = span.id and i.created_at >= span.starts and i.created_at < span.ends
            ) pictures
            cross join lateral (
                select count(*) filter (where l.delivered_at >= span.starts and l.delivered_at < span.ends)::integer
                        as delivered,
                    count(*) filter (where l.lost_at >= span.starts and l.lost_at < span.ends)::integer as lost,
                    count(*) filter (where l.live_at < span.ends and coalesce(l.lost_at, 'infinity') >= span.ends)::integer
                        as live,
                    count(*) filter (where l.live_at < span.ends and coalesce(l.lost_at, 'infinity') >= span.ends
                        and l.indexed_at < span.ends)::integer as indexed
                from igny8_sag_backlinks l where l.site_id = span.id and l.status in ('pending', 'live', 'lost')
            ) links
            left join lateral (
                select h.domain_rating, h.referring_domains, h.organic_keywords, h.organic_traffic
                from igny8_ahrefs_domain_snapshots h
                where h.site_id = span.id and h.domain = span.domain and h.snapshot_date <= span.day
                order by h.snapshot_date desc limit 1
            ) standing on true
            cross join lateral (
                select count(*)::integer as posted from igny8_social_posts o
                where o.account_id = span.account_id and o.site_id = span.id and o.status = 'posted'
                    and o.posted_at >= span.starts and o.posted_at < span.ends
            ) posts
            cross join lateral (
                select coalesce(sum(e.impressions), 0)::integer as impressions,
                    coalesce(sum(e.likes + e.comments + e.shares), 0)::integer as engagement
                from igny8_social_engagements e
                where e.account_id = span.account_id and e.site_id = span.id and e.day = span.day
            ) heard
            left join lateral (
                select b.completion, b.authority from igny8_sag_blueprints b
                where b.site_id = span.id and b.status = 'approved' and coalesce(b.approved_at, b.created_at) < span.ends
                order by b.version desc limit 1
            ) plan on true
            order by span.id, span.day
            on conflict (site_id, day) do update set clicks = excluded.clicks, impressions = excluded.impressions,
                position_weight = excluded.position_weight, queries_top10 = excluded.queries_top10,
                queries_top20 = excluded.queries_top20, queries_top50 = excluded.queries_top50,
                articles_published = excluded.articles_published, words_published = excluded.words_published,
                images_added = excluded.images_added, links_delivered = excluded.links_delivered,
                links_lost = excluded.links_lost, links_live = excluded.links_live,
                links_indexed = excluded.links_indexed, domain_rating = excluded.domain_rating,
                referring_domains = excluded.referring_domains, organic_keywords = excluded.organic_keywords,
                organic_traffic = excluded.organic_traffic, social_posts = excluded.social_posts,
                social_impressions = excluded.social_impressions, social_engagement = excluded.social_engagement,
                collected_at = igny8_now()
            """
        ).affected
    }
}
