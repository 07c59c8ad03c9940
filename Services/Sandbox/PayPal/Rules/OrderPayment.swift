import DomainModel
import Postgres

/// Taking an order's money, and what becomes of it.
enum OrderPayment {
    /// Charges the wallet an order names.
    static func take(_ order: PayPalOrder, from wallet: TestWallet, in scope: PayPalScope) async throws -> PayPalOrder {
        var order = order
        guard let unit = order.purchaseUnits.first else { throw PayPalError.notFound }
        if let refusal = wallet.refusal { throw refusal }
        let isPending = wallet == .slow || wallet == .bounced
        var capture = PayPalCapture(
            id: PayPalID.make(),
            status: isPending ? "PENDING" : "COMPLETED",
            statusDetails: isPending ? .init(reason: "ECHECK") : nil,
            amount: unit.amount,
            customId: unit.customId,
            invoiceId: unit.invoiceId,
            supplementaryData: .init(relatedIds: .init(orderId: order.id)),
            createTime: scope.moment,
            updateTime: scope.moment
        )
        capture.links = [
            scope.link("v2/payments/captures/\(capture.id)"),
            scope.link("v2/payments/captures/\(capture.id)/refund", "refund", "POST"),
            scope.link("v2/checkout/orders/\(order.id)", "up"),
        ]
        if !isPending { capture.sellerReceivableBreakdown = try breakdown(of: capture.amount) }
        order.status = "COMPLETED"
        order.updateTime = scope.moment
        try await scope.insert(order)
        try await scope.insert(capture)
        try await scope.emit("PAYMENT.CAPTURE.\(capture.status)", capture, "capture")
        if isPending {
            try await scope.later(
                "paypal capture \(capture.id)",
                after: 86_400,
                .decideCapture,
                CaptureDecision(capture: capture.id, completed: wallet == .slow)
            )
        }
        if wallet == .disputes { try await dispute(capture, in: scope) }
        return order
    }

    /// The bank of a pending capture has decided.
    static func decide(_ decision: CaptureDecision, in scope: PayPalScope) async throws {
        guard var capture = try await scope.find(PayPalCapture.self, decision.capture, isLocked: true),
            capture.status == "PENDING"
        else { return }
        capture.status = decision.completed ? "COMPLETED" : "DECLINED"
        capture.statusDetails = nil
        capture.updateTime = scope.moment
        if decision.completed { capture.sellerReceivableBreakdown = try breakdown(of: capture.amount) }
        try await scope.update(capture)
        try await scope.emit("PAYMENT.CAPTURE.\(decision.completed ? "COMPLETED" : "DENIED")", capture, "capture")
    }

    static func dispute(_ capture: PayPalCapture, in scope: PayPalScope) async throws {
        let id = PayPalID.make("PP-D-", length: 5)
        let dispute = PayPalDispute(
            disputeId: id,
            createTime: scope.moment,
            updateTime: scope.moment,
            disputedTransactions: [
                .init(sellerTransactionId: capture.id, custom: capture.customId, invoiceNumber: capture.invoiceId)
            ],
            status: "WAITING_FOR_SELLER_RESPONSE",
            disputeAmount: capture.amount,
            links: [scope.link("v1/customer/disputes/\(id)")]
        )
        try await scope.insert(dispute)
        try await scope.emit("CUSTOMER.DISPUTE.CREATED", dispute, "dispute")
    }

    /// The gateway has decided a dispute.
    static func decide(_ decision: DisputeDecision, in scope: PayPalScope) async throws {
        guard var dispute = try await scope.find(PayPalDispute.self, decision.dispute, isLocked: true),
            dispute.status != "RESOLVED"
        else { return }
        dispute.status = "RESOLVED"
        dispute.disputeOutcome = .init(outcomeCode: decision.won ? "RESOLVED_SELLER_FAVOUR" : "RESOLVED_BUYER_FAVOUR")
        dispute.updateTime = scope.moment
        try await scope.update(dispute)
        try await scope.emit("CUSTOMER.DISPUTE.RESOLVED", dispute, "dispute")
    }

    /// An order with its captures and their refunds, as it is shown.
    static func shown(_ order: PayPalOrder, in scope: PayPalScope) async throws -> PayPalOrder {
        var order = order
        let captures = try await scope.all(PayPalCapture.self, of: [order.id])
        guard !captures.isEmpty, !order.purchaseUnits.isEmpty else { return order }
        let refunds = try await scope.all(PayPalRefund.self, of: captures.map(\.id))
        order.purchaseUnits[0].payments = .init(captures: captures, refunds: refunds)
        return order
    }

    private static func breakdown(of amount: PayPalAmount) throws -> PayPalCapture.Breakdown {
        let gross = try amount.money().minor
        let fee = PayPalAmount.fee(of: gross)
        return PayPalCapture.Breakdown(
            grossAmount: amount,
            paypalFee: try PayPalAmount(minor: fee, like: amount),
            netAmount: try PayPalAmount(minor: gross - fee, like: amount)
        )
    }
}

/// `decide_capture`: the bank of a pending capture pays or does not.
struct CaptureDecision: Codable, Hashable, Sendable {
    var capture: String
    var completed: Bool
}

/// `decide_dispute`: PayPal gives a dispute to us or to the buyer; Stripe alike.
struct DisputeDecision: Codable, Hashable, Sendable {
    var dispute: String
    var won: Bool
}
