import DomainModel
import Postgres

extension ReportFacts {
    /// A site's day as the nightly run has it.
    struct Metric {
        let day: CalendarDay
        let top10: Int?
        let top20: Int?
        let top50: Int?
        let indexed: Int?
        let pending: Int?
        let error: Int?
        let completion: Int?
        let authority: Int?
    }

    /// How far back trends go: half a year, or a year in a quarterly report.
    static func trendDays(_ period: ReportPeriod) -> [CalendarDay] {
        (0..<(period.type == .quarterly ? 53 : 27)).reversed().map { period.end.adding(days: -7 * $0) }
    }

    /// The days of the trend, and the last one of the period before.
    static func metrics(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [Metric] {
        let days = trendDays(scope.period) + [scope.previous.end]
        return try await tx.query(
            """
            select day, queries_top10, queries_top20, queries_top50, pages_indexed, pages_pending, pages_error,
                sag_completion, sag_authority
            from igny8_report_metrics m
            where \(fragment: scope.owns("m")) and day = any(\(days.map(\.postgres))) order by day
            """
        ).map { row in
            Metric(
                day: try row.day("day"),
                top10: try row.decode("queries_top10"),
                top20: try row.decode("queries_top20"),
                top50: try row.decode("queries_top50"),
                indexed: try row.decode("pages_indexed"),
                pending: try row.decode("pages_pending"),
                error: try row.decode("pages_error"),
                completion: try row.decode("sag_completion"),
                authority: try row.decode("sag_authority")
            )
        }
    }
}

extension [ReportFacts.Metric] {
    /// Of a day; nil where the night did not run.
    func on(_ day: CalendarDay) -> ReportFacts.Metric? { first { $0.day == day } }

    /// Those of the trend, without the additional day.
    func trend(_ period: ReportPeriod) -> [ReportFacts.Metric] {
        filter { $0.day.days(until: period.end).isMultiple(of: 7) }
    }
}
