enum InvoiceStateEndpoints {
    static let all = [
        StripeEndpoint(.post, "invoices/*/finalize", finalize),
        StripeEndpoint(.post, "invoices/*/pay", pay),
        StripeEndpoint(.post, "invoices/*/void", void),
        StripeEndpoint(.post, "invoices/*/mark_uncollectible", markUncollectible),
    ]

    @Sendable
    private static func finalize(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        if try parameters.boolean("auto_advance") ?? false {
            throw StripeError.invalid("This sandbox never advances an invoice by itself.", param: "auto_advance")
        }
        try parameters.finish()
        let invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        return try .ok(try await InvoiceCollection.finalize(invoice, in: scope).shown)
    }

    @Sendable
    private static func pay(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let given = try parameters.string("payment_method")
        let offSession = try parameters.boolean("off_session") ?? true
        let outOfBand = try parameters.boolean("paid_out_of_band") ?? false
        parameters.ignore("forgive", "mandate")
        try parameters.finish()
        var invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        try invoice.requirePayable()
        if outOfBand {
            try await InvoiceCollection.cancelPayment(of: invoice, in: scope)
            invoice.markPaid(amount: invoice.amountRemaining, at: scope.now)
            try await scope.store.update(invoice)
            try await scope.emit("invoice.paid", invoice.shown)
            return try .ok(invoice.shown)
        }
        let customer = try await scope.store.find(Customer.self, invoice.customer)
        guard let chosen = given ?? invoice.defaultPaymentMethod ?? customer.invoiceSettings.defaultPaymentMethod else {
            throw StripeError.state(
                "There is no `default_payment_method` set on this Customer or Invoice. Please attach a payment method."
            )
        }
        let method = try await CardOnFile.resolve(chosen, param: "payment_method", in: scope)
        try CardOnFile.requireOwn(method, of: invoice.customer, param: "payment_method")
        guard let (payment, intent) = try await InvoiceCollection.openPayment(of: invoice, in: scope) else {
            throw StripeError.state("This invoice has no open payment.")
        }
        let result = try await PaymentAttempt.make(on: intent, with: method, offSession: offSession, in: scope)
        invoice.markAttempted()
        switch result {
        case .succeeded(let intent, _):
            try await InvoiceCollection.markPaid(&invoice, payment, amount: intent.amount, in: scope)
            return try .ok(invoice.shown)
        case .requiresAction(let intent):
            try await InvoiceCollection.markFailed(invoice, action: true, in: scope)
            return try .refused(
                StripeError(
                    status: 402,
                    kind: .card,
                    message: "This invoice's payment intent requires action from its holder.",
                    code: "invoice_payment_intent_requires_action",
                    paymentIntent: intent
                ),
                requestID: scope.requestID
            )
        case .declined(let intent, let decline, let charge):
            let action = decline == .authenticationRequired
            try await InvoiceCollection.markFailed(invoice, action: action, in: scope)
            let error = StripeError.card(decline, charge: charge, intent: intent, method: method)
            return try .refused(error, requestID: scope.requestID)
        }
    }

    @Sendable
    private static func void(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        var invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        try invoice.void(at: scope.now)
        try await InvoiceCollection.cancelPayment(of: invoice, in: scope)
        try await scope.store.update(invoice)
        try await scope.emit("invoice.voided", invoice.shown)
        return try .ok(invoice.shown)
    }

    @Sendable
    private static func markUncollectible(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        var invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        try invoice.markUncollectible(at: scope.now)
        try await scope.store.update(invoice)
        try await scope.emit("invoice.marked_uncollectible", invoice.shown)
        return try .ok(invoice.shown)
    }
}
