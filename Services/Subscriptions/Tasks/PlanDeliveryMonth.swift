import DomainModel
import JobQueue
import Logging
import Persistence

/// A subscription's month owes more articles than were planned, because its terms have changed: the rest is planned.
struct PlanDeliveryMonth: JobTask {
    static let name = "plan_month"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Subscription, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        do {
            try await office.transaction(context) { tx in
                let found = try await ManagedSubscriptions.find(
                    payload.subscriptionID,
                    for: tenant,
                    lock: .forUpdate,
                    in: tx
                )
                if let found, found.status == .active { try await office.planMonth(of: found.value, in: tx) }
                try await context.complete(in: tx)
            }
        } catch let problem as UnplannableMonth {
            context.logger.warning("No month planned", metadata: ["problem": "\(problem)"])
            try await office.transaction(context) { tx in try await context.complete(in: tx) }
        }
    }
}
