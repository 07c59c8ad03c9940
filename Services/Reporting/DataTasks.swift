import Foundation
public import JobQueue
import Persistence

extension DataDesk {
    /// All tasks that bring data in; they run in the worker of the queue `reporting`.
    public var tasks: [any JobTask] {
        [
            ImportCoreData(desk: self), StartSearchConsoleDay(desk: self), SyncSearchConsole(desk: self),
            InspectURLs(desk: self), AcceptSearchConsoleConsent(desk: self), CollectReportMetrics(desk: self),
        ]
    }

    /// When they run by themselves. Google's final figures of a day come two days after it; the clock's hour does not matter to
    /// them, so the round shares it with the core's own. A night's figures are gathered before anybody is at work.
    public static let schedules: [Schedule] = [
        Schedule(name: StartSearchConsoleDay.name, cron: "0 5 * * *", zone: .fixed("UTC")) { _, dueAt in
            CoreDataJobs.startDay(at: dueAt)
        },
        Schedule(name: CollectReportMetrics.name, cron: "0 5 * * *", zone: .perAccountZone) { zone, dueAt in
            CoreDataJobs.collect(inZone: zone, dueAt: dueAt)
        },
    ]
}
