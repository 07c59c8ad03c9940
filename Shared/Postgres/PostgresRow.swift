/// One row of a result.
public struct PostgresRow: Sendable {
    @usableFromInline let result: PostgresResult
    @usableFromInline let index: Int

    /// How many columns there are.
    public var count: Int { result.columnCount }

    /// Reads the column `name`.
    /// - Throws: ``PostgresError/decoding(column:reason:)`` when it is missing, null, or of another type.
    public func decode<Value: PostgresDecodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let column = result.column(name) else {
            throw .decoding(column: name, reason: "there is no such column")
        }
        return try decode(column, as: type)
    }

    /// Reads the column at `column`, counted from zero.
    /// - Throws: ``PostgresError/decoding(column:reason:)`` when it is missing, null, or of another type.
    public func decode<Value: PostgresDecodable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard column >= 0, column < result.columnCount else {
            throw .decoding(column: "\(column)", reason: "there are \(result.columnCount) columns")
        }
        do throws(PostgresMismatch) {
            guard let bytes = result.bytes(index, column) else { return try Value.decodeNull() }
            return try withExtendedLifetime(result) { () throws(PostgresMismatch) -> Value in
                try Value.decode(PostgresCell(bytes: bytes, type: result.type(column)))
            }
        } catch {
            throw .decoding(column: result.columnNames[column], reason: error.reason)
        }
    }

    /// Lends the bytes of a column in binary format, nil for null, without copying them.
    @inlinable
    public func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Value) rethrows -> Value {
        try withExtendedLifetime(result) { try body(result.bytes(index, column)) }
    }

    /// The type of the column at `column`.
    public func type(of column: Int) -> PostgresType { result.type(column) }
}
