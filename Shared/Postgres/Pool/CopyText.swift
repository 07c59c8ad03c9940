/// Lines of `COPY`'s text format: tabs between values, a newline after each row, `\N` for null.
struct CopyText {
    private static let chunk = 64 * 1024
    private(set) var bytes: [UInt8] = []

    /// Whether there is enough to be worth sending.
    var isFull: Bool { bytes.count >= Self.chunk }

    mutating func append(_ row: [(any PostgresEncodable)?]) {
        for (index, value) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            append(value)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// What has been gathered; the next lines start afresh.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(_ value: (any PostgresEncodable)?) {
        guard let value, !value.isPostgresNull else {
            bytes.append(contentsOf: "\\N".utf8)
            return
        }
        for byte in value.postgresText.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
