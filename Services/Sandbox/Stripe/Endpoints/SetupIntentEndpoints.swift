enum SetupIntentEndpoints {
    static let all = [
        StripeEndpoint(.post, "setup_intents", create),
        StripeEndpoint(.get, "setup_intents", list),
        StripeEndpoint(.get, "setup_intents/*", get),
        StripeEndpoint(.post, "setup_intents/*", update),
        StripeEndpoint(.post, "setup_intents/*/confirm", confirm),
        StripeEndpoint(.post, "setup_intents/*/cancel", cancel),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let id = StripeID.make(SetupIntent.idPrefix)
        var intent = SetupIntent(id: id, clientSecret: StripeID.make("\(id)_secret"), created: scope.now)
        intent.customer = try parameters.string("customer")
        intent.usage = try parameters.choice("usage", of: SetupIntent.Usage.self) ?? .offSession
        let confirms = try parameters.boolean("confirm") ?? false
        let returnURL = try parameters.string("return_url")
        parameters.ignore("mandate_data", "payment_method_options", "use_stripe_sdk")
        let method = try applied(&parameters, to: &intent)
        try parameters.finish()
        if let customer = intent.customer {
            _ = try await scope.store.find(Customer.self, customer, param: "customer")
        }
        try await choose(method, for: &intent, in: scope)
        try await scope.store.insert(intent)
        try await scope.emit("setup_intent.created", intent)
        guard confirms else { return try .ok(intent) }
        return try await SetupAttempt.confirm(intent, returnURL: returnURL, in: scope)
    }

    /// - Returns: the payment method named, if any.
    private static func applied(
        _ parameters: inout StripeParameters,
        to intent: inout SetupIntent
    ) throws(StripeError) -> String? {
        intent.description = try parameters.change("description").applied(to: intent.description)
        intent.metadata = try parameters.metadata(onto: intent.metadata)
        intent.paymentMethodTypes = try parameters.strings("payment_method_types") ?? intent.paymentMethodTypes
        parameters.ignore("automatic_payment_methods")
        return try parameters.string("payment_method")
    }

    // Not inlined: see PaymentConfirmation.
    @inline(never)
    private static func choose(_ method: String?, for intent: inout SetupIntent, in scope: StripeScope) async throws {
        guard let method else { return }
        let card = try await CardOnFile.resolve(method, param: "payment_method", in: scope)
        try CardOnFile.requireOwn(card, of: intent.customer, param: "payment_method")
        intent.paymentMethod = card.id
        intent.status = .requiresConfirmation
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(SetupIntent.self, path[0], locked: true)
        intent.customer = try parameters.string("customer") ?? intent.customer
        let method = try applied(&parameters, to: &intent)
        try parameters.finish()
        try SetupAttempt.requireOpen(intent)
        try await choose(method, for: &intent, in: scope)
        try await scope.store.update(intent)
        return try .ok(intent)
    }

    @Sendable
    private static func confirm(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(SetupIntent.self, path[0], locked: true)
        let method = try parameters.string("payment_method")
        let returnURL = try parameters.string("return_url")
        parameters.ignore("mandate_data", "payment_method_options", "use_stripe_sdk")
        try parameters.finish()
        try SetupAttempt.requireOpen(intent)
        try await choose(method, for: &intent, in: scope)
        return try await SetupAttempt.confirm(intent, returnURL: returnURL, in: scope)
    }

    @Sendable
    private static func cancel(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = try await scope.store.find(SetupIntent.self, path[0], locked: true)
        intent.cancellationReason = try parameters.string("cancellation_reason")
        try parameters.finish()
        try SetupAttempt.requireOpen(intent)
        intent.status = .canceled
        intent.nextAction = nil
        try await scope.store.update(intent)
        try await scope.emit("setup_intent.canceled", intent)
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
        return try .ok(try await scope.store.find(SetupIntent.self, path[0]))
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
        return try .ok(try await scope.store.page(SetupIntent.self, where: filter, window, url: "/v1/setup_intents"))
    }
}
