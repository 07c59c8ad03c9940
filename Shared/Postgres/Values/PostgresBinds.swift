/// The encoded parameters of one statement, in one buffer.
struct PostgresBinds: Sendable {
    struct Item: Sendable {
        let type: PostgresType
        let isText: Bool
        let start: Int
        /// Nil for SQL's null.
        let length: Int?
    }

    private(set) var bytes: [UInt8] = []
    private(set) var items: [Item] = []

    var count: Int { items.count }
    var types: [UInt32] { items.map(\.type.rawValue) }

    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        let start = bytes.count
        guard !value.isPostgresNull else {
            items.append(Item(type: Value.postgresType, isText: false, start: start, length: nil))
            return
        }
        value.encode(into: &bytes)
        let length = bytes.count - start
        var type = Value.postgresType
        var isText = type == .unspecified
        // libpq measures a text parameter by its closing zero: text that holds one goes as binary, for the server to
        // refuse, rather than being cut short in silence.
        if isText, bytes[start...].contains(0) {
            type = .text
            isText = false
        }
        // The one byte more also keeps an empty value apart from null, whose pointer is null.
        bytes.append(0)
        items.append(Item(type: type, isText: isText, start: start, length: length))
    }

    mutating func append(contentsOf other: PostgresBinds) {
        let shift = bytes.count
        bytes += other.bytes
        items += other.items.map {
            Item(type: $0.type, isText: $0.isText, start: $0.start + shift, length: $0.length)
        }
    }

    /// Calls `body` with the arrays that libpq's `PQsend…` functions take.
    func withArrays<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = items.map { item -> UnsafePointer<CChar>? in
                guard item.length != nil else { return nil }
                return base.map { $0 + item.start }
            }
            return body(values, items.map { Int32($0.length ?? 0) }, items.map { $0.isText ? 0 : 1 })
        }
    }
}
