import DomainModel
import Persistence
import Postgres

/// Writes rows as JSON objects straight from the server's bytes: no value is made in between.
struct RowWriter: Sendable {
    private let model: ReadModel
    private let keys: [[UInt8]]
    private let currencyColumn: Int?

    init(_ model: ReadModel) {
        self.model = model
        keys = model.columns.map { Array("\"\($0.name)\":".utf8) }
        currencyColumn = model.columns.firstIndex { $0.name == "currency" }
    }

    func write(_ rows: PostgresRows, into writer: inout JSONWriter) throws(PostgresError) {
        guard let first = rows.first else { return }
        let types = model.columns.indices.map { first.type(of: $0).rawValue }
        for row in rows { try write(row, types: types, into: &writer) }
    }

    func write(_ row: PostgresRow, into writer: inout JSONWriter) throws(PostgresError) {
        try write(row, types: model.columns.indices.map { row.type(of: $0).rawValue }, into: &writer)
    }

    private func write(
        _ row: PostgresRow,
        types: [UInt32],
        into writer: inout JSONWriter
    ) throws(PostgresError) {
        writer.beginObject()
        for index in keys.indices {
            writer.key(encoded: keys[index])
            let isMoney = model.columns[index].kind == .money
            let scale = isMoney ? exponent(of: row) : nil
            let understood = row.withBytes(index) { bytes in
                guard let bytes else {
                    writer.null()
                    return true
                }
                return writer.cell(bytes, type: types[index], scale: scale)
            }
            guard understood else {
                throw .decoding(column: model.columns[index].name, reason: "type \(types[index]) has no JSON form here")
            }
        }
        writer.endObject()
    }

    /// The decimals of the row's currency; amounts are stored with room for three.
    private func exponent(of row: PostgresRow) -> Int {
        guard let currencyColumn else { return 2 }
        return row.withBytes(currencyColumn) { code in
            guard let code, code.count == 3 else { return 2 }
            if code.elementsEqual(Self.dollar) { return 2 }
            return Currency(code: String(decoding: code, as: UTF8.self))?.exponent ?? 2
        }
    }

    private static let dollar = Array("USD".utf8)
}
