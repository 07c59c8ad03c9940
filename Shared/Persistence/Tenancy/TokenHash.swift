import Crypto
import Foundation

/// How bearer tokens (refresh tokens, API keys, reset and approval links) are stored: SHA-256, no more. They are random
/// and long, so there is nothing to guess, and looking one up must cost little.
public enum TokenHash {
    /// The stored form of a token.
    public static func of(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(token.utf8)))
    }

    /// A new token: 256 random bits, so that a plain hash of it is enough.
    public static func newToken(prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return prefix
            + Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
