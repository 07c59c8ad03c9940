import Crypto
import Foundation

/// The key that wraps every account's data key. It lives outside of the database.
public struct KeyEncryptionKey: Sendable {
    /// The first eight bytes of the key's SHA-256, in hexadecimal: tells which key wrapped what, and nothing about it.
    public let id: String
    let key: SymmetricKey

    /// Takes 32 bytes.
    /// - Returns: nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        key = SymmetricKey(data: Array(bytes))
        id = SHA256.hash(data: Array("igny8 key-encryption key id".utf8) + Array(bytes)).prefix(8).hexadecimal
    }

    /// Takes 32 bytes in base64.
    /// - Returns: nil for anything else.
    public init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text) else { return nil }
        self.init(bytes: bytes)
    }
}

extension KeyEncryptionKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The id; never the key.
    public var description: String { "key-encryption key \(id)" }
    /// The id; never the key.
    public var debugDescription: String { description }
}
