/// What a JSON document must look like, said once: it checks a value, naming each fault by its path, and it prints
/// itself as a JSON schema (draft 2020-12), so that what is published is what is enforced.
public indirect enum Shape: Sendable {
    /// An object with these members and no others; members may be left out unless they are required.
    case object([Member])
    /// A list without repetitions.
    case list(of: Shape, atMost: Int)
    /// One of these words.
    case choice([String])
    /// A whole number.
    case integer(ClosedRange<Int64>)
    case boolean
    /// Text of at most so many characters, not empty.
    case text(atMost: Int)
    /// An amount of money as a decimal string, not negative, at most two decimals.
    case amount
    /// An ISO 3166-1 alpha-2 code in capitals.
    case country
    case email
    /// The shape, or null.
    case nullable(Shape)

    /// A named part of an object.
    public struct Member: Sendable {
        let name: String
        let isRequired: Bool
        let shape: Shape

        /// Names a part.
        public init(_ name: String, _ shape: Shape, required: Bool = false) {
            self.name = name
            self.isRequired = required
            self.shape = shape
        }
    }
}

/// One fault of a document: where, and what was expected there.
public struct FieldError: Error, Hashable, Sendable, Codable {
    /// `automation.content_types[1]`; empty for the whole document.
    public let field: String
    /// `expected an integer from 1 to 100`.
    public let message: String

    /// Names a fault.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// All faults of a document, in the order of its paths.
public struct InvalidDocument: Error, Hashable, Sendable {
    /// At least one.
    public let errors: [FieldError]

    /// Collects faults.
    public init(errors: [FieldError]) {
        self.errors = errors
    }
}

extension Shape {
    /// Every fault of a value, sorted by path; empty when it fits.
    public func faults(in value: JSONValue, at path: String = "") -> [FieldError] {
        switch (self, value) {
        case (.nullable, .null): return []
        case (.nullable(let shape), _): return shape.faults(in: value, at: path)
        case (.object(let members), .object(let given)): return faults(of: members, in: given, at: path)
        case (.list(let shape, let limit), .array(let items)): return faults(of: items, shape, limit, at: path)
        default:
            return isMet(by: value)
                ? [] : [FieldError(field: path, message: "expected \(expectation), found \(found(value))")]
        }
    }

    /// What is expected, for a person.
    public var expectation: String {
        switch self {
        case .object: "an object"
        case .list: "an array"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .text(let limit): "a text of 1 to \(limit) characters"
        case .amount: "an amount as a string such as \"250.00\""
        case .country: "a two-letter country code such as GB"
        case .email: "an e-mail address"
        case .nullable(let shape): shape.expectation + " or null"
        }
    }

    /// The published JSON schema of this shape.
    public var schema: JSONValue {
        switch self {
        case .object(let members):
            var schema: [String: JSONValue] = [
                "type": "object",
                "additionalProperties": false,
                "properties": .object(Dictionary(members.map { ($0.name, $0.shape.schema) }) { _, last in last }),
            ]
            let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { schema["required"] = .array(required) }
            return .object(schema)
        case .list(let shape, let limit):
            return [
                "type": "array", "items": shape.schema, "uniqueItems": true, "maxItems": .integer(Int64(limit)),
            ]
        case .choice(let words): return ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .boolean: return ["type": "boolean"]
        case .text(let limit): return ["type": "string", "minLength": 1, "maxLength": .integer(Int64(limit))]
        case .amount: return ["type": "string", "pattern": "^[0-9]{1,8}(\\.[0-9]{1,2})?$"]
        case .country: return ["type": "string", "pattern": "^[A-Z]{2}$"]
        case .email: return ["type": "string", "format": "email"]
        case .nullable(let shape): return ["anyOf": [shape.schema, ["type": "null"]]]
        }
    }

    private func isMet(by value: JSONValue) -> Bool {
        switch (self, value) {
        case (.choice(let words), .string(let text)): words.contains(text)
        case (.integer(let range), .integer(let number)): range.contains(number)
        case (.boolean, .bool): true
        case (.text(let limit), .string(let text)): (1...limit).contains(text.count)
        case (.amount, .string(let text)): Self.isAmount(text)
        case (.country, .string(let text)):
            text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        case (.email, .string(let text)): EmailAddress(text) != nil
        default: false
        }
    }

    private static func isAmount(_ text: String) -> Bool {
        guard let decimal = DecimalText(text), !text.hasPrefix("-") else { return false }
        return decimal.scale <= 2 && text.prefix { $0 != "." }.count <= 8
    }

    private func found(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text.count <= 40 ? "\"\(text)\"" : "a string of \(text.count) characters"
        case .integer(let number): String(number)
        case .bool(let bool): String(bool)
        default: value.kind
        }
    }

    private func faults(of members: [Member], in given: [String: JSONValue], at path: String) -> [FieldError] {
        var faults: [FieldError] = []
        let prefix = path.isEmpty ? "" : path + "."
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let member = members.first(where: { $0.name == name }) else {
                let known = members.map(\.name).joined(separator: ", ")
                faults.append(FieldError(field: prefix + name, message: "unknown field; expected one of \(known)"))
                continue
            }
            faults += member.shape.faults(in: value, at: prefix + name)
        }
        for member in members where member.isRequired && given[member.name] == nil {
            faults.append(
                FieldError(field: prefix + member.name, message: "missing; expected \(member.shape.expectation)")
            )
        }
        return faults
    }

    private func faults(of items: [JSONValue], _ shape: Shape, _ limit: Int, at path: String) -> [FieldError] {
        guard items.count <= limit else {
            return [FieldError(field: path, message: "expected at most \(limit) items, found \(items.count)")]
        }
        var seen: Set<JSONValue> = []
        return items.enumerated().flatMap { index, item in
            let place = "\(path)[\(index)]"
            guard seen.insert(item).inserted else {
                return [FieldError(field: place, message: "expected each item once, found \(found(item)) again")]
            }
            return shape.faults(in: item, at: place)
        }
    }
}
