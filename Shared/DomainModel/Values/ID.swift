/// The identifier of a row, typed by what the row is: an `Account.ID` is not a `Site.ID`.
///
/// The raw value is the `bigint` of the database and the integer of the API.
public struct ID<Entity>: RawRepresentable, Hashable, Sendable, Comparable, Codable {
    /// The database's `bigint`.
    public let rawValue: Int64

    /// Wraps a database id.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Wraps a database id.
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Reads the bare integer.
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the bare integer.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Orders by age: ids grow.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension ID: CustomStringConvertible {
    /// The bare integer, as in the API.
    public var description: String { String(rawValue) }
}

extension ID: ExpressibleByIntegerLiteral {
    /// An id written in a test.
    public init(integerLiteral value: Int64) {
        rawValue = value
    }
}
