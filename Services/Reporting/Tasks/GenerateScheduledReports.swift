import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Mondays, 06:00 where the clients live: last week's report of every active Pro service.
struct GenerateWeeklyReports: JobTask {
    static let name = "generate_weekly_reports"

    let press: Press

    func run(_ payload: ReportsJobs.Run, _ context: JobContext) async throws {
        try await press.create([.weekly], payload, context)
    }
}

/// On the 1st, 06:00 where the clients live: last month's report of every active service; in January, April, July and October
/// last quarter's, too, where the client asked for it.
struct GenerateMonthlyReports: JobTask {
    static let name = "generate_monthly_reports"

    let press: Press

    func run(_ payload: ReportsJobs.Run, _ context: JobContext) async throws {
        let day = try CalendarDay(of: payload.dueAt, in: payload.timeZone)
        try await press.create(day.month % 3 == 1 ? [.monthly, .quarterly] : [.monthly], payload, context)
    }
}

extension Press {
    /// Creates what is owed and the jobs that make it, in one transaction and a few statements however many they are. Twice at
    /// once it gives each report once: the second run waits for the first one's rows and finds them.
    fileprivate func create(_ types: [ReportType], _ run: ReportsJobs.Run, _ context: JobContext) async throws {
        let day = try CalendarDay(of: run.dueAt, in: run.timeZone)
        try await transaction(context) { tx in
            var created: [ServiceReports.Reference] = []
            var events: [AuditEvent] = []
            for type in types {
                let period = ReportPeriod(type, endedBefore: day)
                let new = try await ServiceReports.createDue(period, inZone: run.zone, in: tx)
                created += new
                events += new.map {
                    AuditEvent(
                        .created,
                        account: $0.accountID,
                        subjectKind: ReportStatus.subject,
                        subjectID: $0.id,
                        to: ReportStatus.queued.rawValue,
                        reason: "\(type.rawValue), \(period.start) to \(period.end)",
                        jobID: context.id
                    )
                }
            }
            try await producer.enqueue(created.map { ReportsJobs.generate($0.id, account: $0.accountID) }, in: tx)
            try await AuditLog.record(events, in: tx)
            try await context.complete(result: ["reports": created.count], in: tx)
        }
    }
}

extension ReportsJobs.Run {
    fileprivate var timeZone: TimeZone {
        get throws {
            guard let zone = TimeZone(identifier: zone) else {
                throw JobError.permanent("there is no time zone \(zone)")
            }
            return zone
        }
    }
}
