import Crypto
import Foundation

/// The `Stripe-Signature` header: `t=…,v1=…`, an HMAC-SHA256 over `t.body` with the endpoint's secret.
struct StripeSignature {
    /// Stripe's own default.
    static let tolerance: TimeInterval = 300

    let time: Int64
    let signatures: [[UInt8]]

    init?(_ header: String) {
        var time: Int64?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0].drop(while: { $0 == " " }) {
            case "t": time = Int64(pair[1])
            case "v1": Self.hexadecimal(pair[1]).map { signatures.append($0) }
            default: continue
            }
        }
        guard let time, !signatures.isEmpty else { return nil }
        self.time = time
        self.signatures = signatures
    }

    /// Whether one of the secrets made one of the signatures; while a secret rotates there are two of each. Every pair is
    /// compared, and in constant time.
    func isMade(with secrets: [String], over body: [UInt8]) -> Bool {
        var isMade = false
        for secret in secrets {
            var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
            code.update(data: Array("\(time).".utf8))
            code.update(data: body)
            let expected = Array(code.finalize())
            for signature in signatures where constantTimeEquals(signature, expected) { isMade = true }
        }
        return isMade
    }

    /// Whether it was made close enough to a moment, so that an old request cannot be sent again.
    func isTimely(at moment: Date) -> Bool {
        abs(moment.timeIntervalSince1970 - Double(time)) <= Self.tolerance
    }

    private static func hexadecimal(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
