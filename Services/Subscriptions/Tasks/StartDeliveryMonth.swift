import DomainModel
import JobQueue
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
            try await office.transaction(context) { tx in
                guard
                    var subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx),
                    subscription.status == .active
                else { return }
                let today = try await office.today(in: payload.zone, tx)
                try await office.beginMonth(today.calendarMonth, of: &subscription, in: tx)
                try await office.planMonth(of: subscription.value, in: tx)
            }
        }
        try await office.transaction(context) { tx in
            try await context.complete(result: ["subscriptions": active.count], in: tx)
        }
    }
}
