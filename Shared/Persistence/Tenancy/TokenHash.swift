import Crypto

/// How bearer tokens (refresh tokens, API keys, reset and approval links) are stored: SHA-256, no more. They are random
/// and long, so there is nothing to guess, and looking one up must cost little.
public enum TokenHash {
    /// The stored form of a token.
    public static func of(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(token.utf8)))
    }
}
