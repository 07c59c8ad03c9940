import DomainModel
import JobQueue
import Persistence

/// The mail about an invoice that we cannot charge, issued by somebody else than the billing run: a purchase. What can be
/// charged, or is paid meanwhile, needs none; the mail itself is written once.
struct AskForPayment: JobTask {
    static let name = "ask_for_payment"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Invoice, _ context: JobContext) async throws {
        let id = Invoice.ID(payload.invoiceID)
        try await office.transaction(context) { tx in
            guard let invoice = try await Invoices.find(id, for: .job(context), in: tx) else {
                throw JobError.permanent("there is no invoice \(id)")
            }
            if invoice.status == .pending, invoice.collection == .manual, invoice.due.isPositive {
                let account = try await office.account(invoice.accountID, in: tx)
                let today = try await office.today(in: account.timeZoneName, tx)
                try await office.askForPayment(of: invoice.value, account, today: today, in: tx)
            }
            try await context.complete(in: tx)
        }
    }
}
