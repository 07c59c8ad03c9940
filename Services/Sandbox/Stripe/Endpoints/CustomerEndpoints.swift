enum CustomerEndpoints {
    static let all = [
        StripeEndpoint(.post, "customers", create),
        StripeEndpoint(.get, "customers", list),
        StripeEndpoint(.get, "customers/*", get),
        StripeEndpoint(.post, "customers/*", update),
        StripeEndpoint(.delete, "customers/*", delete),
        StripeEndpoint(.get, "customers/*/payment_methods", paymentMethods),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var customer = Customer(
            id: StripeID.make(Customer.idPrefix),
            created: scope.now,
            invoicePrefix: String(StripeID.make("").dropFirst().prefix(8)).uppercased()
        )
        let method = try parameters.string("payment_method")
        let preferred = try apply(&parameters, to: &customer)
        try parameters.finish()
        try await scope.store.insert(customer)
        if let method {
            let card = try await CardOnFile.resolve(method, param: "payment_method", in: scope)
            _ = try await CardOnFile.attach(card, to: customer.id, in: scope)
        }
        try await setDefault(preferred, of: &customer, in: scope)
        try await scope.emit("customer.created", customer)
        return try .ok(customer)
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var customer = try await scope.store.find(Customer.self, path[0], locked: true)
        let preferred = try apply(&parameters, to: &customer)
        try parameters.finish()
        try await scope.store.update(customer)
        try await setDefault(preferred, of: &customer, in: scope)
        try await scope.emit("customer.updated", customer)
        return try .ok(customer)
    }

    /// - Returns: the change of the default payment method, which must be checked against the store.
    private static func apply(
        _ parameters: inout StripeParameters,
        to customer: inout Customer
    ) throws(StripeError) -> StripeChange<String> {
        if var address = try parameters.object("address") {
            customer.address = try PostalAddress(&address)
            try address.finish()
        }
        customer.balance = try parameters.integer("balance") ?? customer.balance
        customer.description = try parameters.change("description").applied(to: customer.description)
        customer.email = try parameters.change("email").applied(to: customer.email)
        customer.name = try parameters.change("name").applied(to: customer.name)
        customer.phone = try parameters.change("phone").applied(to: customer.phone)
        customer.taxExempt = try parameters.string("tax_exempt") ?? customer.taxExempt
        customer.preferredLocales = try parameters.strings("preferred_locales") ?? customer.preferredLocales
        customer.metadata = try parameters.metadata(onto: customer.metadata)
        guard var settings = try parameters.object("invoice_settings") else { return .keep }
        let preferred = try settings.change("default_payment_method")
        customer.invoiceSettings.footer = try settings.change("footer").applied(to: customer.invoiceSettings.footer)
        try settings.finish()
        return preferred
    }

    private static func setDefault(
        _ change: StripeChange<String>,
        of customer: inout Customer,
        in scope: StripeScope
    ) async throws {
        if case .keep = change { return }
        if case .set(let id) = change {
            let param = "invoice_settings[default_payment_method]"
            let method = try await scope.store.find(PaymentMethod.self, id, param: param)
            guard method.customer == customer.id else {
                throw StripeError.state(
                    "The customer does not have a payment method with the ID \(id). The payment method must be "
                        + "attached to the customer.",
                    code: "resource_missing",
                    param: param
                )
            }
        }
        customer.invoiceSettings.defaultPaymentMethod = change.applied(to: nil)
        try await scope.store.update(customer)
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(Customer.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(created: try parameters.createdFilter(), email: try parameters.string("email"))
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(try await scope.store.page(Customer.self, where: filter, window, url: "/v1/customers"))
    }

    @Sendable
    private static func delete(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        let customer = try await scope.store.find(Customer.self, path[0], locked: true)
        let filter = StripeFilter(links: StripeLinks(customer: customer.id))
        for method in try await scope.store.all(PaymentMethod.self, where: filter) {
            _ = try await CardOnFile.detach(method, in: scope)
        }
        try await scope.store.delete(customer)
        try await scope.emit("customer.deleted", customer)
        return try .ok(DeletedObject(id: customer.id, object: Customer.kind))
    }

    @Sendable
    private static func paymentMethods(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try await PaymentMethodEndpoints.list(
            of: path[0],
            &parameters,
            scope,
            "/v1/customers/\(path[0])/payment_methods"
        )
    }
}

extension PostalAddress {
    init(_ parameters: inout StripeParameters) throws(StripeError) {
        self.init(
            city: try parameters.string("city"),
            country: try parameters.string("country"),
            line1: try parameters.string("line1"),
            line2: try parameters.string("line2"),
            postalCode: try parameters.string("postal_code"),
            state: try parameters.string("state")
        )
    }
}
