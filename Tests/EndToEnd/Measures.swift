import Persistence
import Postgres
import Testing

extension Stack {
    /// Each client's site has its figures for each day since it began, growing as its articles are found, and what each tier
    /// includes beside them.
    func expectMeasures() async throws {
        let sites = try await rows(
            """
            select s.domain, service.tier, m.*,
                m.last_day - (s.created_at at time zone a.time_zone)::date + 1 as lived,
                (igny8_now() at time zone a.time_zone)::date - m.last_day as age,
                (select count(*) from igny8_content c where c.site_id = s.id and c.status = 'published'
                    and (c.published_at at time zone a.time_zone)::date <= m.last_day) as published,
                (select count(*) from igny8_gsc_connections c where c.site_id = s.id and c.status = 'active') as connections
            from igny8_sites s
            join igny8_accounts a on a.id = s.account_id
            join igny8_managed_service_subscriptions service on service.site_id = s.id
            cross join lateral (
                select count(*) as days, max(day) as last_day,
                    count(*) filter (where day >= (s.created_at at time zone a.time_zone)::date) as known,
                    count(*) filter (where impressions = 0
                        and day < (igny8_now() at time zone a.time_zone)::date - 4) as empty,
                    coalesce(sum(clicks) filter (where day between date '2026-09-24' and date '2026-10-07'), 0) as first_clicks,
                    coalesce(sum(clicks) filter (where day between date '2026-12-01' and date '2026-12-14'), 0) as last_clicks,
                    coalesce(sum(articles_published), 0) as articles, coalesce(max(pages_indexed), 0)::bigint as indexed,
                    coalesce(sum(social_posts), 0) as posts, coalesce(sum(social_engagement), 0) as engagement,
                    coalesce(max(sag_completion), 0)::bigint as completion
                from igny8_report_metrics where site_id = s.id
            ) m
            order by s.domain
            """
        )
        #expect(sites.count == description.clients.count)
        for site in sites {
            let domain = try site.decode("domain", as: String.self)
            func figure(_ column: String) throws -> Int64 { try site.decode(column, as: Int64.self) }
            let lived = try site.decode("lived", as: Int.self)
            #expect(try figure("known") == Int64(lived), "\(domain): a day is missing")
            // Gathered at five in the morning where the client lives.
            #expect(try (1...2).contains(site.decode("age", as: Int.self)), "\(domain)")
            #expect(try figure("days") > Int64(lived) + 365, "\(domain): there is no year before")
            #expect(try figure("empty") == 0, "\(domain): days without search figures")
            #expect(try figure("last_clicks") > figure("first_clicks"), "\(domain) does not grow")
            #expect(try figure("articles") == figure("published"), "\(domain)")
            #expect(try figure("indexed") > figure("published") / 2, "\(domain)")
            #expect(try figure("completion") > 0, "\(domain)")
            let isPro = try site.decode("tier", as: String.self) == "pro"
            #expect(try (figure("posts") > 0) == isPro, "\(domain)")
            #expect(try (figure("engagement") > 0) == isPro, "\(domain)")
            #expect(try figure("connections") == (isPro ? 1 : 0), "\(domain)")
        }
    }
}
