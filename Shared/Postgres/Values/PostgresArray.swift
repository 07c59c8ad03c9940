/// The element of an array column. The defaults do for every ``PostgresEncodable`` and ``PostgresDecodable`` type;
/// `UInt8` differs, because an array of it is a `bytea`.
public protocol PostgresArrayElement: Sendable {
    /// The type of the whole array.
    static var postgresArrayType: PostgresType { get }

    /// Appends the array in binary format.
    static func encode(array: [Self], into bytes: inout [UInt8])

    /// The array as the server would print it.
    static func text(array: [Self]) -> String

    /// Reads the whole array.
    static func decodeArray(_ cell: PostgresCell) throws(PostgresMismatch) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    /// The array type, or `bytea` for bytes.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Appends the array in binary format.
    public func encode(into bytes: inout [UInt8]) { Element.encode(array: self, into: &bytes) }

    /// The array as the server would print it.
    public var postgresText: String { Element.text(array: self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Reads the whole array.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> [Element] {
        try Element.decodeArray(cell)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresEncodable & PostgresDecodable {}

extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    /// The type of one element.
    private static var elementType: PostgresType { postgresType == .unspecified ? .text : postgresType }

    /// The array type of the element's type.
    public static var postgresArrayType: PostgresType { elementType.array }

    /// Appends a one-dimensional array: dimensions, whether it has nulls, element type, length, first index, elements.
    public static func encode(array: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(array.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(array.contains(where: \.isPostgresNull) ? 1 : 0))
        bytes.append(bigEndian: elementType.rawValue)
        if array.isEmpty { return }
        bytes.append(bigEndian: Int32(array.count))
        bytes.append(bigEndian: Int32(1))
        for element in array {
            let place = bytes.count
            bytes.append(bigEndian: Int32(-1))
            if element.isPostgresNull { continue }
            element.encode(into: &bytes)
            let length = Int32(bytes.count - place - 4)
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
        }
    }

    /// `{"one","two",NULL}`.
    public static func text(array: [Self]) -> String {
        let elements = array.map { element -> String in
            if element.isPostgresNull { return "NULL" }
            var quoted = "\""
            for character in element.postgresText.unicodeScalars {
                if character == "\"" || character == "\\" { quoted += "\\" }
                quoted.unicodeScalars.append(character)
            }
            return quoted + "\""
        }
        return "{" + elements.joined(separator: ",") + "}"
    }

    /// Reads a one-dimensional array.
    public static func decodeArray(_ cell: PostgresCell) throws(PostgresMismatch) -> [Self] {
        let bytes = cell.bytes
        guard bytes.count >= 12 else { throw .unexpected(cell.type, as: [Self].self) }
        let dimensions = bytes.bigEndian(as: Int32.self)
        let type = PostgresType(rawValue: bytes.bigEndian(at: 8))
        if dimensions == 0 { return [] }
        guard dimensions == 1, bytes.count >= 20 else { throw .unexpected(cell.type, as: [Self].self) }
        let count = Int(bytes.bigEndian(at: 12, as: Int32.self))
        var array: [Self] = []
        array.reserveCapacity(min(count, bytes.count / 4))
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { throw .unexpected(cell.type, as: [Self].self) }
            let length = Int(bytes.bigEndian(at: offset, as: Int32.self))
            offset += 4
            guard length >= 0 else {
                array.append(try decodeNull())
                continue
            }
            guard offset + length <= bytes.count else { throw .unexpected(cell.type, as: [Self].self) }
            let element = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            array.append(try decode(PostgresCell(bytes: element, type: type)))
            offset += length
        }
        return array
    }
}

extension UInt8: PostgresArrayElement {
    /// `bytea`.
    public static var postgresArrayType: PostgresType { .bytea }

    /// Appends the bytes as they are.
    public static func encode(array: [UInt8], into bytes: inout [UInt8]) { bytes.append(contentsOf: array) }

    /// `\x` and hexadecimal digits.
    public static func text(array: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return "\\x" + String(decoding: array.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads `bytea`, and the UTF-8 bytes of textual types.
    public static func decodeArray(_ cell: PostgresCell) throws(PostgresMismatch) -> [UInt8] {
        switch cell.type {
        case .bytea: Array(cell.bytes)
        case .jsonb: Array(cell.bytes.dropFirst())
        case let type where type.isTextual: Array(cell.bytes)
        default: throw .unexpected(cell.type, as: [UInt8].self)
        }
    }
}
