/// A value that can be bound to a statement.
///
/// A type of your own with a raw value needs only the conformance: `extension Account.ID: PostgresCodable {}`.
public protocol PostgresEncodable: Sendable {
    /// The server's type, or ``PostgresType/unspecified`` for text whose type the statement decides.
    static var postgresType: PostgresType { get }

    /// Whether the value is SQL's null; ``encode(into:)`` is not called then.
    var isPostgresNull: Bool { get }

    /// Appends the value in the type's binary format (for ``PostgresType/unspecified``: as text).
    func encode(into bytes: inout [UInt8])

    /// The value as the server would print it, for `COPY`.
    var postgresText: String { get }
}

/// A value that a column can be read as.
public protocol PostgresDecodable: Sendable {
    /// Reads a column that is not null.
    static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Self

    /// What a null reads as; only optionals have an answer.
    static func decodeNull() throws(PostgresMismatch) -> Self
}

/// A value that goes both ways, alone and as an element of an array.
public typealias PostgresCodable = PostgresEncodable & PostgresDecodable & PostgresArrayElement

/// One column of one row, in binary format; valid only during the call that got it.
public struct PostgresCell {
    /// The value's bytes.
    public let bytes: UnsafeRawBufferPointer

    /// The column's type.
    public let type: PostgresType
}

/// A column holds something else than was asked for.
public struct PostgresMismatch: Error, Equatable {
    /// What is wrong, without the value.
    public let reason: String

    /// - Parameter reason: what is wrong, without the value.
    public init(_ reason: String) { self.reason = reason }

    static func unexpected<Value>(_ type: PostgresType, as: Value.Type) -> PostgresMismatch {
        PostgresMismatch("a column of type \(type.rawValue) cannot be read as \(Value.self)")
    }
}

extension PostgresEncodable {
    /// Only optionals can be null.
    public var isPostgresNull: Bool { false }
}

extension PostgresDecodable {
    /// Null is an error unless the type is optional.
    public static func decodeNull() throws(PostgresMismatch) -> Self {
        throw PostgresMismatch("null cannot be read as \(Self.self)")
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// That of the raw value.
    public static var postgresType: PostgresType { RawValue.postgresType }

    /// Appends the raw value.
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }

    /// The raw value's text.
    public var postgresText: String { rawValue.postgresText }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; one that the type does not know is a mismatch.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Self {
        guard let value = Self(rawValue: try RawValue.decode(cell)) else {
            throw PostgresMismatch("the value is none that \(Self.self) knows")
        }
        return value
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// That of the wrapped value.
    public static var postgresType: PostgresType { Wrapped.postgresType }

    /// True for nil.
    public var isPostgresNull: Bool { self?.isPostgresNull ?? true }

    /// Appends the wrapped value.
    public func encode(into bytes: inout [UInt8]) { self?.encode(into: &bytes) }

    /// The wrapped value's text.
    public var postgresText: String { self?.postgresText ?? "" }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads the wrapped value.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Self {
        .some(try Wrapped.decode(cell))
    }

    /// Nil.
    public static func decodeNull() throws(PostgresMismatch) -> Self { .none }
}
