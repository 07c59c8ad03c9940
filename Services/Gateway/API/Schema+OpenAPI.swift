import DomainModel

/// The schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks.
extension Schema {
    var openAPI: JSON {
        switch self {
        case .boolean:
            return ["type": "boolean"]
        case .integer(let range):
            var members: [String: JSON] = ["type": "integer"]
            if range.lowerBound != .min { members["minimum"] = .number(String(range.lowerBound)) }
            members["maximum"] = .number(String(range.upperBound))
            return .object(members)
        case .number:
            return ["type": "number"]
        case .string(let text):
            return text.openAPI
        case .array(let element, let count):
            return [
                "type": "array", "items": element.openAPI, "minItems": .number(String(count.lowerBound)),
                "maxItems": .number(String(count.upperBound)),
            ]
        case .object(let fields):
            return .object(fields: fields)
        case .map(let schema):
            return ["type": "object", "additionalProperties": schema.openAPI]
        case .nullable(let schema):
            return ["anyOf": [schema.openAPI, ["type": "null"]]]
        case .named(let name, _):
            return ["$ref": .string("#/components/schemas/" + name)]
        case .shape(let shape):
            return JSON(shape.schema)
        case .any:
            return [:]
        }
    }

    /// The named schemas in and below this one.
    func collect(into names: inout [String: Schema]) {
        switch self {
        case .named(let name, let schema):
            guard names[name] == nil else { return }
            names[name] = schema
            schema.collect(into: &names)
        case .array(let schema, _), .map(let schema), .nullable(let schema):
            schema.collect(into: &names)
        case .object(let fields):
            for field in fields { field.schema.collect(into: &names) }
        case .boolean, .integer, .number, .string, .shape, .any:
            break
        }
    }
}

extension Text {
    fileprivate var openAPI: JSON {
        var members: [String: JSON] = ["type": "string"]
        if !values.isEmpty {
            members["enum"] = .array(values.map { .string($0) })
            return .object(members)
        }
        if length.lowerBound > 0 { members["minLength"] = .number(String(length.lowerBound)) }
        members["maxLength"] = .number(String(length.upperBound))
        if let name = format?.name { members["format"] = .string(name) }
        if let pattern = format?.pattern { members["pattern"] = .string(pattern) }
        return .object(members)
    }
}

extension JSON {
    fileprivate static func object(fields: [Schema.Field]) -> JSON {
        var properties: [String: JSON] = [:]
        for field in fields {
            guard let note = field.note else {
                properties[field.name] = field.schema.openAPI
                continue
            }
            // A description beside a $ref is allowed in 3.1.
            guard case .object(var members) = field.schema.openAPI else { continue }
            members["description"] = .string(note)
            properties[field.name] = .object(members)
        }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(fields.filter(\.required).map { .string($0.name) }), "additionalProperties": false,
        ]
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
