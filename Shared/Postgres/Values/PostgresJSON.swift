import FoundationEssentials

/// A `jsonb` value as its text.
public struct PostgresJSON: Hashable, Sendable {
    /// UTF-8 text of one JSON value.
    public var bytes: [UInt8]

    /// Takes text that is JSON already; the server refuses what is not.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Encodes `value`: keys sorted, dates as ISO 8601 to the microsecond.
    /// - Throws: what the value's `encode(to:)` throws.
    public init(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(ServerTimestamp(date).text)
        }
        bytes = Array(try encoder.encode(value))
    }

    /// Made once: making one costs as much as decoding a job's payload with it.
    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let timestamp = ServerTimestamp(text: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a moment in UTC")
            }
            return timestamp.date
        }
        return decoder
    }()

    /// Decodes what ``init(_:)`` wrote.
    /// - Throws: `DecodingError`.
    public func decode<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        try Self.decoder.decode(Value.self, from: Data(bytes))
    }
}

extension PostgresJSON: PostgresCodable {
    /// `jsonb`.
    public static var postgresType: PostgresType { .jsonb }

    /// Appends the format's version, 1, and the text.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.append(contentsOf: self.bytes)
    }

    /// The JSON text.
    public var postgresText: String { String(decoding: bytes, as: UTF8.self) }

    /// Reads `jsonb` and `json`.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> PostgresJSON {
        switch cell.type {
        case .jsonb: PostgresJSON(bytes: Array(cell.bytes.dropFirst()))
        case .json: PostgresJSON(bytes: Array(cell.bytes))
        default: throw .unexpected(cell.type, as: PostgresJSON.self)
        }
    }
}
