import DomainModel

/// Holds a value against a schema and names every field that is wrong, not only the first.
extension Schema {
    func check(_ value: JSON) -> [String: String] {
        var errors: [String: String] = [:]
        check(value, at: "", into: &errors)
        return errors
    }

    var expected: String {
        switch self {
        case .boolean: return "true or false"
        case .integer(let range):
            if range.upperBound == .max {
                return range.lowerBound == .min ? "an integer" : "an integer of at least \(range.lowerBound)"
            }
            return "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number: return "a number"
        case .string(let text): return text.expected
        case .array(let element, let count):
            return "an array of \(count.lowerBound) to \(count.upperBound) values, each \(element.expected)"
        case .object, .map: return "an object"
        case .nullable(let schema): return schema.expected + ", or null"
        case .named(_, let schema): return schema.expected
        case .shape(let shape): return shape.expectation
        case .any: return "a JSON value"
        }
    }

    private func check(_ value: JSON, at path: String, into errors: inout [String: String]) {
        let wrong = { (errors: inout [String: String]) in errors[path.isEmpty ? "body" : path] = expected }
        switch self {
        case .boolean:
            if value.bool == nil { wrong(&errors) }
        case .integer(let range):
            guard let number = value.integer, range.contains(number) else { return wrong(&errors) }
        case .number:
            guard case .number = value else { return wrong(&errors) }
        case .string(let text):
            guard let string = value.string, text.accepts(string) else { return wrong(&errors) }
        case .array(let element, let count):
            guard let values = value.array, count.contains(values.count) else { return wrong(&errors) }
            for (index, value) in values.enumerated() {
                element.check(value, at: "\(path)[\(index)]", into: &errors)
            }
        case .object(let fields):
            guard case .object(let members) = value else { return wrong(&errors) }
            check(members, against: fields, at: path, into: &errors)
        case .map(let schema):
            guard case .object(let members) = value else { return wrong(&errors) }
            for (name, value) in members { schema.check(value, at: join(path, name), into: &errors) }
        case .nullable(let schema):
            if !value.isNull { schema.check(value, at: path, into: &errors) }
            if errors[path] != nil { errors[path] = expected }
        case .named(_, let schema):
            schema.check(value, at: path, into: &errors)
        case .shape(let shape):
            for fault in shape.faults(in: JSONValue(value), at: path) {
                errors[fault.field.isEmpty ? "body" : fault.field] = fault.message
            }
            if value.hasNUL { wrong(&errors) }
        case .any:
            if value.hasNUL { wrong(&errors) }
        }
    }

    private func check(
        _ members: [String: JSON],
        against fields: [Field],
        at path: String,
        into errors: inout [String: String]
    ) {
        for field in fields {
            if let value = members[field.name] {
                field.schema.check(value, at: join(path, field.name), into: &errors)
            } else if field.required {
                errors[join(path, field.name)] = "required: " + field.schema.expected
            }
        }
        guard members.count > 0 else { return }
        let known = Set(fields.map(\.name))
        for name in members.keys where !known.contains(name) {
            errors[join(path, name)] = "nothing: this field is not known here"
        }
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension JSON {
    /// PostgreSQL keeps no U+0000 in text or jsonb.
    fileprivate var hasNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains { $0.hasNUL }
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        default: false
        }
    }
}
