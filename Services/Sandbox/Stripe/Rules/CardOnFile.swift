import Postgres

/// Finding and saving payment methods.
enum CardOnFile {
    /// A stored payment method, or a fresh one of a test token such as `pm_card_visa`.
    static func resolve(_ reference: String, param: String, in scope: StripeScope) async throws -> PaymentMethod {
        guard let card = TestCard.named(reference) else {
            return try await scope.store.find(PaymentMethod.self, reference, param: param, locked: true)
        }
        let method = PaymentMethod(of: card, at: scope.now)
        try await scope.store.insert(method)
        return method
    }

    static func attach(
        _ method: PaymentMethod,
        to customer: String,
        in scope: StripeScope
    ) async throws -> PaymentMethod {
        if method.customer == customer { return method }
        guard method.customer == nil else {
            throw StripeError.state("The payment method you provided has already been attached to a customer.")
        }
        guard try await !wasDetached(method, in: scope) else {
            throw StripeError.state(
                "The provided PaymentMethod was detached from a Customer. It may not be used again.",
                code: "payment_method_unexpected_state"
            )
        }
        var method = method
        method.customer = customer
        try await scope.store.update(method)
        try await scope.emit("payment_method.attached", method)
        return method
    }

    static func detach(_ method: PaymentMethod, in scope: StripeScope) async throws -> PaymentMethod {
        guard let holder = method.customer else {
            throw StripeError.state(
                "The payment method you provided is not attached to a customer so detachment is impossible."
            )
        }
        var customer = try await scope.store.find(Customer.self, holder, locked: true)
        if customer.invoiceSettings.defaultPaymentMethod == method.id {
            customer.invoiceSettings.defaultPaymentMethod = nil
            try await scope.store.update(customer)
        }
        var method = method
        method.customer = nil
        try await scope.store.update(method)
        try await scope.emit("payment_method.detached", method)
        return method
    }

    /// The method must be the customer's own; one of nobody's is taken as it is.
    static func requireOwn(_ method: PaymentMethod, of customer: String?, param: String) throws(StripeError) {
        guard let holder = method.customer, holder != customer else { return }
        throw .state(
            "The payment method you provided belongs to another customer.",
            code: "resource_missing",
            param: param
        )
    }

    private static func wasDetached(_ method: PaymentMethod, in scope: StripeScope) async throws -> Bool {
        let rows = try await scope.tx.query(
            "select from sandbox.stripe_events where object = \(method.id) and type = 'payment_method.detached' limit 1"
        )
        return !rows.isEmpty
    }
}
