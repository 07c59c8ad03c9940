import JobQueue
import Persistence
import Postgres

/// Gathers the last days' figures of all sites of a zone. A night that was missed is caught up by the next one; doing it twice
/// writes the same.
struct CollectReportMetrics: JobTask {
    static let name = "collect_report_metrics"

    let desk: DataDesk

    /// The first night of a site with a long history is its slowest.
    var timeout: Duration { .seconds(300) }

    func run(_ payload: CoreDataJobs.Zone, _ context: JobContext) async throws {
        try await desk.transaction(context) { tx in
            let days = try await ReportMetrics.collect(inZone: payload.zone, at: payload.dueAt, in: tx)
            try await context.complete(result: ["days": days], in: tx)
        }
    }
}
