import Crypto

/// One numbered step of the schema, as it lies in `Migrations/` and in the binary.
public struct Migration: Hashable, Sendable {
    /// Where it stands in the order; also the first four digits of its file's name.
    public let number: Int
    /// The rest of the file's name, without `.sql`.
    public let name: String
    /// Its statements.
    public let sql: String

    /// SHA-256 of the statements, in hexadecimal: an applied migration never changes.
    public let checksum: String

    /// Makes a migration from its file's content.
    public init(_ number: Int, _ name: String, _ content: [UInt8]) {
        self.number = number
        self.name = name
        sql = String(decoding: content, as: UTF8.self)
        checksum = SHA256.hash(data: content).hexadecimal
    }

    /// `0010_plans.sql`.
    public var file: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).sql"
    }
}
