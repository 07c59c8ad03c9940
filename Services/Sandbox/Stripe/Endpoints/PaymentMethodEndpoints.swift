enum PaymentMethodEndpoints {
    static let all = [
        StripeEndpoint(.post, "payment_methods", create),
        StripeEndpoint(.get, "payment_methods", list),
        StripeEndpoint(.get, "payment_methods/*", get),
        StripeEndpoint(.post, "payment_methods/*", update),
        StripeEndpoint(.post, "payment_methods/*/attach", attach),
        StripeEndpoint(.post, "payment_methods/*/detach", detach),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        guard try parameters.required("type") == "card" else {
            throw StripeError.invalid("This account takes cards only.", param: "type")
        }
        guard var card = try parameters.object("card") else { throw StripeError.missing("card") }
        var method = try self.method(of: &card, at: scope.now)
        try card.finish()
        method.billingDetails = try billingDetails(&parameters, onto: method.billingDetails)
        method.metadata = try parameters.metadata()
        try parameters.finish()
        try await scope.store.insert(method)
        return try .ok(method)
    }

    /// `card[token]=tok_visa`, or a test number with its expiry.
    private static func method(of card: inout StripeParameters, at now: Int64) throws(StripeError) -> PaymentMethod {
        if let token = try card.string("token") {
            guard token.hasPrefix("tok_"), let known = TestCard.named("pm_card_" + token.dropFirst(4)) else {
                throw .noSuch("token", token, param: "card[token]", status: 400)
            }
            return PaymentMethod(of: known, at: now)
        }
        let number = try card.required("number")
        card.ignore("cvc", "networks")
        guard let month = try card.integer("exp_month"), (1...12).contains(month) else {
            throw .missing(card.full("exp_month"))
        }
        guard let year = try card.integer("exp_year") else { throw .missing(card.full("exp_year")) }
        guard let known = TestCard.numbered(number) else {
            throw StripeError(
                status: 402,
                kind: .card,
                message: "Your card number is incorrect.",
                code: "incorrect_number",
                param: "number"
            )
        }
        return PaymentMethod(of: known, at: now, expiring: (month, year < 100 ? year + 2_000 : year))
    }

    private static func billingDetails(
        _ parameters: inout StripeParameters,
        onto old: PaymentMethod.BillingDetails
    ) throws(StripeError) -> PaymentMethod.BillingDetails {
        guard var given = try parameters.object("billing_details") else { return old }
        var details = old
        if var address = try given.object("address") {
            details.address = try PostalAddress(&address)
            try address.finish()
        }
        details.email = try given.change("email").applied(to: details.email)
        details.name = try given.change("name").applied(to: details.name)
        details.phone = try given.change("phone").applied(to: details.phone)
        try given.finish()
        return details
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(PaymentMethod.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try await list(of: try parameters.required("customer"), &parameters, scope, "/v1/payment_methods")
    }

    static func list(
        of customer: String,
        _ parameters: inout StripeParameters,
        _ scope: StripeScope,
        _ url: String
    ) async throws -> StripeAnswer {
        parameters.ignore("type")
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        let filter = StripeFilter(links: StripeLinks(customer: customer))
        return try .ok(try await scope.store.page(PaymentMethod.self, where: filter, window, url: url))
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var method = try await scope.store.find(PaymentMethod.self, path[0], locked: true)
        method.billingDetails = try billingDetails(&parameters, onto: method.billingDetails)
        method.metadata = try parameters.metadata(onto: method.metadata)
        if var card = try parameters.object("card") {
            method.card.expMonth = try card.integer("exp_month") ?? method.card.expMonth
            method.card.expYear = try card.integer("exp_year") ?? method.card.expYear
            try card.finish()
        }
        try parameters.finish()
        try await scope.store.update(method)
        try await scope.emit("payment_method.updated", method)
        return try .ok(method)
    }

    @Sendable
    private static func attach(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let id = try parameters.required("customer")
        try parameters.finish()
        let customer = try await scope.store.find(Customer.self, id, param: "customer")
        let method = try await CardOnFile.resolve(path[0], param: "id", in: scope)
        return try .ok(try await CardOnFile.attach(method, to: customer.id, in: scope))
    }

    @Sendable
    private static func detach(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        let method = try await scope.store.find(PaymentMethod.self, path[0], locked: true)
        return try .ok(try await CardOnFile.detach(method, in: scope))
    }
}
