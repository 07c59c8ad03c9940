import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func social(
        _ scope: ReportScope,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<SocialFacts> {
        guard scope.hasSocial else { return .notInUse }
        let rows = try await tx.query(
            """
            with posts as (
                select p.social_account_id,
                    count(*) filter (where p.posted_at >= \(fragment: scope.from)) as posts,
                    count(*) filter (where p.posted_at < \(fragment: scope.from)) as posts_before
                from igny8_social_posts p
                where \(fragment: scope.owns("p")) and p.status = 'posted'
                    and p.posted_at >= \(fragment: scope.previousFrom) and p.posted_at < \(fragment: scope.to)
                group by p.social_account_id
            ), gains as (
                select p.social_account_id,
                    sum(e.impressions) filter (where e.day >= \(scope.period.start.postgres)) as impressions,
                    sum(e.impressions) filter (where e.day < \(scope.period.start.postgres)) as impressions_before,
                    sum(e.likes + e.comments + e.shares + e.clicks)
                        filter (where e.day >= \(scope.period.start.postgres)) as engagement,
                    sum(e.likes + e.comments + e.shares + e.clicks)
                        filter (where e.day < \(scope.period.start.postgres)) as engagement_before,
                    count(*) filter (where e.day >= \(scope.period.start.postgres)) as rows, max(e.fetched_at) as read_at
                from igny8_social_engagements e
                join igny8_social_posts p on p.id = e.post_id and p.account_id = e.account_id
                where \(fragment: scope.owns("e"))
                    and e.day between \(scope.previous.start.postgres) and \(scope.period.end.postgres)
                group by p.social_account_id
            )
            select a.platform, coalesce(sum(posts), 0)::bigint as posts,
                coalesce(sum(posts_before), 0)::bigint as posts_before,
                coalesce(sum(impressions), 0)::bigint as impressions,
                coalesce(sum(impressions_before), 0)::bigint as impressions_before,
                coalesce(sum(engagement), 0)::bigint as engagement,
                coalesce(sum(engagement_before), 0)::bigint as engagement_before,
                coalesce(sum(rows), 0)::bigint as rows, max(read_at) as read_at,
                (select count(*) from igny8_social_posts p where \(fragment: scope.owns("p")) and p.status = 'failed'
                    and p.created_at >= \(fragment: scope.from) and p.created_at < \(fragment: scope.to)) as failed
            from igny8_social_accounts a
            left join posts on posts.social_account_id = a.id
            left join gains on gains.social_account_id = a.id
            where \(fragment: scope.owns("a"))
            group by a.platform
            order by engagement desc, posts desc, a.platform
            """
        )
        var facts = SocialFacts(
            posts: Comparison(now: 0, before: 0),
            impressions: Comparison(now: 0, before: 0),
            engagement: Comparison(now: 0, before: 0)
        )
        var (count, readAt): (Int, Date?) = (0, nil)
        for row in rows {
            func sum(_ name: String) throws -> Int { try row.decode(name) }
            let platform = SocialFacts.Platform(
                platform: try row.decode("platform"),
                posts: try sum("posts"),
                impressions: try sum("impressions"),
                engagement: Comparison(now: try sum("engagement"), before: try sum("engagement_before"))
            )
            facts.posts.now += platform.posts
            facts.posts.before = try (facts.posts.before ?? 0) + sum("posts_before")
            facts.impressions.now += platform.impressions
            facts.impressions.before = try (facts.impressions.before ?? 0) + sum("impressions_before")
            facts.engagement.now += platform.engagement.now
            facts.engagement.before = (facts.engagement.before ?? 0) + (platform.engagement.before ?? 0)
            facts.failed = try sum("failed")
            count += try sum("rows")
            readAt = [readAt, try row.decode("read_at", as: Date?.self)].compactMap { $0 }.max()
            if platform.posts > 0 || platform.engagement.now > 0 { facts.platforms.append(platform) }
        }
        guard facts.posts.now > 0 || facts.engagement.now > 0 || facts.impressions.now > 0 || facts.failed > 0 else {
            return .empty
        }
        facts.top = try await tx.query(
            """
            select a.platform, left(p.body, 140) as body, p.url, \(fragment: scope.day("p.posted_at")) as posted_on,
                sum(e.impressions)::bigint as impressions,
                sum(e.likes + e.comments + e.shares + e.clicks)::bigint as engagement
            from igny8_social_engagements e
            join igny8_social_posts p on p.id = e.post_id and p.account_id = e.account_id and p.status = 'posted'
            join igny8_social_accounts a on a.id = p.social_account_id and a.account_id = p.account_id
            where \(fragment: scope.owns("e"))
                and e.day between \(scope.period.start.postgres) and \(scope.period.end.postgres)
            group by p.id, a.platform
            order by engagement desc, impressions desc, p.id limit 10
            """
        ).map { row in
            SocialFacts.Post(
                platform: try row.decode("platform"),
                text: try row.decode("body"),
                url: try row.decode("url"),
                postedOn: try row.day("posted_on"),
                impressions: try row.decode("impressions"),
                engagement: try row.decode("engagement")
            )
        }
        data.explain(.posts, String(facts.posts.now), rows: facts.posts.now, scope.period, fetchedAt: readAt)
        data.explain(.engagement, String(facts.engagement.now), rows: count, scope.period, fetchedAt: readAt)
        return .data(facts)
    }
}
