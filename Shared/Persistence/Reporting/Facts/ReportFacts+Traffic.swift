import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    /// Nil where Search Console was never in use.
    static func traffic(
        _ scope: ReportScope,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<TrafficFacts>? {
        let year = scope.period.yearBefore
        let sums = try await tx.query(
            """
            select case when g.day >= \(scope.period.start.postgres) then 0
                    when g.day >= \(scope.previous.start.postgres) then 1 else 2 end as part,
                sum(g.clicks)::bigint as clicks, sum(g.impressions)::bigint as impressions, count(*) as days,
                igny8_round_half_even(sum(g.position * g.impressions) / nullif(sum(g.impressions), 0), 2)::numeric(10, 2) as position,
                max(g.fetched_at) as read_at
            from igny8_gsc_metrics_cache g
            where \(fragment: scope.owns("g")) and g.query is null and g.page is null and (
                g.day between \(scope.previous.start.postgres) and \(scope.period.end.postgres)
                or g.day between \(year.start.postgres) and \(year.end.postgres))
            group by part
            """
        )
        var parts: [Int: TrafficFacts.Sum] = [:]
        var readAt: Date?
        for row in sums {
            let part: Int = try row.decode("part")
            parts[part] = TrafficFacts.Sum(
                clicks: try row.decode("clicks"),
                impressions: try row.decode("impressions"),
                position: try row.ratio(ifAny: "position"),
                days: try row.decode("days")
            )
            if part == 0 { readAt = try row.decode("read_at") }
        }
        if scope.console != nil { data.losses.missingDays = scope.period.numberOfDays - (parts[0]?.days ?? 0) }
        guard let now = parts[0] else { return scope.console == nil && parts.isEmpty ? .notInUse : .empty }
        var facts = TrafficFacts(now: now, before: parts[1], yearBefore: parts[2])
        for row in try await tx.query(
            """
            select g.day, g.clicks, g.impressions from igny8_gsc_metrics_cache g
            where \(fragment: scope.owns("g")) and g.query is null and g.page is null
                and g.day between \(scope.previous.start.postgres) and \(scope.period.end.postgres)
            order by g.day
            """
        ) {
            let day = TrafficFacts.Day(
                day: try row.day("day"),
                clicks: try row.decode("clicks"),
                impressions: try row.decode("impressions")
            )
            if scope.period.contains(day.day) { facts.days.append(day) } else { facts.daysBefore.append(day) }
        }
        try await pages(scope, &facts, &data, in: tx)
        data.explain(.clicks, String(now.clicks), rows: now.days, scope.period, fetchedAt: readAt)
        data.explain(.impressions, String(now.impressions), rows: now.days, scope.period, fetchedAt: readAt)
        if let position = now.position {
            data.explain(.position, position.description, rows: now.days, scope.period, fetchedAt: readAt)
        }
        return .data(facts)
    }

    private static func pages(
        _ scope: ReportScope,
        _ facts: inout TrafficFacts,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws {
        let rows = try await tx.query(
            """
            with sums as (
                select g.page,
                    coalesce(sum(g.clicks) filter (where g.day >= \(scope.period.start.postgres)), 0)::bigint as clicks,
                    coalesce(sum(g.clicks) filter (where g.day < \(scope.period.start.postgres)), 0)::bigint as before,
                    coalesce(sum(g.impressions) filter (where g.day >= \(scope.period.start.postgres)), 0)::bigint as shown,
                    sum(g.position * g.impressions) filter (where g.day >= \(scope.period.start.postgres)) as weight
                from igny8_gsc_metrics_cache g
                where \(fragment: scope.owns("g")) and g.page is not null and g.query is null
                    and g.day between \(scope.previous.start.postgres) and \(scope.period.end.postgres)
                group by g.page
            ), ranked as (
                select *, row_number() over (order by clicks desc, shown desc, page) as number,
                    row_number() over (order by clicks - before, page) as loser,
                    coalesce(sum(before - clicks) filter (where before > clicks) over (), 0)::bigint as lost
                from sums
            )
            select page, clicks, before, shown, igny8_round_half_even(weight / nullif(shown, 0), 2)::numeric(10, 2) as position,
                number, loser, lost
            from ranked where number <= 15 or loser = 1 order by number
            """
        )
        for row in rows {
            let page = TrafficFacts.Page(
                page: try row.decode("page"),
                clicks: Comparison(
                    now: try row.decode("clicks"),
                    before: facts.before == nil ? nil : try row.decode("before", as: Int.self)
                ),
                impressions: try row.decode("shown"),
                position: try row.ratio(ifAny: "position")
            )
            if try row.decode("number", as: Int.self) <= 15, page.impressions > 0 { facts.pages.append(page) }
            if try row.decode("loser", as: Int.self) == 1, let change = page.clicks.change, change < 0,
                let before = facts.before, facts.now.clicks < before.clicks
            {
                data.losses.anomalies += anomaly(
                    .clicksOfPage,
                    page.page,
                    -change,
                    of: try row.decode("lost")
                )
            }
        }
    }
}
