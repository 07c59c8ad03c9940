import DomainModel
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Issues the invoice of a served part of a month, with the job that charges what the customer's credit left of it.
    func issueInvoice(
        for subscription: ManagedSubscription,
        _ client: Client,
        served: Proration,
        in tx: PostgresTransaction
    ) async throws {
        let invoice = try await ManagedInvoices.issue(
            for: subscription,
            of: client.account,
            domain: client.site.domain,
            served: served,
            at: client.now,
            in: tx
        )
        try note(
            .issued,
            on: .invoice(invoice.value),
            from: InvoiceStatus.draft.rawValue,
            to: invoice.status.rawValue,
            because: "\(served.from) to \(served.lastDay)"
        )
        guard invoice.status == .pending else { return }
        if invoice.collection == .automatic {
            try await producer.enqueue(.collect(invoice.id, of: client.account.id), in: tx)
        } else {
            try await askForPayment(of: invoice.value, client.account, today: client.today, in: tx)
        }
    }

    /// An invoice that we cannot charge: the client is asked to pay it, once.
    func askForPayment(
        of invoice: Invoice,
        _ account: Account,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        guard let number = invoice.number else { return }
        try await send(
            .invoiceDue(
                contact: contact(of: account, in: tx).name,
                invoice: number.description,
                total: invoice.due,
                due: today.adding(days: Self.paymentDays).description,
                house: house
            ),
            to: account.billingEmail,
            key: "invoice_due:\(number)",
            account: account.id,
            subscription: invoice.subscriptionID,
            in: tx
        )
    }

    /// As long as dunning takes.
    private static let paymentDays = 14
}
