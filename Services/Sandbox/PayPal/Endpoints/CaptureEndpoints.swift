import DomainModel
import Postgres

/// Payments v2: captures and their refunds.
enum CaptureEndpoints {
    static let all = [
        PayPalEndpoint("GET", "v2/payments/captures/*", get),
        PayPalEndpoint("POST", "v2/payments/captures/*/refund", memory: .orders, refund),
        PayPalEndpoint("GET", "v2/payments/refunds/*", getRefund),
    ]

    private struct NewRefund: Decodable {
        var amount: PayPalAmount?
        var invoiceId: String?
        var customId: String?
        var noteToPayer: String?
    }

    @Sendable
    private static func get(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let capture = try await scope.find(PayPalCapture.self, call.arguments[0]) else {
            throw PayPalError.notFound
        }
        return try .ok(capture)
    }

    @Sendable
    private static func getRefund(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let refund = try await scope.find(PayPalRefund.self, call.arguments[0]) else {
            throw PayPalError.notFound
        }
        return try .ok(refund)
    }

    @Sendable
    private static func refund(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        let wanted = call.body.isEmpty ? NewRefund() : try call.decode(NewRefund.self)
        guard var capture = try await scope.find(PayPalCapture.self, call.arguments[0], isLocked: true) else {
            throw PayPalError.notFound
        }
        guard capture.status == "COMPLETED" || capture.status == "PARTIALLY_REFUNDED" else {
            throw capture.status == "REFUNDED"
                ? PayPalError.unprocessable("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.")
                : PayPalError.unprocessable("CAPTURE_STATUS_NOT_VALID", "The capture is \(capture.status).")
        }
        let given = try await scope.all(PayPalRefund.self, of: [capture.id])
            .reduce(Int64(0)) { sum, refund in try sum + refund.amount.money().minor }
        let left = try capture.amount.money().minor - given
        let amount = try wanted.amount ?? PayPalAmount(minor: left, like: capture.amount)
        let minor = try amount.money().minor
        guard amount.currencyCode == capture.amount.currencyCode, minor > 0 else {
            throw PayPalError.unprocessable(
                "REFUND_CAPTURE_CURRENCY_MISMATCH",
                "Refund must be in the capture's currency."
            )
        }
        guard minor <= left else {
            throw PayPalError.unprocessable(
                "REFUND_AMOUNT_EXCEEDED",
                "The refund amount must be less than or equal to the capture amount that has not yet been refunded."
            )
        }
        let id = PayPalID.make()
        let refund = PayPalRefund(
            id: id,
            status: "COMPLETED",
            amount: amount,
            customId: wanted.customId,
            invoiceId: wanted.invoiceId,
            noteToPayer: wanted.noteToPayer,
            capture: capture.id,
            createTime: scope.moment,
            updateTime: scope.moment,
            links: [
                scope.link("v2/payments/refunds/\(id)"), scope.link("v2/payments/captures/\(capture.id)", "up"),
            ]
        )
        capture.status = minor == left ? "REFUNDED" : "PARTIALLY_REFUNDED"
        capture.updateTime = scope.moment
        try await scope.insert(refund)
        try await scope.update(capture)
        try await scope.emit("PAYMENT.CAPTURE.REFUNDED", refund, "refund")
        return try .created(refund)
    }
}
