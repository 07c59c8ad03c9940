import DomainModel
import JobQueue
import Persistence

/// On the 1st: every active subscription of a zone begins its month with its counter at zero.
struct ResetMonthlyCounters: JobTask {
    static let name = "reset_monthly_counters"

    let office: Office

    func run(_ payload: ZoneReference, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        let active = try await office.read(context) { tx in
            try await ManagedSubscriptions.all(in: [.active], zone: payload.zone, for: tenant, in: tx).map(\.id)
        }
        try await office.transaction(context) { tx in
            let today = try await office.today(in: payload.zone, tx)
            for id in active {
                guard
                    var subscription = try await ManagedSubscriptions.find(
                        id,
                        for: tenant,
                        lock: .forUpdate,
                        in: tx
                    )
                else { continue }
                try await office.beginMonth(today.calendarMonth, of: &subscription, in: tx)
            }
            try await context.complete(result: ["subscriptions": active.count], in: tx)
        }
    }
}
