import DomainModel
import JobQueue
import Logging
import Persistence

/// On the 1st: each active subscription of a zone gets its counter reset and the month's content tasks, hubs first for
/// Pro, and the core is asked to write them.
struct StartDeliveryMonth: JobTask {
    static let name = "start_delivery_month"

    let office: Office

    func run(_ payload: ZoneReference, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        let active = try await office.read(context) { tx in
            try await ManagedSubscriptions.all(in: [.active], zone: payload.zone, for: tenant, in: tx).map(\.id)
        }
        for id in active {
            do {
                try await plan(id, payload.zone, context)
            } catch let problem as UnplannableMonth {
                // One site without a plan does not hold the others up; the pace check flags it.
                context.logger.warning(
                    "No month planned",
                    metadata: ["subscription": "\(id)", "problem": "\(problem)"]
                )
            }
        }
        try await office.transaction(context) { tx in
            try await context.complete(result: ["subscriptions": active.count], in: tx)
        }
    }

    private func plan(_ id: ManagedSubscription.ID, _ zone: String, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            guard var subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx),
                subscription.status == .active
            else { return }
            let today = try await office.today(in: zone, tx)
            try await office.beginMonth(today.calendarMonth, of: &subscription, in: tx)
            try await office.planMonth(of: subscription.value, in: tx)
        }
    }
}
