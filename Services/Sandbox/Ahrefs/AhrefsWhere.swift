import DomainModel
import FoundationEssentials

/// The `where` of a list: `{"and": […]}`, `{"or": […]}`, `{"not": …}`, `{"field": "is_dofollow", "is": ["eq", true]}`.
indirect enum AhrefsWhere: Sendable {
    case all([AhrefsWhere])
    case any([AhrefsWhere])
    case not(AhrefsWhere)
    case field(String, operation: String, AhrefsJSON)

    init(_ text: String) throws(AhrefsProblem) {
        guard let value = try? JSONDecoder().decode(AhrefsJSON.self, from: Data(text.utf8)) else {
            throw AhrefsProblem(400, "bad where: not a JSON document")
        }
        self = try Self.read(value)
    }

    private static func read(_ value: AhrefsJSON) throws(AhrefsProblem) -> AhrefsWhere {
        guard let members = value.members else { throw AhrefsProblem(400, "bad where: expected an object") }
        if case .array(let parts)? = members["and"] { return .all(try parts.map(read)) }
        if case .array(let parts)? = members["or"] { return .any(try parts.map(read)) }
        if let part = members["not"] { return .not(try read(part)) }
        guard case .string(let name)? = members["field"] else { throw AhrefsProblem(400, "bad where: no field") }
        switch members["is"] {
        case .string(let bare)? where ["empty", "is_null"].contains(bare):
            return .field(name, operation: bare, .null)
        case .array(let pair)? where pair.count == 2:
            guard case .string(let operation) = pair[0], operations.contains(operation) else { fallthrough }
            return .field(name, operation: operation, pair[1])
        default:
            throw AhrefsProblem(400, "bad where: \(name) has no condition that is known")
        }
    }

    private static let operations: Set<String> = [
        "eq", "neq", "gt", "gte", "lt", "lte", "substring", "isubstring", "prefix", "suffix",
    ]

    /// The fields it names: they are paid for.
    var fields: [String] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.fields)
        case .not(let part): part.fields
        case .field(let name, _, _): [name]
        }
    }

    func holds(_ row: [String: AhrefsJSON]) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(row) }
        case .any(let parts): parts.contains { $0.holds(row) }
        case .not(let part): !part.holds(row)
        case .field(let name, let operation, let wanted): Self.compare(row[name] ?? .null, operation, wanted)
        }
    }

    private static func compare(_ value: AhrefsJSON, _ operation: String, _ wanted: AhrefsJSON) -> Bool {
        switch operation {
        case "eq": return value == wanted || number(value).map { $0 == number(wanted) } ?? false
        case "neq": return !compare(value, "eq", wanted)
        case "is_null": return value == .null
        case "empty": return value == .string("") || value == .array([])
        default: break
        }
        if let left = number(value), let right = number(wanted) { return ordered(left, operation, right) }
        guard case .string(let left) = value, case .string(let right) = wanted else { return false }
        return switch operation {
        case "substring": left.contains(right)
        case "isubstring": left.lowercased().contains(right.lowercased())
        case "prefix": left.hasPrefix(right)
        case "suffix": left.hasSuffix(right)
        default: ordered(left, operation, right)
        }
    }

    private static func ordered<Value: Comparable>(_ left: Value, _ operation: String, _ right: Value) -> Bool {
        switch operation {
        case "gt": left > right
        case "gte": left >= right
        case "lt": left < right
        case "lte": left <= right
        default: false
        }
    }

    private static func number(_ value: AhrefsJSON) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

/// A refusal in Ahrefs' words.
struct AhrefsProblem: Error, Sendable {
    let status: Int
    let sentence: String

    init(_ status: Int, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }
}
