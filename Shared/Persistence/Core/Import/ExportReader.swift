import Foundation

/// Reads an export piece by piece and gives its lines as fields by name, whatever the pieces cut in two.
public protocol ExportReader {
    /// Takes a piece, gives the lines that are complete with it.
    mutating func take(_ piece: [UInt8]) -> [ExportLine]
    /// The last line, where it does not end in a line break.
    mutating func finish() -> [ExportLine]
}

/// One line.
public struct ExportLine: Sendable {
    /// Counted from 1, the head of a table included.
    public let number: Int
    /// By the column's name in lower case; nil for what cannot be read.
    public let fields: [String: String]?
}

/// Comma, semicolon or tab, with or without quotes (RFC 4180); the first line names the columns.
public struct CSVReader: ExportReader {
    /// A line beyond it is none: the rest of the file is behind an open quote.
    public static let longestLine = 64 << 10
    private let longestLine: Int

    private var columns: [String]?
    private var separator = UInt8(ascii: ",")
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var isQuoted = false
    private var wasQuote = false
    private var length = 0
    private var isTooLong = false
    /// What has come before the end of the first line; nil once it is read.
    private var head: [UInt8]? = []
    private var number = 0

    /// - Parameter longestLine: in bytes.
    public init(longestLine: Int = CSVReader.longestLine) { self.longestLine = longestLine }

    /// See ``ExportReader``.
    public mutating func take(_ piece: [UInt8]) -> [ExportLine] {
        guard let head else { return read(piece[...]) }
        // The first line tells what separates; it is waited for.
        self.head = head + piece
        guard piece.contains(10) || head.count > longestLine else { return [] }
        return readHead()
    }

    private mutating func readHead() -> [ExportLine] {
        var text = (head ?? [])[...]
        head = nil
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        let names = text.prefix { $0 != 10 && $0 != 13 }
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].map { mark in (mark, names.count { $0 == mark }) }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? separator
        return read(text)
    }

    private mutating func read(_ piece: ArraySlice<UInt8>) -> [ExportLine] {
        var lines: [ExportLine] = []
        for byte in piece {
            length += 1
            if length > longestLine { isTooLong = true }
            if isQuoted {
                if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                    wasQuote = true
                } else if !isTooLong {
                    field.append(byte)
                } else if byte == 10 {
                    isQuoted = false
                    end(&lines)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                // Two within quotes are one; one opens a field.
                if wasQuote { field.append(byte) }
                isQuoted = wasQuote || field.isEmpty
                if !isQuoted { field.append(byte) }
                wasQuote = false
            case separator:
                wasQuote = false
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case 10:
                wasQuote = false
                end(&lines)
            case 13: wasQuote = false
            default:
                wasQuote = false
                if !isTooLong { field.append(byte) }
            }
        }
        return lines
    }

    /// See ``ExportReader``.
    public mutating func finish() -> [ExportLine] {
        var lines = head == nil ? [] : readHead()
        if length > 0 { end(&lines) }
        return lines
    }

    private mutating func end(_ lines: inout [ExportLine]) {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        defer {
            fields = []
            length = 0
            isTooLong = false
        }
        number += 1
        if fields.count == 1, fields[0].allSatisfy(\.isWhitespace), !isTooLong { return }
        guard let columns else {
            columns = fields.map { name in
                name.lowercased().filter { !$0.isNewline }.trimmingCharacters(in: .whitespaces)
            }
            return
        }
        guard !isTooLong, fields.count <= columns.count else {
            return lines.append(ExportLine(number: number, fields: nil))
        }
        lines.append(
            ExportLine(number: number, fields: Dictionary(zip(columns, fields)) { first, _ in first })
        )
    }
}

/// Objects, one after the other or in an array: NDJSON and JSON alike. Only what lies on the first level of an object is a
/// field.
public struct JSONLinesReader: ExportReader {
    private var object: [UInt8] = []
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    private var isTooLong = false
    private var number = 0

    /// At the beginning of an export.
    public init() {}

    /// See ``ExportReader``.
    public mutating func take(_ piece: [UInt8]) -> [ExportLine] {
        var lines: [ExportLine] = []
        for byte in piece {
            guard depth > 0 || byte == UInt8(ascii: "{") else { continue }
            if object.count < CSVReader.longestLine { object.append(byte) } else { isTooLong = true }
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { end(&lines) }
            default: break
            }
        }
        return lines
    }

    /// See ``ExportReader``.
    public mutating func finish() -> [ExportLine] {
        guard depth > 0 else { return [] }
        number += 1
        return [ExportLine(number: number, fields: nil)]
    }

    private mutating func end(_ lines: inout [ExportLine]) {
        number += 1
        lines.append(ExportLine(number: number, fields: isTooLong ? nil : FieldText.read(object)))
        object.removeAll(keepingCapacity: true)
        isTooLong = false
    }
}

/// One object a line (NDJSON). A line that is none is told with its number, and the next one is read.
public struct NDJSONReader: ExportReader {
    private let longestLine: Int
    private var line: [UInt8] = []
    private var isTooLong = false
    private var number = 0

    /// - Parameter longestLine: in bytes.
    public init(longestLine: Int) { self.longestLine = longestLine }

    /// See ``ExportReader``.
    public mutating func take(_ piece: [UInt8]) -> [ExportLine] {
        var lines: [ExportLine] = []
        var rest = piece[...]
        while let end = rest.firstIndex(of: 10) {
            add(rest[..<end])
            self.end(&lines)
            rest = rest[(end + 1)...]
        }
        add(rest)
        return lines
    }

    /// See ``ExportReader``.
    public mutating func finish() -> [ExportLine] {
        var lines: [ExportLine] = []
        if !line.isEmpty || isTooLong { end(&lines) }
        return lines
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        if line.count + bytes.count > longestLine { isTooLong = true } else { line += bytes }
    }

    private mutating func end(_ lines: inout [ExportLine]) {
        number += 1
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if !isTooLong, line.allSatisfy({ $0 <= 32 }) { return }
        lines.append(ExportLine(number: number, fields: isTooLong ? nil : FieldText.read(line)))
    }
}

/// A member's value as text; what is no plain value is left out. A list of texts is one text, see ``FieldText/separator``.
struct FieldText: Decodable {
    /// Stands between the texts of a list.
    static let separator = "\u{1F}"

    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else if let flag = try? container.decode(Bool.self) {
            text = String(flag)
        } else if let number = try? container.decode(Decimal.self) {
            text = number.description
        } else if let list = try? container.decode([String].self) {
            text = list.joined(separator: Self.separator)
        } else {
            text = nil
        }
    }

    static func read(_ object: [UInt8]) -> [String: String]? {
        guard let members = try? JSONDecoder().decode([String: FieldText].self, from: Data(object)) else { return nil }
        var fields: [String: String] = [:]
        for (name, field) in members { fields[name.lowercased()] = field.text }
        return fields
    }
}
