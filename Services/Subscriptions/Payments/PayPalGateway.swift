import DomainModel
import Foundation
import NIOConcurrencyHelpers
import Persistence
import WebClient

/// PayPal's Orders v2 over wallets in its vault (spec 5.5): each attempt is an order of its own, made and captured in one
/// call, off session.
///
/// Our attempt's key travels as `custom_id` and our invoice's number as `invoice_id`: by the one an attempt is found
/// again, by the other PayPal itself refuses to take an invoice's money twice, long after the request id is forgotten.
struct PayPalGateway: PaymentGateway {
    let kind = PaymentMethodKind.paypal
    let keyLife: TimeInterval = 6 * 3_600 - 600

    let client: WebClient
    /// Where the API is: `https://api-m.paypal.com`, or the sandbox.
    let baseURL: String
    let clientID: String
    let clientSecret: String
    let token = NIOLockedValueBox<AccessToken?>(nil)

    struct AccessToken: Sendable {
        let text: String
        let until: ContinuousClock.Instant
    }

    /// PayPal keeps no customers of ours: the account's own name is what the vault is told.
    func customer(for payer: Payer) async throws(PaymentGatewayError) -> String {
        payer.customer ?? "igny8_\(payer.account)"
    }

    func attach(method: String, to customer: String) async throws(PaymentGatewayError) -> SavedMethod {
        let answer = try await post(
            "v3/vault/payment-tokens",
            [
                "payment_source": ["token": ["id": .string(method), "type": "SETUP_TOKEN"]],
                "customer": ["merchant_customer_id": .string(customer)],
            ],
            key: "method:\(method):vault"
        )
        let saved = try decode(PaymentToken.self, from: accepted(answer))
        let address = saved.payment_source?.paypal?.email_address
        return SavedMethod(
            reference: saved.id,
            displayName: address.map { "PayPal \($0)" } ?? "PayPal",
            face: .init(brand: "paypal")
        )
    }

    func charge(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome {
        guard let method = charge.method else {
            if let known = try await lookUp(charge) { return known }
            throw .keySpent("the payment method has been removed")
        }
        let answer = try await post("v2/checkout/orders", order(charge, with: method), key: charge.idempotencyKey)
        if answer.status == 200 || answer.status == 201 {
            return outcome(of: try decode(Order.self, from: answer))
        }
        let failure = failure(of: answer)
        guard let issue = failure.issue else { throw error(failure, answer) }
        if issue == "DUPLICATE_INVOICE_ID" {
            // Another attempt was faster than its answer.
            if let known = try await search(charge, key: nil) { return known }
            throw .unavailable("PayPal has been paid for \(charge.number) and does not list it yet")
        }
        guard Self.declines.contains(issue) else { throw error(failure, answer) }
        return .declined(
            providerInvoice: nil,
            reference: nil,
            code: issue,
            message: failure.sentence ?? "PayPal declined the payment"
        )
    }

    /// What says that the payer, and not we or PayPal, is the reason.
    private static let declines: Set<String> = [
        "CARD_EXPIRED", "INSTRUMENT_DECLINED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED", "PAYER_ACTION_REQUIRED", "PAYER_CANNOT_PAY",
        "TOKEN_EXPIRED", "TOKEN_ID_NOT_FOUND", "TRANSACTION_REFUSED",
    ]

    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome? {
        guard let reference = charge.attemptReference else {
            return try await search(charge, key: charge.idempotencyKey)
        }
        let answer = try await get("v2/checkout/orders/\(escaped(reference))")
        if answer.status == 404 { return nil }
        return outcome(of: try decode(Order.self, from: accepted(answer)))
    }

    func refund(_ order: RefundOrder) async throws(PaymentGatewayError) -> ProviderRefund {
        let answer = try await post(
            "v2/payments/captures/\(escaped(order.charge))/refund",
            [
                "amount": Self.amount(order.amount), "invoice_id": .string(order.number),
                "custom_id": .string(order.number), "note_to_payer": .string(String(order.reason.prefix(255))),
            ],
            key: order.idempotencyKey
        )
        guard let refund = try decode(Refund.self, from: accepted(answer)).refund else {
            throw .outcomeUnknown("PayPal's refund of \(order.charge) cannot be read")
        }
        return refund
    }

    func refunds(of charge: String, attempt: String?) async throws(PaymentGatewayError) -> [ProviderRefund] {
        var order = attempt
        if order == nil { order = try await capture(charge)?.supplementary_data?.related_ids?.order_id }
        guard let order else { return [] }
        let answer = try await get("v2/checkout/orders/\(escaped(order))")
        return try decode(Order.self, from: accepted(answer)).purchase_units
            .flatMap { $0.payments?.refunds ?? [] }
            .compactMap(\.refund)
    }

    // MARK: Orders

    private func order(_ charge: InvoiceCharge, with method: String) -> JSONValue {
        [
            "intent": "CAPTURE",
            "purchase_units": [
                [
                    "amount": Self.amount(charge.total), "custom_id": .string(charge.idempotencyKey),
                    "invoice_id": .string(charge.number), "description": .string("Invoice \(charge.number)"),
                ]
            ],
            "payment_source": [
                "paypal": [
                    "vault_id": .string(method),
                    "stored_credential": [
                        "payment_initiator": "MERCHANT", "usage": "SUBSEQUENT", "usage_pattern": "RECURRING_POSTPAID",
                    ],
                ]
            ],
        ]
    }

    private func outcome(of order: Order) -> ChargeOutcome {
        guard let capture = order.purchase_units.first?.payments?.captures?.last else {
            guard order.status == "PAYER_ACTION_REQUIRED" else {
                return .processing(providerInvoice: nil, reference: order.id)
            }
            return .declined(
                providerInvoice: nil,
                reference: order.id,
                code: "PAYER_ACTION_REQUIRED",
                message: "PayPal asks you to confirm this payment"
            )
        }
        return capture.outcome(of: order.id)
    }

    /// Looks an attempt up in PayPal's books, which list a payment some hours late at most: three by its own word.
    private func search(_ charge: InvoiceCharge, key: String?) async throws(PaymentGatewayError) -> ChargeOutcome? {
        let start = charge.attemptedAt.addingTimeInterval(-3_600)
        var page: String?
        repeat {
            let found = try await transactions(
                start..<start.addingTimeInterval(Self.longestWindow),
                over: charge.total,
                page: page
            )
            for info in found.infos where info.isPayment {
                let isOurs = key.map { info.custom_field == $0 } ?? (info.invoice_id == charge.number)
                guard isOurs, let capture = try await capture(info.transaction_id) else { continue }
                return capture.outcome(of: capture.supplementary_data?.related_ids?.order_id)
            }
            page = found.next
        } while page != nil
        return nil
    }

    func capture(_ id: String) async throws(PaymentGatewayError) -> Capture? {
        let answer = try await get("v2/payments/captures/\(escaped(id))")
        if answer.status == 404 { return nil }
        return try decode(Capture.self, from: accepted(answer))
    }

    /// The most that PayPal's search takes: 31 days.
    static let longestWindow: TimeInterval = 31 * 86_400

    static func amount(_ money: Money) -> JSONValue {
        ["currency_code": .string(money.currency.code), "value": .string(money.decimalString)]
    }
}
