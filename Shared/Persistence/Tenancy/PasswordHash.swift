import Crypto
import CryptoExtras
import Foundation

/// A password as it is stored: `$scrypt$ln=15,r=8,p=3$salt$hash`, salt and hash in base64 without padding.
///
/// Both functions take long on purpose (the standard cost: about a tenth of a second and 32 MiB) and block the thread:
/// call them off the cooperative pool.
public enum PasswordHash {
    /// How dear one guess is. Memory is 128 · 2^logN · blockSize bytes.
    public struct Cost: Sendable, Equatable {
        /// The binary logarithm of the rounds.
        public var logN: Int
        /// scrypt's `r`.
        public var blockSize: Int
        /// scrypt's `p`.
        public var parallelism: Int

        /// A cost of one's own, such as a low one for tests.
        public init(logN: Int, blockSize: Int, parallelism: Int) {
            self.logN = logN
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// OWASP's password storage cheat sheet: N = 2^15, r = 8, p = 3 (32 MiB), equal in strength to 2^17, 8, 1.
        public static let standard = Cost(logN: 15, blockSize: 8, parallelism: 3)
        /// For tests and their fixtures only.
        public static let cheap = Cost(logN: 4, blockSize: 8, parallelism: 1)
    }

    /// The stored form of a password under a fresh salt.
    /// - Throws: what the scrypt implementation refuses (a cost beyond its memory limit).
    public static func make(_ password: String, cost: Cost = .standard) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let hash = try derive(password, salt, cost)
        return "$scrypt$ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)$\(encode(salt))$\(encode(hash))"
    }

    /// Whether the password is the one that was stored. The comparison takes the same time wherever the bytes differ.
    public static func verify(_ password: String, against stored: String) -> Bool {
        guard let (cost, salt, hash) = parse(stored), let candidate = try? derive(password, salt, cost) else {
            return false
        }
        return candidate.count == hash.count && zip(candidate, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether a stored form was made with a lower cost than today's, so that the next login should renew it.
    public static func isOutdated(_ stored: String, cost: Cost = .standard) -> Bool {
        parse(stored)?.cost != cost
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        // Composed and decomposed spellings of one password are one password (RFC 8265's NFC).
        try KDF.Scrypt.deriveKey(
            from: Array(password.precomposedStringWithCanonicalMapping.utf8),
            salt: salt,
            outputByteCount: 32,
            rounds: 1 << cost.logN,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        ).withUnsafeBytes { Array($0) }
    }

    private static func parse(_ stored: String) -> (cost: Cost, salt: [UInt8], hash: [UInt8])? {
        let parts = stored.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt", let salt = decode(parts[2]), let hash = decode(parts[3]) else {
            return nil
        }
        let numbers = parts[1].split(separator: ",").compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
        guard numbers.count == 3, (1...20).contains(numbers[0]), (1...32).contains(numbers[1]),
            (1...16).contains(numbers[2])
        else { return nil }
        return (Cost(logN: numbers[0], blockSize: numbers[1], parallelism: numbers[2]), salt, hash)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map { [UInt8]($0) }
    }
}
