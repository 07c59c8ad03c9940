import DomainModel

/// What a JSON value must look like: read by the body reader, by the OpenAPI document, by the reader of a route.
indirect enum Schema: Sendable {
    case boolean
    case integer(ClosedRange<Int64> = 1...Int64.max)
    /// Any JSON number.
    case number
    case string(Text)
    case array(Schema, count: ClosedRange<Int> = 0...1000)
    case object([Field])
    /// An object with names of its own choosing, each value alike.
    case map(Schema)
    case nullable(Schema)
    /// A schema told once under `components/schemas`.
    case named(String, Schema)
    /// A document whose shape the domain itself has said.
    case shape(Shape)
    /// Any JSON value, kept as it is.
    case any

    struct Field: Sendable {
        let name: String
        let schema: Schema
        let required: Bool
        let note: String?

        static func required(_ name: String, _ schema: Schema, _ note: String? = nil) -> Field {
            Field(name: name, schema: schema, required: true, note: note)
        }

        static func optional(_ name: String, _ schema: Schema, _ note: String? = nil) -> Field {
            Field(name: name, schema: schema, required: false, note: note)
        }
    }

    /// The fields of an object, through names and nullability.
    var fields: [Field] {
        switch self {
        case .object(let fields): fields
        case .named(_, let schema), .nullable(let schema): schema.fields
        default: []
        }
    }

    /// The same object for a merge patch: nothing required.
    var patch: Schema {
        .object(fields.map { .optional($0.name, $0.schema, $0.note) })
    }
}

extension Schema {
    static func text(_ length: ClosedRange<Int>) -> Schema { .string(Text(length: length)) }
    static func text(max: Int) -> Schema { .string(Text(length: 0...max)) }
    static func name(max: Int = 200) -> Schema { .string(Text(length: 1...max, format: .name)) }
    static func oneOf(_ values: [String]) -> Schema { .string(Text(length: 1...64, values: values)) }
    static func oneOf<State: CaseIterable & RawRepresentable>(_ type: State.Type) -> Schema
    where State.RawValue == String { oneOf(type.allCases.map(\.rawValue)) }
    static func formatted(_ format: TextFormat, max: Int = 200) -> Schema {
        .string(Text(length: 1...max, format: format))
    }

    static let id = Schema.integer(1...Int64.max)
    static let count = Schema.integer(0...Int64.max)
    static let money = Schema.formatted(.money, max: 16)
    static let currency = Schema.formatted(.currency, max: 3)
    static let email = Schema.formatted(.email, max: 254)
    static let domain = Schema.formatted(.domain, max: 253)
    static let url = Schema.formatted(.url, max: 2000)
    static let timeZone = Schema.formatted(.timeZone, max: 64)
    static let day = Schema.formatted(.day, max: 10)
    static let month = Schema.formatted(.month, max: 7)
    static let time = Schema.formatted(.time, max: 40)
}

/// The rules of a string: length in characters, a closed set, or a format.
struct Text: Sendable {
    var length: ClosedRange<Int>
    var values: [String] = []
    var format: TextFormat?

    var expected: String {
        if !values.isEmpty { return "one of " + values.joined(separator: ", ") }
        let size =
            length.lowerBound == 0
            ? "at most \(length.upperBound) characters"
            : "\(length.lowerBound) to \(length.upperBound) characters"
        return format.map { "\($0.expected), \(size)" } ?? "a string of \(size)"
    }

    func accepts(_ text: String) -> Bool {
        if !values.isEmpty { return values.contains(text) }
        return length.contains(text.unicodeScalars.count) && !text.utf8.contains(0) && (format?.accepts(text) ?? true)
    }
}
