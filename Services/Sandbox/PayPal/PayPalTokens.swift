import Crypto
import FoundationEssentials

/// Access tokens, signed and without a store: one of another life of this process is not taken, and is asked for anew.
struct PayPalTokens: Sendable {
    private struct Grant: Encodable {
        var scope = "https://uri.paypal.com/services/payments/payment"
        var accessToken: String
        var tokenType = "Bearer"
        var expiresIn: Int64
    }

    private struct Refusal: Encodable {
        var error: String
        var errorDescription: String
    }

    /// Nine hours, as PayPal's.
    private static let life: Int64 = 32_400

    /// Without them, any are taken.
    let clientID: String?
    let clientSecret: String?
    let clock: MachineClock
    private let key = SymmetricKey(size: .bits256)

    init(clientID: String?, clientSecret: String?, clock: MachineClock) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.clock = clock
    }

    func grant(_ request: PayPalRequest, _ debugID: String) throws -> PayPalResponse {
        let headers = [("PayPal-Debug-Id", debugID)]
        guard isKnown(request.authorization) else {
            let refusal = Refusal(error: "invalid_client", errorDescription: "Client Authentication failed")
            return PayPalResponse(status: 401, headers: headers, body: try StripeJSON.encode(refusal))
        }
        guard String(decoding: request.body, as: UTF8.self).contains("grant_type=client_credentials") else {
            let refusal = Refusal(error: "unsupported_grant_type", errorDescription: "Grant Type is NULL")
            return PayPalResponse(status: 400, headers: headers, body: try StripeJSON.encode(refusal))
        }
        let until = clock.unixSeconds() + Self.life
        let grant = Grant(accessToken: "A21AA.\(until).\(mark(of: until))", expiresIn: Self.life)
        return PayPalResponse(status: 200, headers: headers, body: try StripeJSON.encode(grant))
    }

    func accepts(_ authorization: String?) -> Bool {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
        let parts = authorization.dropFirst("Bearer ".count).split(separator: ".")
        guard parts.count == 3, let until = Int64(parts[1]), until > clock.unixSeconds() else { return false }
        return parts[2] == mark(of: until)
    }

    private func isKnown(_ authorization: String?) -> Bool {
        guard let authorization, authorization.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(authorization.dropFirst("Basic ".count)))
        else { return false }
        let text = String(decoding: data, as: UTF8.self)
        guard let clientID, let clientSecret else { return text.contains(":") }
        return text == "\(clientID):\(clientSecret)"
    }

    private func mark(of until: Int64) -> String {
        Hex.text(HMAC<SHA256>.authenticationCode(for: Data("\(until)".utf8), using: key))
    }
}
