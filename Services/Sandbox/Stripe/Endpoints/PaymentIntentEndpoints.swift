enum PaymentIntentEndpoints {
    static let all = [
        StripeEndpoint(.post, "payment_intents", create),
        StripeEndpoint(.get, "payment_intents", list),
        StripeEndpoint(.get, "payment_intents/*", get),
        StripeEndpoint(.post, "payment_intents/*", update),
        StripeEndpoint(.post, "payment_intents/*/confirm", confirm),
        StripeEndpoint(.post, "payment_intents/*/cancel", cancel),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        guard let amount = try parameters.integer("amount") else { throw StripeError.missing("amount") }
        let currency = try parameters.required("currency").lowercased()
        try requireChargeable(amount, currency)
        let id = StripeID.make(PaymentIntent.idPrefix)
        var intent = PaymentIntent(
            id: id,
            amount: amount,
            clientSecret: StripeID.make("\(id)_secret"),
            created: scope.now,
            currency: currency
        )
        intent.customer = try parameters.string("customer")
        if let capture = try parameters.string("capture_method"), capture != "automatic", capture != "automatic_async" {
            throw StripeError.invalid("This account captures automatically.", param: "capture_method")
        }
        let confirms = try parameters.boolean("confirm") ?? false
        let options = try PaymentConfirmation.Options(&parameters)
        parameters.ignore("confirmation_method")
        try apply(&parameters, to: &intent)
        try parameters.finish()
        if let customer = intent.customer {
            _ = try await scope.store.find(Customer.self, customer, param: "customer")
        }
        try await PaymentConfirmation.choose(options.method, for: &intent, in: scope)
        try await scope.store.insert(intent)
        try await scope.emit("payment_intent.created", intent)
        guard confirms else { return try .ok(intent) }
        return try await PaymentConfirmation.confirm(intent, options, in: scope)
    }

    private static func requireChargeable(_ amount: Int64, _ currency: String) throws(StripeError) {
        guard currency.count == 3, currency.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            throw .invalid("Invalid currency: \(currency).", param: "currency")
        }
        guard amount >= CurrencyMinimum.of(currency) else {
            throw .invalid(
                "Amount must be at least \(CurrencyMinimum.of(currency)) in the minor unit of \(currency).",
                param: "amount",
                code: "amount_too_small"
            )
        }
        guard amount <= 99_999_999 else {
            throw .invalid("Amount must be no more than 99999999.", param: "amount", code: "amount_too_large")
        }
    }

    private static func apply(
        _ parameters: inout StripeParameters,
        to intent: inout PaymentIntent
    ) throws(StripeError) {
        intent.description = try parameters.change("description").applied(to: intent.description)
        intent.metadata = try parameters.metadata(onto: intent.metadata)
        intent.receiptEmail = try parameters.change("receipt_email").applied(to: intent.receiptEmail)
        intent.setupFutureUsage = try parameters.change("setup_future_usage").applied(to: intent.setupFutureUsage)
        intent.statementDescriptor = try parameters.change("statement_descriptor")
            .applied(to: intent.statementDescriptor)
        intent.statementDescriptorSuffix = try parameters.change("statement_descriptor_suffix")
            .applied(to: intent.statementDescriptorSuffix)
        intent.paymentMethodTypes = try parameters.strings("payment_method_types") ?? intent.paymentMethodTypes
        parameters.ignore("automatic_payment_methods", "payment_method_options")
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(PaymentIntent.self, path[0], locked: true)
        if let amount = try parameters.integer("amount") {
            try requireChargeable(amount, intent.currency)
            intent.amount = amount
        }
        intent.customer = try parameters.string("customer") ?? intent.customer
        let method = try parameters.string("payment_method")
        try apply(&parameters, to: &intent)
        try parameters.finish()
        try PaymentConfirmation.requireOpen(intent)
        try await PaymentConfirmation.choose(method, for: &intent, in: scope)
        try await scope.store.update(intent)
        return try .ok(intent)
    }

    @Sendable
    private static func confirm(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(PaymentIntent.self, path[0], locked: true)
        let options = try PaymentConfirmation.Options(&parameters)
        intent.receiptEmail = try parameters.string("receipt_email") ?? intent.receiptEmail
        intent.setupFutureUsage = try parameters.string("setup_future_usage") ?? intent.setupFutureUsage
        parameters.ignore("payment_method_options", "payment_method_types")
        try parameters.finish()
        try PaymentConfirmation.requireOpen(intent)
        try await PaymentConfirmation.choose(options.method, for: &intent, in: scope)
        return try await PaymentConfirmation.confirm(intent, options, in: scope)
    }

    @Sendable
    private static func cancel(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(PaymentIntent.self, path[0], locked: true)
        intent.cancellationReason = try parameters.string("cancellation_reason")
        try parameters.finish()
        try PaymentConfirmation.requireOpen(intent)
        guard try await InvoiceCollection.invoice(paidBy: intent, in: scope) == nil else {
            throw StripeError.state("This PaymentIntent belongs to an invoice: void the invoice instead.")
        }
        intent.status = .canceled
        intent.canceledAt = scope.now
        intent.nextAction = nil
        try await scope.store.update(intent)
        try await scope.emit("payment_intent.canceled", intent)
        return try .ok(intent)
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        parameters.ignore("client_secret")
        try parameters.finish()
        return try .ok(try await scope.store.find(PaymentIntent.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(
            links: StripeLinks(customer: try parameters.string("customer")),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(
            try await scope.store.page(PaymentIntent.self, where: filter, window, url: "/v1/payment_intents")
        )
    }
}
