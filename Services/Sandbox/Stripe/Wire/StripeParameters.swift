/// The parameters of one call: each is taken by name, and `finish()` refuses what nobody took, as Stripe does.
struct StripeParameters: Sendable {
    fileprivate var fields: [String: FormValue]
    private let path: String

    init(_ fields: [String: FormValue], path: String = "") {
        self.fields = fields
        self.path = path
    }

    var isEmpty: Bool { fields.isEmpty }

    mutating func string(_ name: String) throws(StripeError) -> String? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .text(let text): return text.isEmpty ? nil : text
        default: throw .invalid("Invalid string: \(full(name))", param: full(name))
        }
    }

    /// Absent, emptied (`name=`), or a value: an update must tell these apart.
    mutating func change(_ name: String) throws(StripeError) -> StripeChange<String> {
        guard fields[name] != nil else { return .keep }
        return if let text = try string(name) { .set(text) } else { .clear }
    }

    mutating func required(_ name: String) throws(StripeError) -> String {
        guard let text = try string(name) else { throw .missing(full(name)) }
        return text
    }

    mutating func integer(_ name: String) throws(StripeError) -> Int64? {
        guard let text = try string(name) else { return nil }
        guard let number = Int64(text) else { throw .invalidInteger(text, param: full(name)) }
        return number
    }

    mutating func boolean(_ name: String) throws(StripeError) -> Bool? {
        switch try string(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let other?: throw .invalid("Invalid boolean: \(other)", param: full(name))
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of _: Choice.Type
    ) throws(StripeError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("Invalid \(full(name)): must be one of \(known)", param: full(name))
        }
        return choice
    }

    mutating func object(_ name: String) throws(StripeError) -> StripeParameters? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .object(let inner): return StripeParameters(inner, path: full(name))
        case .text(""): return StripeParameters([:], path: full(name))
        default: throw .invalid("Invalid object", param: full(name))
        }
    }

    mutating func strings(_ name: String) throws(StripeError) -> [String]? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .text(""): return []
        case .list(let items):
            var strings: [String] = []
            for item in items {
                guard case .text(let text) = item else { throw .invalid("Invalid array", param: full(name)) }
                strings.append(text)
            }
            return strings
        default: throw .invalid("Invalid array", param: full(name))
        }
    }

    /// `metadata[key]=value` sets, `metadata[key]=` removes, `metadata=` removes all.
    mutating func metadata(onto old: [String: String] = [:]) throws(StripeError) -> [String: String] {
        switch fields.removeValue(forKey: "metadata") {
        case nil: return old
        case .text(""): return [:]
        case .object(let changes): return try merged(changes, onto: old)
        case .list(let items):
            let changes = items.enumerated().map { ("\($0.offset)", $0.element) }
            return try merged(Dictionary(uniqueKeysWithValues: changes), onto: old)
        default: throw .invalid("Invalid hash", param: full("metadata"))
        }
    }

    private func merged(
        _ changes: [String: FormValue],
        onto old: [String: String]
    ) throws(StripeError) -> [String: String] {
        var metadata = old
        for (key, value) in changes {
            let param = full("metadata[\(key)]")
            guard case .text(let text) = value else { throw .invalid("Invalid string", param: param) }
            guard key.utf8.count <= 40, text.utf8.count <= 500 else {
                throw .invalid("Metadata keys hold up to 40 characters and values up to 500", param: param)
            }
            metadata[key] = text.isEmpty ? nil : text
        }
        guard metadata.count <= 50 else { throw .invalid("Metadata holds up to 50 keys", param: full("metadata")) }
        return metadata
    }

    /// Takes parameters that have no bearing on what this sandbox plays, so that a true client is not refused.
    mutating func ignore(_ names: String...) {
        for name in names { fields.removeValue(forKey: name) }
    }

    func finish() throws(StripeError) {
        guard let unknown = fields.keys.min() else { return }
        throw .unknownParameter(full(unknown))
    }

    func full(_ name: String) -> String { path.isEmpty ? name : "\(path)[\(name)]" }
}

enum StripeChange<Value: Sendable>: Sendable {
    case keep
    case clear
    case set(Value)

    func applied(to old: Value?) -> Value? {
        switch self {
        case .keep: old
        case .clear: nil
        case .set(let value): value
        }
    }
}

extension StripeParameters {
    func names(_ any: [String]) -> Bool { any.contains { fields[$0] != nil } }

    func isNested(_ name: String) -> Bool {
        if case .object = fields[name] { true } else { false }
    }
}
