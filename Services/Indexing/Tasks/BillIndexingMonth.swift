import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// On the 1st, where the clients live: one invoice an account over what was submitted until then and is paid for by nothing
/// else (spec 4: indexing outside Pro monthly, by URL). A month that was missed is caught up: what counts is that a request
/// has no invoice yet, and it gets it in the same transaction.
struct BillIndexingMonth: JobTask {
    static let name = "bill_indexing_month"

    let desk: Desk

    var timeout: Duration { .seconds(600) }

    func run(_ payload: IndexingJobs.Zone, _ context: JobContext) async throws {
        let accounts = try await desk.read(context) { tx in
            try await IndexingBills.owing(inZone: payload.zone, in: tx)
        }
        var issued = 0
        for account in accounts {
            let isNew = try await desk.transaction(context) { tx in
                guard let invoice = try await IndexingBills.issue(to: account, in: tx) else { return false }
                var event = AuditEvent(
                    .issued,
                    account: account,
                    subjectKind: InvoiceStatus.subject,
                    subjectID: invoice.id.rawValue,
                    to: invoice.status.rawValue,
                    reason: "indexing, by URL"
                )
                event.jobID = context.id
                if invoice.status == .pending {
                    let job =
                        invoice.collection == .automatic
                        ? SubscriptionsJobs.collectPayment(invoice.id.rawValue, account: account)
                        : SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: account)
                    _ = try await desk.producer.enqueue([job], in: tx)
                }
                try await AuditLog.record(event, in: tx)
                return true
            }
            if isNew { issued += 1 }
        }
        try await desk.transaction(context) { [issued] tx in
            try await context.complete(result: ["invoices": issued], in: tx)
        }
    }
}
