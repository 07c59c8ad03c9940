import DomainModel
import Postgres

/// Orders v2: one with a vaulted payer is made and captured in one call.
enum OrderEndpoints {
    static let all = [
        PayPalEndpoint("POST", "v2/checkout/orders", memory: .orders, create),
        PayPalEndpoint("GET", "v2/checkout/orders/*", get),
        PayPalEndpoint("POST", "v2/checkout/orders/*/capture", memory: .orders, capture),
    ]

    private struct NewOrder: Decodable {
        struct Source: Decodable { var paypal: Wallet? }
        struct Wallet: Decodable { var vaultId: String? }
        var intent: String
        var purchaseUnits: [PayPalOrder.Unit]
        var paymentSource: Source?
    }

    @Sendable
    private static func create(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        let wanted = try call.decode(NewOrder.self)
        guard wanted.intent == "CAPTURE", wanted.purchaseUnits.count == 1 else {
            throw PayPalError.invalid("INVALID_PARAMETER_VALUE", "Expected the intent CAPTURE and one purchase unit.")
        }
        let unit = wanted.purchaseUnits[0]
        guard try unit.amount.money().isPositive else {
            throw PayPalError.unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.")
        }
        let id = PayPalID.make()
        var order = PayPalOrder(
            id: id,
            intent: wanted.intent,
            status: "PAYER_ACTION_REQUIRED",
            createTime: scope.moment,
            updateTime: scope.moment,
            purchaseUnits: [unit],
            links: [scope.link("v2/checkout/orders/\(id)")]
        )
        guard let vault = wanted.paymentSource?.paypal?.vaultId else {
            try await scope.insert(order)
            return try .created(order)
        }
        try call.requireRequestID()
        guard let token = try await scope.find(PayPalPaymentToken.self, vault), token.status != "DELETED" else {
            throw PayPalError.unprocessable("TOKEN_ID_NOT_FOUND", "Specified token ID does not exist.")
        }
        try await refuseDuplicate(of: unit, scope)
        order = try await OrderPayment.take(order, from: token.wallet, in: scope)
        var answer = try PayPalAnswer.created(order)
        answer.body = try StripeJSON.encode(try await OrderPayment.shown(order, in: scope))
        return answer
    }

    /// An invoice id pays once: the guard that outlives the request id. Its lock ends with the transaction.
    private static func refuseDuplicate(of unit: PayPalOrder.Unit, _ scope: PayPalScope) async throws {
        guard let invoice = unit.invoiceId else { return }
        try await scope.tx.query("select pg_advisory_xact_lock(hashtextextended('paypal invoice ' || \(invoice), 0))")
        let taken = try await scope.tx.query(
            """
            select from sandbox.paypal_objects
            where invoice_id = \(invoice) and kind = 'capture' and status not in ('DECLINED', 'FAILED') limit 1
            """
        )
        guard taken.isEmpty else {
            throw PayPalError.unprocessable(
                "DUPLICATE_INVOICE_ID",
                "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires "
                    + "that Invoice Id be unique for each transaction."
            )
        }
    }

    @Sendable
    private static func get(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let order = try await scope.find(PayPalOrder.self, call.arguments[0]) else { throw PayPalError.notFound }
        return try .ok(try await OrderPayment.shown(order, in: scope))
    }

    @Sendable
    private static func capture(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let order = try await scope.find(PayPalOrder.self, call.arguments[0], isLocked: true) else {
            throw PayPalError.notFound
        }
        throw order.status == "COMPLETED"
            ? PayPalError.unprocessable(
                "ORDER_ALREADY_CAPTURED",
                "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed."
            )
            : PayPalError.unprocessable("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
    }
}
