import DomainModel
import JobQueue
import Persistence
import Postgres

/// Credits the days of an invoice that a service which ended at once is not served any more: only what was really
/// debited, at the rate of its line (spec 9.4, 9.10). One credit note an invoice for this reason, however often it runs.
struct CreditUnusedDays: JobTask {
    static let name = "credit_unused_days"

    let office: Office

    func run(_ payload: SubscriptionsJobs.UnusedDays, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            let invoices = try await Invoices.all(of: payload.subscriptionID, for: tenant, in: tx)
            var credited = 0
            for invoice in invoices where invoice.served.map({ $0.to > payload.from }) ?? false {
                let isCredited = try await office.creditUnused(of: invoice.id, from: payload.from, in: tx)
                if isCredited { credited += 1 }
            }
            try await context.complete(result: ["credit_notes": credited], in: tx)
        }
    }
}
