import DomainModel
import Foundation

/// A kind of rows that the core may send: its fields, what they must look like, and where they go. All that differs between
/// kinds stands in ``all``; reading, checking and writing is the same for each.
public struct CoreKind: Sendable {
    /// As `?kind=` names it.
    public let name: String
    let table: String
    let fields: [CoreField]
    var references: [CoreReference] = []
    /// What makes two rows the same, as columns of what was given and found: `home_id, url`.
    let identity: String
    /// The conflict target.
    let conflict: String
    /// Finds the row as it is, for fields that a row leaves out; nil where all that is left out has its default.
    var old: String?
    /// Columns that are written beside the fields: `fetched_at`.
    var always: [(column: String, value: String)] = []
    /// What must hold between fields.
    var check: @Sendable ([String: String]) -> (field: String, message: String)? = { _ in nil }

    /// A kind by its name.
    public static func named(_ name: String) -> CoreKind? { all.first { $0.name == name } }

    /// All names.
    public static var names: [String] { all.map(\.name) }

    /// Where the row belongs: one of the first two is needed.
    static let home: [CoreField] = [
        CoreField("site", .text(253)), CoreField("site_id", .integer(1...Int64.max)),
        CoreField("account_id", .integer(1...Int64.max)),
    ]

    /// Checks a line and brings its values into the form that the database reads.
    public func read(_ line: ExportLine) throws(CoreRowRefusal) -> CoreRow {
        guard let given = line.fields else { throw CoreRowRefusal(line: line.number, nil, "a line that can be read") }
        var values: [String: String] = [:]
        for field in Self.home + fields {
            guard let text = given[field.name], !text.isEmpty else {
                if field.isRequired { throw CoreRowRefusal(line: line.number, field.name, "a value") }
                continue
            }
            guard let value = field.form.read(text) else {
                throw CoreRowRefusal(line: line.number, field.name, field.form.expected)
            }
            values[field.name] = value
        }
        guard values["site"] != nil || values["site_id"] != nil else {
            throw CoreRowRefusal(line: line.number, "site", "the site's domain, or its id as site_id")
        }
        let known = Set((Self.home + fields).map(\.name))
        if let strange = given.keys.filter({ !known.contains($0) }).min() {
            throw CoreRowRefusal(line: line.number, strange, "nothing: this field is not known here")
        }
        if let (field, message) = check(values) { throw CoreRowRefusal(line: line.number, field, message) }
        return CoreRow(line: line.number, values: values)
    }
}

/// A row that is refused before the database sees it.
public struct CoreRowRefusal: Error {
    /// Why.
    public let fault: CoreRowFault

    init(line: Int, _ field: String?, _ expected: String) {
        fault = CoreRowFault(line: line, field: field, message: "expected \(expected)")
    }
}

/// A row that may be written.
public struct CoreRow: Sendable {
    /// Where it stood.
    public let line: Int
    let values: [String: String]

    /// About what it takes in memory.
    public var bytes: Int { values.reduce(64) { $0 + $1.value.utf8.count } }
}

/// A field of a kind.
struct CoreField: Sendable {
    let name: String
    let form: Form
    let isRequired: Bool
    /// The column it goes to; nil where it only helps to find another row.
    let column: String?
    /// In SQL, for what is left out.
    let fallback: String

    init(
        _ name: String,
        _ form: Form,
        required: Bool = false,
        column: String? = nil,
        or fallback: String = "null"
    ) {
        self.name = name
        self.form = form
        isRequired = required
        self.column = column
        self.fallback = fallback
    }

    /// A field that is a column of the same name.
    static func column(_ name: String, _ form: Form, required: Bool = false, or fallback: String = "null") -> CoreField
    {
        CoreField(name, form, required: required, column: name, or: fallback)
    }

    /// The value in SQL, of a row called `entry`.
    func value(of row: String) -> String {
        switch form {
        case .text, .url, .word: "\(row).\(name)"
        case .integer: "\(row).\(name)::bigint"
        case .decimal: "\(row).\(name)::numeric"
        case .day: "\(row).\(name)::date"
        case .moment: "\(row).\(name)::timestamptz"
        case .list: "string_to_array(\(row).\(name), chr(31))"
        }
    }

    /// What a value must look like.
    enum Form: Sendable {
        /// At most so many characters.
        case text(Int)
        case url
        case word([String])
        case integer(ClosedRange<Int64>)
        /// Not negative, at most, digits after the point.
        case decimal(Int, scale: Int)
        case day
        case moment
        case list

        static let count = Form.integer(0...Int64(Int32.max))

        var expected: String {
            switch self {
            case .text(let most): "a text of at most \(most) characters"
            case .url: "an address that begins with http:// or https://, of 8 to 2048 characters"
            case .word(let words): "one of " + words.joined(separator: ", ")
            case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
            case .decimal(let most, let scale): "a number from 0 to \(most) with at most \(scale) decimals that count"
            case .day: "a day like 2026-09-17"
            case .moment: "a moment like 2026-09-17T08:00:00Z"
            case .list: "a list of texts"
            }
        }

        /// The value as the database reads it; nil for one that is none.
        func read(_ text: String) -> String? {
            guard !text.utf8.contains(0) else { return nil }
            let bare = text.trimmingCharacters(in: .whitespaces)
            switch self {
            case .text(let most): return text.unicodeScalars.count <= most ? text : nil
            case .url:
                let isAddress = bare.hasPrefix("http://") || bare.hasPrefix("https://")
                return isAddress && (8...2_048).contains(bare.unicodeScalars.count) ? bare : nil
            case .word(let words): return words.contains(bare) ? bare : nil
            case .integer(let range):
                // Figures of others come as 12.0 as well.
                let whole = bare.hasSuffix(".0") ? String(bare.dropLast(2)) : bare
                return Int64(whole).flatMap { range.contains($0) ? String($0) : nil }
            case .decimal(let most, _):
                guard bare.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 || $0 == 101 || $0 == 69 || $0 == 45 }),
                    let number = Decimal(string: bare), !number.isNaN, number >= 0, number <= Decimal(most)
                else { return nil }
                return number.description
            case .day: return CalendarDay(bare) == nil ? nil : bare
            case .moment:
                let whole = try? Date(bare, strategy: .iso8601)
                let parted = try? Date(bare, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                return (whole ?? parted).map { $0.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
            case .list: return bare.replacing("|", with: FieldText.separator)
            }
        }
    }
}

/// Another row that a row names.
struct CoreReference: Sendable {
    /// The column it goes to, and how it is called among the rows that were found.
    let column: String
    /// What is told of when it is not found.
    let field: String
    /// One row with `id`, from what was given (`entry`) and found before it.
    let query: String
    /// Whether a row may leave it out.
    var isOptional = false
    /// False where it only helps to find the next.
    var isWritten = true
}
