/// A JSON value as a client sent it. Numbers keep their digits: money never passes through a binary float.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    static let emptyObject = JSON.object([:])

    subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// An integer however it is spelled (`7`, `7.0`, `7e0` are one number in JSON Schema).
    var integer: Int64? {
        guard case .number(let digits) = self else { return nil }
        if let value = Int64(digits) { return value }
        guard digits.utf8.count <= 40, let value = Double(digits), value.rounded() == value, abs(value) < 9e15 else {
            return nil
        }
        return Int64(value)
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var array: [JSON]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    var isNull: Bool { self == .null }

    /// What the value is, in the words of an error message.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON {
    /// RFC 7396: members of the patch replace, null removes, objects merge.
    func merged(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members: [String: JSON] = [:]
        if case .object(let present) = self { members = present }
        for (key, change) in changes {
            members[key] = change.isNull ? nil : (members[key] ?? .null).merged(with: change)
        }
        return .object(members)
    }
}
