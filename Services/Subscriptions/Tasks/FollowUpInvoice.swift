import DomainModel
import JobQueue
import Persistence

/// What follows when a purchase or a change of terms has issued an invoice, or staff have changed one: the client is asked
/// to pay it or thanked for it, its flag is cleared, a service that was paused for it goes on.
struct FollowUpInvoice: JobTask {
    static let name = "follow_up_invoice"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Invoice, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            let id = Invoice.ID(payload.invoiceID)
            guard let invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx) else {
                throw JobError.permanent("there is no invoice \(id)")
            }
            let account = try await office.account(invoice.accountID, in: tx)
            let now = try await BusinessClock.now(in: tx)
            if invoice.status == .pending, invoice.collection == .manual {
                let today = CalendarDay(of: now, in: account.timeZone)
                try await office.askForPayment(of: invoice.value, account, today: today, in: tx)
            }
            for payment in try await Payments.all(of: id, for: tenant, in: tx)
            where payment.status == .completed && payment.kind != .wallet {
                try await office.sendReceipt(for: invoice.value, payment.value, account, in: tx)
            }
            try await office.clearPaymentFlag(after: invoice.value, account, now: now, in: tx)
            try await context.complete(in: tx)
        }
    }
}
