enum RefundEndpoints {
    static let all = [
        StripeEndpoint(.post, "refunds", create),
        StripeEndpoint(.get, "refunds", list),
        StripeEndpoint(.get, "refunds/*", get),
        StripeEndpoint(.post, "refunds/*", update),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let chargeID = try parameters.string("charge")
        let intentID = try parameters.string("payment_intent")
        let wanted = try parameters.integer("amount")
        let reason = try parameters.choice("reason", of: Refund.Reason.self)
        let metadata = try parameters.metadata()
        parameters.ignore("instructions_email")
        try parameters.finish()
        var charge = try await charge(chargeID, intentID, in: scope)
        let amount = try bounded(wanted, by: charge)
        var refund = Refund(
            id: StripeID.make(Refund.idPrefix),
            amount: amount,
            charge: charge.id,
            created: scope.now,
            currency: charge.currency,
            metadata: metadata,
            paymentIntent: charge.paymentIntent,
            reason: reason,
            status: .succeeded
        )
        if TestCard.fingerprinted(charge.paymentMethodDetails.card.fingerprint)?.conduct == .refusesRefunds {
            refund.status = .failed
            refund.failureReason = "expired_or_canceled_card"
            try await scope.store.insert(refund)
            try await scope.emit("refund.created", refund)
            try await scope.emit("refund.failed", refund)
            return try .ok(refund)
        }
        let movement = BalanceTransaction(refund: refund, at: scope.now)
        refund.balanceTransaction = movement.id
        charge.amountRefunded += amount
        charge.refunded = charge.amountRefunded == charge.amountCaptured
        try await scope.store.insert(movement)
        try await scope.store.insert(refund)
        try await scope.store.update(charge)
        try await scope.emit("refund.created", refund)
        try await scope.emit("charge.refunded", charge)
        return try .ok(refund)
    }

    /// The charge named, or the one that settled the intent, locked.
    private static func charge(_ id: String?, _ intent: String?, in scope: StripeScope) async throws -> Charge {
        switch (id, intent) {
        case (let id?, _): return try await scope.store.find(Charge.self, id, param: "charge", locked: true)
        case (nil, let id?):
            let intent = try await scope.store.find(PaymentIntent.self, id, param: "payment_intent")
            guard intent.status == .succeeded, let latest = intent.latestCharge else {
                throw StripeError.state("This PaymentIntent does not have a successful charge to refund.")
            }
            return try await scope.store.find(Charge.self, latest, param: "charge", locked: true)
        case (nil, nil):
            throw StripeError.invalid(
                "One of the following params should be provided for this request: payment_intent or charge.",
                param: nil
            )
        }
    }

    private static func bounded(_ wanted: Int64?, by charge: Charge) throws(StripeError) -> Int64 {
        guard charge.status == .succeeded else { throw .state("Charge \(charge.id) did not succeed.") }
        guard !charge.disputed else {
            throw .state("Charge \(charge.id) has been charged back.", code: "charge_disputed")
        }
        guard charge.refundable > 0 else {
            throw .state("Charge \(charge.id) has already been refunded.", code: "charge_already_refunded")
        }
        let amount = wanted ?? charge.refundable
        guard amount > 0 else { throw .invalid("Invalid positive integer", param: "amount") }
        guard amount <= charge.refundable else {
            throw .state(
                "Refund amount (\(amount)) is greater than unrefunded amount on charge (\(charge.refundable)).",
                param: "amount"
            )
        }
        return amount
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(Refund.self, path[0]))
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var refund = try await scope.store.find(Refund.self, path[0], locked: true)
        refund.metadata = try parameters.metadata(onto: refund.metadata)
        try parameters.finish()
        try await scope.store.update(refund)
        try await scope.emit("refund.updated", refund)
        return try .ok(refund)
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(
            links: StripeLinks(
                paymentIntent: try parameters.string("payment_intent"),
                charge: try parameters.string("charge")
            ),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(try await scope.store.page(Refund.self, where: filter, window, url: "/v1/refunds"))
    }
}
