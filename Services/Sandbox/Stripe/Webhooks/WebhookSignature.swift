import Crypto
import FoundationEssentials

/// `Stripe-Signature: t=…,v1=…`: HMAC-SHA256 over `t.body`, keyed by the whole `whsec_…` string.
enum WebhookSignature {
    /// - Parameter time: Unix seconds of the machine: the receiver holds it against its own clock.
    static func header(body: [UInt8], secret: String, time: Int64) -> String {
        "t=\(time),v1=\(sign(body: body, secret: secret, time: time))"
    }

    static func sign(body: [UInt8], secret: String, time: Int64) -> String {
        let key = SymmetricKey(data: Data(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(time).".utf8) + Data(body), using: key)
        return Hex.text(code)
    }
}

enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
