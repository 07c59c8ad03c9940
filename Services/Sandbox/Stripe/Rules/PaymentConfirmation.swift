/// Confirming a payment intent by itself, or through the page where its holder is authenticated.
enum PaymentConfirmation {
    struct Options: Sendable {
        var method: String?
        var offSession = false
        var refusesAction = false
        var returnURL: String?
    }

    // Neither this nor `choose` is inlined: within an endpoint's coroutine, the release compiler of Swift 6.3.1 crashes on
    // them (splitting it around their errors).
    @inline(never)
    static func requireOpen(_ intent: PaymentIntent) throws(StripeError) {
        guard intent.status != .succeeded, intent.status != .canceled else {
            throw StripeError(
                status: 400,
                kind: .invalidRequest,
                message: "This PaymentIntent's status is \(intent.status.rawValue): it can no longer be changed.",
                code: "payment_intent_unexpected_state",
                paymentIntent: intent
            )
        }
    }

    @inline(never)
    static func choose(_ method: String?, for intent: inout PaymentIntent, in scope: StripeScope) async throws {
        guard let method else { return }
        let card = try await CardOnFile.resolve(method, param: "payment_method", in: scope)
        try CardOnFile.requireOwn(card, of: intent.customer, param: "payment_method")
        intent.paymentMethod = card.id
        intent.status = .requiresConfirmation
        intent.nextAction = nil
    }

    static func confirm(
        _ intent: PaymentIntent,
        _ options: Options,
        authenticated: Bool = false,
        in scope: StripeScope
    ) async throws -> StripeAnswer {
        guard let id = intent.paymentMethod else {
            throw StripeError.state(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
                code: "payment_intent_unexpected_state"
            )
        }
        let method = try await scope.store.find(PaymentMethod.self, id, param: "payment_method", locked: true)
        let billed = try await InvoiceCollection.invoice(paidBy: intent, in: scope)
        let result = try await PaymentAttempt.make(
            on: intent,
            with: method,
            offSession: options.offSession,
            authenticated: authenticated,
            refusesAction: options.refusesAction,
            returnURL: options.returnURL,
            in: scope
        )
        var invoice = billed?.invoice
        invoice?.markAttempted()
        switch result {
        case .succeeded(let intent, _):
            if let customer = intent.customer, intent.setupFutureUsage != nil {
                _ = try await CardOnFile.attach(method, to: customer, in: scope)
            }
            if var invoice, let payment = billed?.payment {
                try await InvoiceCollection.markPaid(&invoice, payment, amount: intent.amount, in: scope)
            }
            return try .ok(intent)
        case .requiresAction(let intent):
            if let invoice { try await InvoiceCollection.markFailed(invoice, action: true, in: scope) }
            return try .ok(intent)
        case .declined(let intent, let decline, let charge):
            if let invoice { try await InvoiceCollection.markFailed(invoice, action: false, in: scope) }
            let error = StripeError.card(decline, charge: charge, intent: intent, method: method)
            return try .refused(error, requestID: scope.requestID)
        }
    }
}

extension PaymentConfirmation.Options {
    init(_ parameters: inout StripeParameters) throws(StripeError) {
        method = try parameters.string("payment_method")
        offSession = try parameters.boolean("off_session") ?? false
        refusesAction = try parameters.boolean("error_on_requires_action") ?? false
        returnURL = try parameters.string("return_url")
        parameters.ignore("mandate", "mandate_data", "use_stripe_sdk")
    }
}
