/// A holder who takes the money back through the bank.
enum Disputes {
    static func open(against charge: Charge, in scope: StripeScope) async throws -> Charge {
        var charge = charge
        charge.disputed = true
        var dispute = Dispute(
            id: StripeID.make(Dispute.idPrefix),
            amount: charge.amount,
            charge: charge.id,
            created: scope.now,
            currency: charge.currency,
            paymentIntent: charge.paymentIntent
        )
        let movement = BalanceTransaction(dispute: dispute, at: scope.now)
        dispute.balanceTransactions = [movement]
        try await scope.store.insert(movement)
        try await scope.store.insert(dispute)
        try await scope.store.update(charge)
        try await scope.emit("charge.dispute.created", dispute)
        try await scope.emit("charge.dispute.funds_withdrawn", dispute)
        return charge
    }

    /// The bank has decided: the money comes back, or it is gone.
    static func decide(_ decision: DisputeDecision, in scope: StripeScope) async throws {
        var dispute = try await scope.store.find(Dispute.self, decision.dispute, locked: true)
        guard dispute.status == .needsResponse || dispute.status == .underReview else { return }
        dispute.status = decision.won ? .won : .lost
        if decision.won {
            var movement = BalanceTransaction(dispute: dispute, at: scope.now)
            movement.reverse()
            dispute.balanceTransactions.append(movement)
            try await scope.store.insert(movement)
            var charge = try await scope.store.find(Charge.self, dispute.charge, locked: true)
            charge.disputed = false
            try await scope.store.update(charge)
        }
        try await scope.store.update(dispute)
        if decision.won { try await scope.emit("charge.dispute.funds_reinstated", dispute) }
        try await scope.emit("charge.dispute.closed", dispute)
    }
}
