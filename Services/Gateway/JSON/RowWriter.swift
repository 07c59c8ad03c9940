import DomainModel
import Persistence
import Postgres

/// Writes rows as JSON objects straight from the server's bytes: no value is made in between.
struct RowWriter: Sendable {
    private let names: [String]
    /// `{"id":`, `,"name":` …: what stands before each value.
    private let keys: [[UInt8]]
    private let isMoney: [Bool]
    private let keyBytes: Int
    private let currencyColumn: Int?

    init(_ model: ReadModel) {
        names = model.columns.map(\.name)
        keys = names.enumerated().map { Array("\($0.offset == 0 ? "{" : ",")\"\($0.element)\":".utf8) }
        keyBytes = keys.reduce(0) { $0 + $1.count }
        isMoney = model.columns.map { $0.kind == .money }
        currencyColumn = names.firstIndex(of: "currency")
    }

    /// Writes rows of one result, as elements of the array that is open.
    func write(_ rows: some Collection<PostgresRow>, into writer: inout JSONWriter) throws(PostgresError) {
        guard let first = rows.first else { return }
        let formats = try formats(of: first)
        for row in rows { try write(row, formats, into: &writer) }
    }

    func write(_ row: PostgresRow, into writer: inout JSONWriter) throws(PostgresError) {
        try write(row, try formats(of: row), into: &writer)
    }

    private func formats(of row: PostgresRow) throws(PostgresError) -> [JSONFormat] {
        var formats: [JSONFormat] = []
        formats.reserveCapacity(names.count)
        for index in names.indices {
            let type = row.type(of: index).rawValue
            guard let format = JSONFormat(type: type) else {
                throw .decoding(column: names[index], reason: "type \(type) has no JSON form here")
            }
            formats.append(format)
        }
        return formats
    }

    private func write(
        _ row: PostgresRow,
        _ formats: [JSONFormat],
        into writer: inout JSONWriter
    ) throws(PostgresError) {
        let failed = row.withCells { cells in
            let scale = currencyColumn.map { Self.exponent(cells[$0]) } ?? 2
            var room = keyBytes + 1
            for index in formats.indices {
                room += formats[index].fixedRoom ?? max(4, formats[index].room(length: cells[index]?.count ?? 0))
            }
            return writer.append(atMost: room) { cursor in write(cells, formats, scale, at: &cursor) }
        }
        if let failed { throw .decoding(column: names[failed], reason: "the number is too large to be shown") }
    }

    /// - Returns: the column that cannot be shown, if there is one.
    private func write(
        _ cells: PostgresCells,
        _ formats: [JSONFormat],
        _ scale: Int,
        at cursor: inout JSONCursor
    ) -> Int? {
        for index in formats.indices {
            keys[index].withUnsafeBufferPointer { cursor.append($0) }
            if let bytes = cells[index] {
                guard cursor.cell(bytes, formats[index], scale: isMoney[index] ? scale : nil) else { return index }
            } else {
                cursor.append("null")
            }
        }
        cursor.append(UInt8(ascii: "}"))
        return nil
    }

    /// The decimals of a currency; amounts are stored with room for three.
    private static func exponent(_ code: UnsafeRawBufferPointer?) -> Int {
        guard let code, code.count == 3 else { return 2 }
        if code[0] == UInt8(ascii: "U"), code[1] == UInt8(ascii: "S"), code[2] == UInt8(ascii: "D") { return 2 }
        return Currency(code: String(decoding: code, as: UTF8.self))?.exponent ?? 2
    }
}
