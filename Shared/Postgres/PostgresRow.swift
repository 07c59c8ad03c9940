import CLibPQ

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

    /// Lends the row's bytes in binary format, without copying or counting references. They live as long as `body` runs.
    @inlinable
    public func withCells<Value>(_ body: (PostgresCells) throws -> Value) rethrows -> Value {
        try withExtendedLifetime(result) { try body(PostgresCells(handle: result.handle, row: Int32(index))) }
    }

    /// The type of the column at `column`.
    public func type(of column: Int) -> PostgresType { result.type(column) }
}

/// The bytes of one row, lent by ``PostgresRow/withCells(_:)``.
public struct PostgresCells {
    @usableFromInline let handle: OpaquePointer
    @usableFromInline let row: Int32

    @usableFromInline
    init(handle: OpaquePointer, row: Int32) {
        self.handle = handle
        self.row = row
    }

    /// A column's bytes; nil for null, and for a column that is not there.
    public subscript(_ column: Int) -> UnsafeRawBufferPointer? {
        let length = Int(PQgetlength(handle, row, Int32(column)))
        // Only an empty value has to be told from null.
        if length == 0, PQgetisnull(handle, row, Int32(column)) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(handle, row, Int32(column)), count: length)
    }
}
