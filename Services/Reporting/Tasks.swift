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
        // Rendering sends by itself, and so does the end of the time that staff have to look; daily for what still waits.
        Schedule(name: SendPendingReports.name, cron: "15 6 * * *", zone: .fixed("UTC")) { _, dueAt in
            ReportsJobs.sendPending(at: dueAt)
        },
    ]
}
