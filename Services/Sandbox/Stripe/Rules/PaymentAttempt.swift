/// One attempt to charge a payment intent: asks the bank, and writes what came of it.
enum PaymentAttempt {
    enum Result: Sendable {
        case succeeded(PaymentIntent, Charge)
        /// The intent waits for its holder.
        case requiresAction(PaymentIntent)
        case declined(PaymentIntent, Decline, Charge)
    }

    static func make(
        on intent: PaymentIntent,
        with method: PaymentMethod,
        offSession: Bool,
        authenticated: Bool = false,
        refusesAction: Bool = false,
        returnURL: String? = nil,
        in scope: StripeScope
    ) async throws -> Result {
        var intent = intent
        intent.paymentMethod = method.id
        intent.nextAction = nil
        var presence = CardNetwork.Presence(offSession: offSession, authenticated: authenticated)
        presence.savedForLater = try await isSavedForLater(method, in: scope)
        switch verdict(method, presence, at: scope.now) {
        case .approved:
            return try await settle(intent, with: method, in: scope)
        case .declined(let decline):
            return try await refuse(intent, with: method, decline, in: scope)
        case .needsAuthentication where refusesAction:
            return try await refuse(intent, with: method, .authenticationRequired, in: scope)
        case .needsAuthentication:
            intent.status = .requiresAction
            intent.nextAction = NextAction(
                redirectToUrl: .init(returnUrl: returnURL, url: "\(scope.publicURL)/stripe/authenticate/\(intent.id)/")
            )
            try await scope.store.update(intent)
            try await scope.emit("payment_intent.requires_action", intent)
            return .requiresAction(intent)
        }
    }

    private static func verdict(
        _ method: PaymentMethod,
        _ presence: CardNetwork.Presence,
        at now: Int64
    ) -> CardNetwork.Verdict {
        if method.isExpired(at: now) { return .declined(.expired) }
        guard let card = method.testCard else { return .declined(.generic) }
        return CardNetwork.charge(card, presence)
    }

    private static func isSavedForLater(_ method: PaymentMethod, in scope: StripeScope) async throws -> Bool {
        guard method.testCard?.conduct == .authenticatesAtSetup, let customer = method.customer else { return false }
        let filter = StripeFilter(links: StripeLinks(customer: customer, status: SetupIntent.Status.succeeded.rawValue))
        return try await scope.store.all(SetupIntent.self, where: filter).contains { $0.paymentMethod == method.id }
    }

    private static func settle(
        _ intent: PaymentIntent,
        with method: PaymentMethod,
        in scope: StripeScope
    ) async throws -> Result {
        var intent = intent
        var charge = Charge(attempting: intent, with: method, declined: nil, at: scope.now)
        let movement = BalanceTransaction(charge: charge, at: scope.now)
        charge.balanceTransaction = movement.id
        charge.receiptUrl = "\(scope.publicURL)/stripe/receipts/\(charge.id)/"
        intent.status = .succeeded
        intent.amountReceived = intent.amount
        intent.latestCharge = charge.id
        intent.lastPaymentError = nil
        try await scope.store.insert(movement)
        try await scope.store.insert(charge)
        try await scope.store.update(intent)
        try await scope.emit("charge.succeeded", charge)
        try await scope.emit("payment_intent.succeeded", intent)
        if method.testCard?.conduct == .disputes { charge = try await Disputes.open(against: charge, in: scope) }
        return .succeeded(intent, charge)
    }

    static func refuse(
        _ intent: PaymentIntent,
        with method: PaymentMethod,
        _ decline: Decline,
        in scope: StripeScope
    ) async throws -> Result {
        var intent = intent
        let charge = Charge(attempting: intent, with: method, declined: decline, at: scope.now)
        intent.status = .requiresPaymentMethod
        intent.paymentMethod = nil
        intent.latestCharge = charge.id
        intent.lastPaymentError = IntentError(decline, charge: charge.id, paymentMethod: method)
        try await scope.store.insert(charge)
        try await scope.store.update(intent)
        try await scope.emit("charge.failed", charge)
        try await scope.emit("payment_intent.payment_failed", intent)
        return .declined(intent, decline, charge)
    }
}

extension StripeError {
    /// 402: the bank said no, and what was written stays written.
    static func card(_ decline: Decline, charge: Charge?, intent: PaymentIntent?, method: PaymentMethod?) -> StripeError
    {
        StripeError(
            status: 402,
            kind: .card,
            message: decline.message,
            code: decline.code,
            param: decline.code == "incorrect_cvc" ? "cvc" : nil,
            decline: decline,
            charge: charge?.id,
            paymentIntent: intent,
            paymentMethod: method
        )
    }
}
