/// Integers: any integer column reads as any integer type that its value fits, and so does a whole `numeric`
/// (`sum(bigint)` is one).
private func decodeInteger<Value: FixedWidthInteger>(_ cell: PostgresCell) throws(PostgresMismatch) -> Value {
    let wide: Int64
    switch cell.type {
    case .int8: wide = try cell.integer(Int64.self)
    case .int4: wide = Int64(try cell.integer(Int32.self))
    case .int2: wide = Int64(try cell.integer(Int16.self))
    case .oid: wide = Int64(try cell.integer(UInt32.self))
    case .numeric:
        let number = try PostgresNumeric.decode(cell)
        guard let whole = number.wholeNumber else {
            throw PostgresMismatch("a numeric with a fraction cannot be read as \(Value.self)")
        }
        wide = whole
    default: throw .unexpected(cell.type, as: Value.self)
    }
    guard let value = Value(exactly: wide) else { throw PostgresMismatch("the number does not fit \(Value.self)") }
    return value
}

extension Int16: PostgresCodable {
    /// `smallint`.
    public static var postgresType: PostgresType { .int2 }

    /// Appends two bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Decimal digits.
    public var postgresText: String { description }

    /// Reads any integer column.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Int16 { try decodeInteger(cell) }
}

extension Int32: PostgresCodable {
    /// `integer`.
    public static var postgresType: PostgresType { .int4 }

    /// Appends four bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Decimal digits.
    public var postgresText: String { description }

    /// Reads any integer column.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Int32 { try decodeInteger(cell) }
}

extension Int64: PostgresCodable {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }

    /// Appends eight bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Decimal digits.
    public var postgresText: String { description }

    /// Reads any integer column.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Int64 { try decodeInteger(cell) }
}

extension Int: PostgresCodable {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }

    /// Appends eight bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }

    /// Decimal digits.
    public var postgresText: String { description }

    /// Reads any integer column.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Int { try decodeInteger(cell) }
}
