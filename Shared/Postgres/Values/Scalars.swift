extension Bool: PostgresCodable {
    /// `boolean`.
    public static var postgresType: PostgresType { .bool }

    /// Appends one byte.
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }

    /// `t` or `f`.
    public var postgresText: String { self ? "t" : "f" }

    /// Reads `boolean`.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Bool {
        guard cell.type == .bool else { throw .unexpected(cell.type, as: Bool.self) }
        return try cell.integer(UInt8.self) != 0
    }
}

extension Double: PostgresCodable {
    /// `double precision`.
    public static var postgresType: PostgresType { .float8 }

    /// Appends eight bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }

    /// The shortest text that reads back as the same number.
    public var postgresText: String { isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : description }

    /// Reads `double precision`, `real` and the integers.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Double {
        switch cell.type {
        case .float8: Double(bitPattern: try cell.integer(UInt64.self))
        case .float4: Double(Float(bitPattern: try cell.integer(UInt32.self)))
        case .int2, .int4, .int8: Double(try Int64.decode(cell))
        default: throw .unexpected(cell.type, as: Double.self)
        }
    }
}

extension String: PostgresCodable {
    /// Sent as text whose type the statement decides: a `text`, an enum, a `jsonb`, an `inet`…
    public static var postgresType: PostgresType { .unspecified }

    /// Appends the UTF-8 bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    /// Itself.
    public var postgresText: String { self }

    /// Reads every textual type, enums, `json`, `jsonb`, `inet` and `cidr`. For others cast in SQL (`::text`).
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> String {
        switch cell.type {
        case .jsonb: String(decoding: cell.bytes.dropFirst(), as: UTF8.self)
        case .inet, .cidr: try networkAddressText(cell)
        case let type where type.isTextual: String(decoding: cell.bytes, as: UTF8.self)
        default: throw .unexpected(cell.type, as: String.self)
        }
    }
}
