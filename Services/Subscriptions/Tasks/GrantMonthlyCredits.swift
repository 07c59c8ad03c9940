import DomainModel
import JobQueue
import Persistence

/// On the 1st: every account of a zone gets its plan's credits of the month, once.
struct GrantMonthlyCredits: JobTask {
    static let name = "grant_monthly_credits"

    let office: Office

    func run(_ payload: ZoneReference, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            let month = try await office.today(in: payload.zone, tx).calendarMonth
            let accounts = try await CreditService.grantMonth(month, zone: payload.zone, in: tx)
            try await context.complete(result: ["accounts": accounts], in: tx)
        }
    }
}
