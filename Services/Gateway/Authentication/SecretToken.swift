import Crypto
import Foundation

/// A random text that is shown once and stored only as its SHA-256. 256 random bits need no slow hash.
struct SecretToken {
    let text: String

    static func random(prefix: String = "") -> SecretToken {
        SecretToken(text: prefix + base64URL(randomBytes(32)))
    }

    var hash: [UInt8] { Self.hash(of: text) }

    static func hash(of text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    static func bytes(ofBase64URL text: some StringProtocol) -> [UInt8]? {
        let usual = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - usual.utf8.count % 4) % 4)
        return Data(base64Encoded: usual + padding).map { [UInt8]($0) }
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }
}

/// Whether two byte strings are the same, in a time that does not tell where they differ.
func constantTimeEquals(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
