import DomainModel
import Foundation
import NIOConcurrencyHelpers
import WebClient

/// How requests travel to PayPal and answers come back. The shapes decode leniently: only what we use.
extension PayPalGateway: PaymentWire {
    static var provider: String { "PayPal" }

    struct Amount: Decodable {
        let currency_code: String
        let value: String

        /// Decimals that the currency does not have are no amount (spec 9.1: "assert the scale").
        var money: Money? {
            Currency(code: currency_code).flatMap { try? Money(decimal: value, currency: $0) }
        }
    }

    struct PaymentToken: Decodable {
        struct Source: Decodable {
            struct Wallet: Decodable { let email_address: String? }
            let paypal: Wallet?
        }
        let id: String
        let payment_source: Source?
    }

    struct Order: Decodable {
        struct Unit: Decodable { let payments: Payments? }
        struct Payments: Decodable {
            let captures: [Capture]?
            let refunds: [Refund]?
        }
        let id: String
        let status: String
        let purchase_units: [Unit]
    }

    struct Capture: Decodable {
        struct Breakdown: Decodable { let paypal_fee: Amount? }
        struct Related: Decodable { let order_id: String? }
        struct Supplement: Decodable { let related_ids: Related? }
        struct Response: Decodable { let response_code: String? }
        let id: String
        let status: String
        let amount: Amount
        let custom_id: String?
        let seller_receivable_breakdown: Breakdown?
        let supplementary_data: Supplement?
        let processor_response: Response?

        func outcome(of order: String?) -> ChargeOutcome {
            switch status {
            case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED":
                .paid(
                    providerInvoice: nil,
                    reference: order ?? id,
                    charge: id,
                    fee: seller_receivable_breakdown?.paypal_fee?.money
                )
            case "DECLINED", "FAILED":
                .declined(
                    providerInvoice: nil,
                    reference: order,
                    code: "INSTRUMENT_DECLINED",
                    message: "PayPal could not collect the payment"
                )
            default: .processing(providerInvoice: nil, reference: order, charge: id)
            }
        }
    }

    struct Refund: Decodable {
        struct Link: Decodable {
            let href: String
            let rel: String
        }
        let id: String
        let status: String
        let amount: Amount
        let custom_id: String?
        let note_to_payer: String?
        let links: [Link]?

        var refund: ProviderRefund? {
            amount.money.map { amount in
                ProviderRefund(
                    reference: id,
                    amount: amount,
                    reason: note_to_payer ?? "",
                    status: state,
                    number: custom_id
                )
            }
        }

        private var state: RefundStatus {
            switch status {
            case "COMPLETED": .succeeded
            case "FAILED": .failed
            case "CANCELLED": .cancelled
            default: .pending
            }
        }

        /// The capture it is of.
        var capture: String? {
            links?.first { $0.rel == "up" }.flatMap { $0.href.split(separator: "/").last.map(String.init) }
        }
    }

    struct Failure: Decodable {
        struct Detail: Decodable {
            let issue: String?
            let description: String?
        }
        var name: String?
        var message: String?
        var debug_id: String?
        var details: [Detail]?

        var issue: String? { details?.first?.issue }
        var sentence: String? { details?.first?.description ?? message }
    }

    // MARK: Calls

    func post(_ path: String, _ body: JSONValue, key: String) async throws(PaymentGatewayError) -> WebResponse {
        // A repetition under the same request id must be the same request, to the byte.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let bytes = try? encoder.encode(body) else { throw .refused("\(path): the request has no JSON") }
        return try await signed(
            .post,
            path,
            headers: [
                ("Content-Type", "application/json"), ("PayPal-Request-Id", key), ("Prefer", "return=representation"),
            ],
            body: Array(bytes)
        )
    }

    func get(_ path: String) async throws(PaymentGatewayError) -> WebResponse {
        try await signed(.get, path, headers: [], body: nil)
    }

    /// A call with an access token; one that PayPal takes for spent is renewed once. A 401 did nothing.
    private func signed(
        _ method: WebMethod,
        _ path: String,
        headers: [(name: String, value: String)],
        body: [UInt8]?
    ) async throws(PaymentGatewayError) -> WebResponse {
        for isLast in [false, true] {
            let bearer = ("Authorization", "Bearer \(try await accessToken())")
            let answer = try await send(method, path, headers: headers + [bearer], body: body)
            guard answer.status == 401, !isLast else { return answer }
            token.withLockedValue { $0 = nil }
        }
        throw .unavailable("PayPal takes none of its own tokens")
    }

    private func accessToken() async throws(PaymentGatewayError) -> String {
        if let known = token.withLockedValue({ $0 }), known.until > .now { return known.text }
        struct Grant: Decodable {
            let access_token: String
            let expires_in: Double
        }
        let basic = Data("\(clientID):\(clientSecret)".utf8).base64EncodedString()
        let answer: WebResponse
        do {
            answer = try await send(
                .post,
                "v1/oauth2/token",
                headers: [
                    ("Authorization", "Basic \(basic)"), ("Content-Type", "application/x-www-form-urlencoded"),
                ],
                body: Array("grant_type=client_credentials".utf8)
            )
        } catch PaymentGatewayError.outcomeUnknown(let what) {
            // No money hangs on a token.
            throw .unavailable(what)
        }
        guard answer.status == 200, let grant = try? JSONDecoder().decode(Grant.self, from: Data(answer.body)) else {
            throw answer.status == 401
                ? .refused("PayPal does not know our client id and secret")
                : .unavailable("PayPal gives no token: \(answer.status)")
        }
        // A minute before its end, so that it does not end on the way.
        let fresh = AccessToken(text: grant.access_token, until: .now + .seconds(grant.expires_in - 60))
        token.withLockedValue { $0 = fresh }
        return fresh.text
    }

    private func send(
        _ method: WebMethod,
        _ path: String,
        headers: [(name: String, value: String)],
        body: [UInt8]?
    ) async throws(PaymentGatewayError) -> WebResponse {
        let request = WebRequest(
            method: method,
            url: "\(baseURL)/\(path)",
            headers: headers,
            body: body,
            timeout: .seconds(30),
            guardAddresses: false,
            maximumRedirects: 0
        )
        return try await exchange(request, "\(method.rawValue) \(path)")
    }

    /// The answer, if it is a success; else why not.
    func accepted(_ answer: WebResponse) throws(PaymentGatewayError) -> WebResponse {
        guard (200..<300).contains(answer.status) else { throw error(failure(of: answer), answer) }
        return answer
    }

    func failure(of answer: WebResponse) -> Failure {
        (try? JSONDecoder().decode(Failure.self, from: Data(answer.body))) ?? Failure()
    }

    /// What an answer other than a success or a decline means (spec 5.5, "Errors"). After a 5xx the same request id may
    /// be sent again: PayPal answers with what became of the first request.
    func error(_ failure: Failure, _ answer: WebResponse) -> PaymentGatewayError {
        let what =
            "PayPal answered \(answer.status): \(failure.issue ?? failure.name ?? "no name"): "
            + "\(failure.sentence ?? "") (\(failure.debug_id ?? "no debug id"))"
        return switch answer.status {
        case 500...: .outcomeUnknown(what)
        case 401, 409, 429: .unavailable(what)
        default: .refused(what)
        }
    }
}
