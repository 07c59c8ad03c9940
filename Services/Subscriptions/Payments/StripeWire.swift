import DomainModel
import Foundation
import Persistence
import WebClient

/// How requests travel to Stripe and answers come back. The shapes decode leniently: only what we use.
extension StripeGateway: PaymentWire {
    static var provider: String { "Stripe" }

    struct Named: Decodable { let id: String }

    struct Method: Decodable {
        struct Card: Decodable {
            let brand: String
            let last4: String
            let exp_month: Int?
            let exp_year: Int?
            let country: String?
        }
        let id: String
        let card: Card?

        var displayName: String { card.map { "\($0.brand.capitalized) •••• \($0.last4)" } ?? id }

        var face: PaymentMethods.CardFace {
            PaymentMethods.CardFace(
                brand: card?.brand,
                last4: card?.last4,
                expiresMonth: card?.exp_month,
                expiresYear: card?.exp_year,
                country: card?.country
            )
        }
    }

    struct Invoice: Decodable {
        let id: String
        let status: String
        let amount_due: Int64
        let metadata: [String: String]?
    }

    struct InvoiceItem: Decodable { let metadata: [String: String]? }

    struct InvoicePayment: Decodable {
        struct Payment: Decodable { let payment_intent: String? }
        let status: String
        let invoice: String?
        let payment: Payment
    }

    /// What has become of a payment; its charge is only an id here, where nothing was expanded.
    struct PaymentState: Decodable {
        let status: String?
    }

    struct PaymentIntent: Decodable {
        struct Charge: Decodable {
            let id: String
            let balance_transaction: BalanceTransaction?
        }
        struct BalanceTransaction: Decodable {
            let fee: Int64
            let currency: String
        }
        let id: String
        let latest_charge: Charge?
    }

    struct Refund: Decodable {
        let id: String
        let amount: Int64
        let currency: String
        let reason: String?
        let status: String?
        let charge: String?
        let payment_intent: String?
        let metadata: [String: String]?

        var refund: ProviderRefund? {
            guard let currency = Currency(code: currency) else { return nil }
            let state: RefundStatus =
                switch status {
                case "succeeded", nil: .succeeded
                case "failed": .failed
                case "canceled": .cancelled
                default: .pending
                }
            return ProviderRefund(
                reference: id,
                amount: Money(minor: amount, currency: currency),
                reason: metadata?["reason"] ?? reason ?? "",
                status: state,
                number: metadata?["number"]
            )
        }
    }

    struct Page<Row: Decodable>: Decodable {
        let data: [Row]
        let has_more: Bool?
    }

    struct Failure: Decodable {
        var type: String?
        var code: String?
        var decline_code: String?
        var message: String?
        var charge: String?
        var payment_intent: Named?
    }

    private struct FailureEnvelope: Decodable { let error: Failure }

    func post(
        _ path: String,
        _ fields: [(String, String)],
        key: String
    ) async throws(PaymentGatewayError) -> WebResponse {
        var form = URLComponents()
        form.queryItems = fields.map { URLQueryItem(name: $0.0, value: $0.1) }
        // URLComponents leaves "+" alone, which a form reads as a space.
        let body = (form.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B")
        return try await send(
            .post,
            path,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Idempotency-Key", key)],
            body: Array(body.utf8)
        )
    }

    func get(_ path: String) async throws(PaymentGatewayError) -> WebResponse {
        try await send(.get, path, headers: [], body: nil)
    }

    private func send(
        _ method: WebMethod,
        _ path: String,
        headers: [(name: String, value: String)],
        body: [UInt8]?
    ) async throws(PaymentGatewayError) -> WebResponse {
        let request = WebRequest(
            method: method,
            url: "\(baseURL)/v1/\(path)",
            headers: headers + [("Authorization", "Bearer \(secretKey)"), ("Stripe-Version", Self.version)],
            body: body,
            timeout: .seconds(20),
            guardAddresses: false,
            maximumRedirects: 0
        )
        return try await exchange(request, "\(method.rawValue) \(path)")
    }

    /// The answer, if it is a success; else why not.
    func accepted(_ answer: WebResponse) throws(PaymentGatewayError) -> WebResponse {
        guard answer.status == 200 else { throw error(failure(of: answer), answer) }
        return answer
    }

    func failure(of answer: WebResponse) -> Failure {
        (try? JSONDecoder().decode(FailureEnvelope.self, from: Data(answer.body)))?.error ?? Failure()
    }

    /// What an answer other than a success or a decline means (spec 5.4, "Errors").
    func error(_ failure: Failure, _ answer: WebResponse) -> PaymentGatewayError {
        let what =
            "Stripe answered \(answer.status): \(failure.code ?? failure.type ?? "no code"): \(failure.message ?? "")"
        return switch answer.status {
        case 500...: .keySpent(what)
        case 409, 429: .unavailable(what)
        case 400 where failure.code == "rate_limit": .unavailable(what)
        default: .refused(what)
        }
    }
}
