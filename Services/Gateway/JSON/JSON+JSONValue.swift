import DomainModel
import Foundation

/// The domain's documents and ours: the same trees, but that the domain has no need of a number's digits.
extension JSONValue {
    init(_ value: JSON) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let digits): self = value.integer.map { .integer($0) } ?? .number(Double(digits) ?? .nan)
        case .string(let text): self = .string(text)
        case .array(let values): self = .array(values.map { JSONValue($0) })
        case .object(let members): self = .object(members.mapValues { JSONValue($0) })
        }
    }
}

extension JSON {
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .number(String(number))
        case .number(let number): self = .number(String(number))
        case .string(let text): self = .string(text)
        case .array(let values): self = .array(values.map { JSON($0) })
        case .object(let members): self = .object(members.mapValues { JSON($0) })
        }
    }

    /// Decodes a checked value as one of the domain's types.
    func decode<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
