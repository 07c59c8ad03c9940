import CLibPQ
import Synchronization

/// What one statement gave: its rows, and how many it affected. May be read on any thread, and decoded off the loop.
public struct PostgresRows: RandomAccessCollection, Sendable {
    let result: PostgresResult

    init(owning handle: OpaquePointer) {
        result = PostgresResult(handle)
    }

    /// Zero.
    public var startIndex: Int { 0 }

    /// How many rows there are.
    public var endIndex: Int { result.rowCount }

    /// The row at `position`.
    public subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < endIndex, "row \(position) of \(endIndex)")
        return PostgresRow(result: result, index: position)
    }

    /// How many rows an `insert`, `update`, `delete` or `select` touched; 0 for other commands.
    public var affected: Int { Int(String(cString: PQcmdTuples(result.handle))) ?? 0 }

    /// The command's tag: `SELECT 5`, `COMMIT`.
    var commandTag: String { String(cString: PQcmdStatus(result.handle)) }

    /// The columns' names, in order.
    public var columns: [String] { result.columnNames }

    /// Where the column `name` stands: look it up once, then decode by index in a hot loop.
    public func column(_ name: String) throws(PostgresError) -> Int {
        guard let index = result.column(name) else { throw .decoding(column: name, reason: "there is no such column") }
        return index
    }
}

/// Owns a `PGresult`. libpq never writes to one after handing it out, so reading it from any thread is safe.
@usableFromInline
final class PostgresResult: @unchecked Sendable {
    @usableFromInline let handle: OpaquePointer
    let rowCount: Int
    let columnCount: Int
    /// Made at the first lookup by name. Losing a race to make it costs a second dictionary, nothing else.
    private let lookup = AtomicLazyReference<ColumnLookup>()

    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        columnCount = Int(PQnfields(handle))
    }

    deinit { PQclear(handle) }

    var columnNames: [String] { (0..<columnCount).map { String(cString: PQfname(handle, Int32($0))) } }

    func column(_ name: String) -> Int? {
        let lookup = lookup.load() ?? lookup.storeIfNil(ColumnLookup(columnNames))
        return lookup.indices[name]
    }

    func type(_ column: Int) -> PostgresType { PostgresType(rawValue: PQftype(handle, Int32(column))) }

    /// The bytes of a column, nil for null. Valid as long as the result lives.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        precondition(column >= 0 && column < columnCount, "column \(column) of \(columnCount)")
        let length = Int(PQgetlength(handle, Int32(row), Int32(column)))
        // Only an empty value has to be told from null.
        if length == 0, PQgetisnull(handle, Int32(row), Int32(column)) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(handle, Int32(row), Int32(column)), count: length)
    }
}

/// Columns by name; of two with one name the first counts.
private final class ColumnLookup: Sendable {
    let indices: [String: Int]

    init(_ names: [String]) {
        indices = Dictionary(zip(names, names.indices)) { first, _ in first }
    }
}
