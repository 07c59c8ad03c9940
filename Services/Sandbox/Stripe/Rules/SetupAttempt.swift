/// Saving a card for later: the bank is asked, no money moves.
enum SetupAttempt {
    // Not inlined: see PaymentConfirmation.
    @inline(never)
    static func requireOpen(_ intent: SetupIntent) throws(StripeError) {
        guard intent.status != .succeeded, intent.status != .canceled else {
            throw StripeError(
                status: 400,
                kind: .invalidRequest,
                message: "You cannot change this SetupIntent because it has a status of \(intent.status.rawValue).",
                code: "setup_intent_unexpected_state",
                setupIntent: intent
            )
        }
    }

    static func confirm(
        _ intent: SetupIntent,
        returnURL: String? = nil,
        authenticated: Bool = false,
        in scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = intent
        guard let id = intent.paymentMethod else {
            throw StripeError.state(
                "You cannot confirm this SetupIntent because it's missing a payment method.",
                code: "setup_intent_unexpected_state"
            )
        }
        let method = try await scope.store.find(PaymentMethod.self, id, param: "payment_method", locked: true)
        intent.latestAttempt = StripeID.make("setatt")
        intent.nextAction = nil
        switch verdict(method, authenticated: authenticated, at: scope.now) {
        case .approved:
            if let customer = intent.customer { _ = try await CardOnFile.attach(method, to: customer, in: scope) }
            intent.status = .succeeded
            intent.lastSetupError = nil
            try await scope.store.update(intent)
            try await scope.emit("setup_intent.succeeded", intent)
            return try .ok(intent)
        case .needsAuthentication:
            intent.status = .requiresAction
            intent.nextAction = NextAction(
                redirectToUrl: .init(returnUrl: returnURL, url: "\(scope.publicURL)/stripe/authenticate/\(intent.id)/")
            )
            try await scope.store.update(intent)
            try await scope.emit("setup_intent.requires_action", intent)
            return try .ok(intent)
        case .declined(let decline):
            return try await refuse(intent, method, decline, in: scope)
        }
    }

    private static func verdict(
        _ method: PaymentMethod,
        authenticated: Bool,
        at now: Int64
    ) -> CardNetwork.Verdict {
        if method.isExpired(at: now) { return .declined(.expired) }
        guard let card = method.testCard else { return .declined(.generic) }
        return CardNetwork.setUp(card, authenticated: authenticated)
    }

    static func refuse(
        _ intent: SetupIntent,
        _ method: PaymentMethod,
        _ decline: Decline,
        in scope: StripeScope
    ) async throws -> StripeAnswer {
        var intent = intent
        intent.status = .requiresPaymentMethod
        intent.paymentMethod = nil
        intent.nextAction = nil
        intent.lastSetupError = IntentError(decline, paymentMethod: method)
        try await scope.store.update(intent)
        try await scope.emit("setup_intent.setup_failed", intent)
        var error = StripeError.card(decline, charge: nil, intent: nil, method: method)
        error.setupIntent = intent
        return try .refused(error, requestID: scope.requestID)
    }
}
