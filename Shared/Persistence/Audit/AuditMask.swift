import DomainModel

/// Keeps secrets out of the audit log, also where a caller passes a whole document: the log cannot be cleaned afterwards.
enum AuditMask {
    /// The document with the value of every member that is named like a secret replaced.
    static func masking(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(masking(members))
        case .array(let items): .array(items.map(masking))
        case .null, .bool, .integer, .number, .string: value
        }
    }

    /// The members, with those that are named like a secret replaced.
    static func masking(_ members: [String: JSONValue]) -> [String: JSONValue] {
        Dictionary(
            uniqueKeysWithValues: members.map { name, value in
                (name, isSecret(name) ? .string("•••") : masking(value))
            }
        )
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) }
    }

    /// What the names of secrets contain.
    private static let words = [
        "password", "secret", "token", "authorization", "api_key", "apikey", "private_key", "credential", "cookie",
        "cvc",
        "card_number",
    ]
}
