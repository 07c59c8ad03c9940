import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func rankings(
        _ scope: ReportScope,
        _ trend: [Metric],
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<RankingFacts> {
        let rows = try await tx.query(
            """
            with sums as (
                select g.query,
                    coalesce(sum(g.clicks) filter (where g.day >= \(scope.period.start.postgres)), 0)::bigint as clicks,
                    coalesce(sum(g.impressions) filter (where g.day >= \(scope.period.start.postgres)), 0)::bigint as shown,
                    coalesce(sum(g.impressions) filter (where g.day < \(scope.period.start.postgres)), 0)::bigint as shown_before,
                    sum(g.position * g.impressions) filter (where g.day >= \(scope.period.start.postgres)) as weight,
                    sum(g.position * g.impressions) filter (where g.day < \(scope.period.start.postgres)) as weight_before,
                    count(*) filter (where g.day >= \(scope.period.start.postgres)) as rows
                from igny8_gsc_metrics_cache g
                where \(fragment: scope.owns("g")) and g.query is not null and g.page is null and g.impressions > 0
                    and g.day between \(scope.previous.start.postgres) and \(scope.period.end.postgres)
                group by g.query
            ), places as (
                select *, weight / nullif(shown, 0) as place, weight_before / nullif(shown_before, 0) as place_before
                from sums
            ), kinds as (
                select *, case when place_before is null then 'new' when place is null then 'lost'
                    when place < place_before then 'up' when place > place_before then 'down' else 'same' end as kind
                from places
            ), ranked as (
                select *, row_number() over (partition by kind order by
                        abs(coalesce(place_before, 0) - coalesce(place, 0))
                            * case when kind in ('up', 'down') then shown else 0 end desc,
                        greatest(shown, shown_before) desc, query) as number,
                    count(place) over () as queries, count(place_before) over () as queries_before,
                    count(*) filter (where place <= 10) over () as top10,
                    count(*) filter (where place_before <= 10) over () as top10_before,
                    count(*) filter (where place <= 20) over () as top20,
                    count(*) filter (where place_before <= 20) over () as top20_before,
                    count(*) filter (where place <= 50) over () as top50,
                    count(*) filter (where place_before <= 50) over () as top50_before,
                    count(*) filter (where kind = 'new') over () as new_count,
                    count(*) filter (where kind = 'lost') over () as lost_count,
                    sum(rows) over ()::bigint as all_rows
                from kinds
            )
            select query, clicks, case when kind = 'lost' then shown_before else shown end as impressions,
                igny8_round_half_even(place, 2)::numeric(10, 2) as position, igny8_round_half_even(place_before, 2)::numeric(10, 2) as position_before,
                kind, number, queries, queries_before, top10, top10_before, top20, top20_before, top50, top50_before,
                new_count, lost_count, all_rows
            from ranked where (kind <> 'same' and number <= 15) or (kind = 'same' and number = 1)
            order by kind, number
            """
        )
        guard let first = rows.first else { return scope.console == nil ? .notInUse : .empty }
        // What is not known of before is no zero: without any query then, nothing was read then.
        let hadBefore = try first.decode("queries_before", as: Int.self) > 0
        func compared(_ name: String) throws -> Comparison {
            Comparison(
                now: try first.decode(name),
                before: hadBefore ? try first.decode(name + "_before", as: Int.self) : nil
            )
        }
        var facts = RankingFacts(
            top10: try compared("top10"),
            top20: try compared("top20"),
            top50: try compared("top50"),
            queries: try compared("queries")
        )
        guard facts.queries.now > 0 || hadBefore else { return .empty }
        facts.newCount = hadBefore ? try first.decode("new_count") : 0
        facts.lostCount = try first.decode("lost_count")
        for row in rows {
            let query = RankingFacts.Query(
                query: try row.decode("query"),
                position: try row.ratio(ifAny: "position"),
                positionBefore: try row.ratio(ifAny: "position_before"),
                clicks: try row.decode("clicks"),
                impressions: try row.decode("impressions")
            )
            switch try row.decode("kind", as: String.self) {
            case "up": facts.up.append(query)
            case "down": facts.down.append(query)
            case "new": facts.new.append(query)
            case "lost": facts.lost.append(query)
            default: break
            }
        }
        facts.trend = trend.trend(scope.period).compactMap { metric in
            guard let top10 = metric.top10, let top20 = metric.top20, let top50 = metric.top50 else { return nil }
            return .init(day: metric.day, top10: top10, top20: top20, top50: top50)
        }
        let count: Int = try first.decode("all_rows")
        for (figure, value) in [
            (ReportFigure.top10, facts.top10), (.top20, facts.top20), (.top50, facts.top50),
        ] {
            data.explain(figure, String(value.now), rows: count, scope.period, fetchedAt: scope.console?.readAt)
        }
        return .data(facts)
    }
}
