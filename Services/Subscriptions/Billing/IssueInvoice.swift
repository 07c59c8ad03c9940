import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Issues invoices of served parts of months, with the jobs that charge what the customers' credit left of them, or the
    /// mails that ask for it.
    /// - Parameter jobs: what else follows; written with the others.
    func issueInvoices(
        _ orders: [ManagedInvoices.Order],
        at now: Date,
        following jobs: [NewJob],
        in tx: PostgresTransaction
    ) async throws {
        let invoices = try await ManagedInvoices.issue(orders, at: now, in: tx)
        var jobs = jobs
        var asked: [(invoice: Invoice, account: Account)] = []
        for (invoice, order) in zip(invoices, orders) {
            try note(
                .issued,
                on: .invoice(invoice.value),
                from: InvoiceStatus.draft.rawValue,
                to: invoice.status.rawValue,
                because: "\(order.served.from) to \(order.served.lastDay)"
            )
            guard invoice.status == .pending else { continue }
            if invoice.collection == .automatic {
                jobs.append(.collect(invoice.id, of: order.account.id))
            } else {
                asked.append((invoice.value, order.account))
            }
        }
        try await producer.enqueue(jobs, in: tx)
        if asked.isEmpty { return }
        let contacts = try await contacts(of: asked.map(\.account), in: tx)
        let posts = asked.compactMap { invoice, account in
            let today = CalendarDay(of: now, in: account.timeZone)
            return request(for: invoice, account, contacts[account.id]?.name ?? account.name, today: today)
        }
        try await send(posts, in: tx)
    }

    /// An invoice that we cannot charge: the client is asked to pay it, once.
    func askForPayment(
        of invoice: Invoice,
        _ account: Account,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        let name = try await contact(of: account, in: tx).name
        guard let post = request(for: invoice, account, name, today: today) else { return }
        try await send([post], in: tx)
    }

    private func request(for invoice: Invoice, _ account: Account, _ contact: String, today: CalendarDay) -> Post? {
        guard let number = invoice.number else { return nil }
        return Post(
            letter: .invoiceDue(
                contact: contact,
                invoice: number.description,
                total: invoice.due,
                due: today.adding(days: Self.paymentDays).description,
                house: house
            ),
            recipient: account.billingEmail,
            key: "invoice_due:\(number)",
            account: account.id,
            subscription: invoice.subscriptionID
        )
    }

    /// As long as dunning takes.
    static let paymentDays = 14
}
