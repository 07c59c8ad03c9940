import Foundation
import JobQueue
import Persistence

extension ReportingService {
    /// All that this service does.
    static func tasks(_ press: Press) -> [any JobTask] {
        [
            GenerateWeeklyReports(press: press),
            GenerateMonthlyReports(press: press),
            GenerateReport(press: press),
            RenderPDF(press: press),
            SendPendingReports(press: press),
            CheckReportTemplate(press: press),
            FetchBrandLogo(press: press),
            RenderDocument(press: press),
        ]
    }

    /// When it does what by itself: on the wall clocks where the clients live.
    static let schedules: [Schedule] = [
        Schedule(name: GenerateWeeklyReports.name, cron: "0 6 * * 1", zone: .perAccountZone) { zone, dueAt in
            ReportsJobs.weekly(inZone: zone, dueAt: dueAt)
        },
        Schedule(name: GenerateMonthlyReports.name, cron: "0 6 1 * *", zone: .perAccountZone) { zone, dueAt in
            ReportsJobs.monthly(inZone: zone, dueAt: dueAt)
        },
        // Rendering sends by itself; daily for what waited until now, or whose own job was lost. At the full hour, when
        // deadlines of approvals end that began with a report.
        Schedule(name: SendPendingReports.name, cron: "5 * * * *", zone: .fixed("UTC")) { _, dueAt in
            ReportsJobs.sendPending(at: dueAt)
        },
    ]
}
