import DomainModel
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Issues the invoice of a served part of a month: numbered, booked, and with the job that charges it.
    func issueInvoice(
        for subscription: ManagedSubscription,
        _ client: Client,
        served: Proration,
        in tx: PostgresTransaction
    ) async throws {
        let billing = try await Accounts.billing(of: client.account.id, in: tx)
        let method = try await PaymentMethods.standard(of: client.account.id, in: tx)
        let rate = try await TaxRates.rate(in: billing?.country, on: client.today, in: tx)
        let draft = try Invoice(
            accountID: client.account.id,
            subscriptionID: subscription.id,
            currency: subscription.monthlyPrice.currency,
            served: served,
            lines: [
                InvoiceLine.managedMonth(of: subscription, domain: client.site.domain, served: served, taxRate: rate)
            ],
            seller: .agency,
            buyer: buyer(client.account, billing),
            collection: method.map { $0.kind.isCharged } ?? true ? .automatic : .manual
        )
        var invoice = try await Invoices.create(draft, in: tx)
        try await Invoices.issue(&invoice, at: client.now, on: client.today, in: tx)
        if !invoice.total.isZero {
            try await Ledger.post(.issued(invoice.value, on: client.today), in: tx)
        }
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

    private func buyer(_ account: Account, _ billing: BillingDetails?) -> Party {
        Party(
            name: billing?.legalName ?? account.name,
            address: billing?.addressLines ?? [],
            email: account.billingEmail.rawValue,
            taxID: billing?.taxID
        )
    }
}
