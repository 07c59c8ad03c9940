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
}
