/// How an invoice and the payment intent made for it move together.
enum InvoiceCollection {
    /// Freezes the invoice and makes the intent that will pay it.
    static func finalize(_ draft: Invoice, in scope: StripeScope) async throws -> Invoice {
        var invoice = draft
        var customer = try await scope.store.find(Customer.self, invoice.customer, param: "customer", locked: true)
        let sequence = String(customer.nextInvoiceSequence)
        let number = customer.invoicePrefix + "-" + String(repeating: "0", count: max(0, 4 - sequence.count)) + sequence
        customer.balance = try invoice.finalize(number: number, balance: customer.balance, at: scope.now)
        customer.nextInvoiceSequence += 1
        customer.currency = customer.currency ?? invoice.currency
        invoice.hostedInvoiceUrl = "\(scope.publicURL)/stripe/invoices/\(invoice.id)/"
        invoice.invoicePdf = "\(scope.publicURL)/stripe/invoices/\(invoice.id)/pdf"
        try await scope.store.update(customer)
        if invoice.status == .open { try await requestPayment(of: invoice, in: scope) }
        try await scope.store.update(invoice)
        try await scope.emit("invoice.finalized", invoice.shown)
        if invoice.status == .paid { try await announcePaid(invoice, in: scope) }
        return invoice
    }

    private static func requestPayment(of invoice: Invoice, in scope: StripeScope) async throws {
        let id = StripeID.make(PaymentIntent.idPrefix)
        let intent = PaymentIntent(
            id: id,
            amount: invoice.amountDue,
            clientSecret: StripeID.make("\(id)_secret"),
            created: scope.now,
            currency: invoice.currency,
            customer: invoice.customer,
            description: invoice.description ?? "Payment for Invoice",
            setupFutureUsage: nil
        )
        let payment = InvoicePayment(
            id: StripeID.make(InvoicePayment.idPrefix),
            amountRequested: invoice.amountDue,
            created: scope.now,
            currency: invoice.currency,
            invoice: invoice.id,
            payment: .init(paymentIntent: intent.id)
        )
        try await scope.store.insert(intent)
        try await scope.store.insert(payment)
        try await scope.emit("payment_intent.created", intent)
    }

    /// The open payment of an invoice, with its intent locked.
    static func openPayment(
        of invoice: Invoice,
        in scope: StripeScope
    ) async throws -> (payment: InvoicePayment, intent: PaymentIntent)? {
        let filter = StripeFilter(links: StripeLinks(invoice: invoice.id, status: InvoicePayment.Status.open.rawValue))
        guard let payment = try await scope.store.all(InvoicePayment.self, where: filter).last,
            let id = payment.payment.paymentIntent
        else { return nil }
        return (payment, try await scope.store.find(PaymentIntent.self, id, locked: true))
    }

    /// The invoice that an intent was made for, locked.
    static func invoice(
        paidBy intent: PaymentIntent,
        in scope: StripeScope
    ) async throws -> (invoice: Invoice, payment: InvoicePayment)? {
        let filter = StripeFilter(links: StripeLinks(paymentIntent: intent.id))
        guard let payment = try await scope.store.all(InvoicePayment.self, where: filter).last else { return nil }
        return (try await scope.store.find(Invoice.self, payment.invoice, locked: true), payment)
    }

    static func markPaid(
        _ invoice: inout Invoice,
        _ payment: InvoicePayment,
        amount: Int64,
        in scope: StripeScope
    ) async throws {
        var payment = payment
        payment.status = .paid
        payment.amountPaid = amount
        payment.statusTransitions.paidAt = scope.now
        invoice.markPaid(amount: amount, at: scope.now)
        try await scope.store.update(payment)
        try await scope.store.update(invoice)
        try await scope.emit("invoice_payment.paid", payment)
        try await announcePaid(invoice, in: scope)
    }

    private static func announcePaid(_ invoice: Invoice, in scope: StripeScope) async throws {
        try await scope.emit("invoice.updated", invoice.shown)
        try await scope.emit("invoice.paid", invoice.shown)
        try await scope.emit("invoice.payment_succeeded", invoice.shown)
    }

    static func markFailed(_ invoice: Invoice, action: Bool, in scope: StripeScope) async throws {
        try await scope.store.update(invoice)
        try await scope.emit("invoice.updated", invoice.shown)
        try await scope.emit("invoice.payment_failed", invoice.shown)
        if action { try await scope.emit("invoice.payment_action_required", invoice.shown) }
    }

    /// Void and paid out of band: the intent is no longer to be charged.
    static func cancelPayment(of invoice: Invoice, in scope: StripeScope) async throws {
        guard var (payment, intent) = try await openPayment(of: invoice, in: scope) else { return }
        payment.status = .canceled
        payment.statusTransitions.canceledAt = scope.now
        intent.status = .canceled
        intent.canceledAt = scope.now
        intent.cancellationReason = "void_invoice"
        try await scope.store.update(payment)
        try await scope.store.update(intent)
        try await scope.emit("payment_intent.canceled", intent)
    }
}
