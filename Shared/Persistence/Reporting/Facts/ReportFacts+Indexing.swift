import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func indexing(
        _ scope: ReportScope,
        _ trend: [Metric],
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<IndexingFacts> {
        let totals = try await tx.query(
            """
            select count(*) as pages, count(*) filter (where u.status = 'indexed') as indexed,
                count(*) filter (where u.status = 'pending') as pending,
                count(*) filter (where u.status = 'error') as error,
                count(*) filter (where u.first_indexed_at >= \(fragment: scope.from)
                    and u.first_indexed_at < \(fragment: scope.to)) as newly,
                percentile_disc(0.5) within group (order by
                    greatest(\(fragment: scope.day("u.first_indexed_at")) - \(fragment: scope.day("c.published_at")), 0))
                    filter (where u.first_indexed_at >= \(fragment: scope.from)
                        and u.first_indexed_at < \(fragment: scope.to) and c.published_at is not null) as median,
                max(u.inspected_at) as read_at
            from igny8_url_inspection_records u
            left join igny8_content c on c.id = u.content_id and c.account_id = u.account_id
            where \(fragment: scope.owns("u"))
            """
        ).only()
        let pages: Int = try totals.decode("pages")
        guard pages > 0 else { return scope.console == nil ? .notInUse : .empty }
        let (end, before) = (trend.on(scope.period.end), trend.on(scope.previous.end))
        var facts = IndexingFacts(
            indexed: Comparison(now: try end?.indexed ?? totals.decode("indexed"), before: before?.indexed),
            pending: Comparison(now: try end?.pending ?? totals.decode("pending"), before: before?.pending),
            error: Comparison(now: try end?.error ?? totals.decode("error"), before: before?.error)
        )
        facts.newlyIndexed = try totals.decode("newly")
        facts.medianDays = try totals.decode("median", as: Int?.self)
        facts.trend = trend.trend(scope.period).compactMap { metric in
            guard let indexed = metric.indexed else { return nil }
            return .init(
                day: metric.day,
                indexed: indexed,
                pending: metric.pending ?? 0,
                error: metric.error ?? 0
            )
        }
        let errors = try await tx.query(
            """
            select u.url, u.coverage_state, \(fragment: scope.day("u.inspected_at")) as inspected_on,
                count(*) over (partition by u.coverage_state) as alike, count(*) over () as errors
            from igny8_url_inspection_records u
            where \(fragment: scope.owns("u")) and u.status = 'error'
            order by u.inspected_at desc nulls last, u.id limit 40
            """
        )
        for row in errors {
            facts.errors.append(
                .init(
                    url: try row.decode("url"),
                    coverage: try row.decode("coverage_state"),
                    inspectedOn: try row.day(ifAny: "inspected_on")
                )
            )
        }
        if let row = try errors.max(by: { try $0.decode("alike", as: Int.self) < $1.decode("alike", as: Int.self) }),
            let state = try row.decode("coverage_state", as: String?.self)
        {
            data.losses.anomalies += anomaly(
                .errorsOfOneKind,
                state,
                try row.decode("alike"),
                of: try row.decode("errors")
            )
        }
        data.explain(
            .indexedPages,
            String(facts.indexed.now),
            rows: pages,
            fetchedAt: try totals.decode("read_at", as: Date?.self)
        )
        return .data(facts)
    }

    /// More than half of at least three in one place is worth a word (spec 11.15).
    static func anomaly(
        _ kind: ReportAnomaly.Kind,
        _ name: String,
        _ part: Int,
        of whole: Int
    ) -> [ReportAnomaly] {
        whole >= 3 && part * 2 > whole ? [ReportAnomaly(kind: kind, name: name, part: part, whole: whole)] : []
    }
}
