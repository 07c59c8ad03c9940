import Logging

/// The last net under "a log line never holds a secret": it is not the rule, it catches the slip.
enum LogRedaction {
    /// Parts of metadata names whose values are never written.
    static let secretNames = [
        "password", "secret", "token", "authorization", "cookie", "api_key", "apikey", "private_key", "card",
    ]

    static func redact(_ value: Logger.MetadataValue, key: String) -> Logger.MetadataValue {
        let name = key.lowercased()
        if secretNames.contains(where: { name.contains($0) }) { return "•••" }
        switch value {
        case .string(let text): return .string(redact(text))
        case .stringConvertible(let convertible):
            if convertible is any Numeric || convertible is Bool { return value }
            return .string(redact("\(convertible)"))
        case .array(let values): return .array(values.map { redact($0, key: "") })
        case .dictionary(let values):
            return .dictionary(
                Dictionary(uniqueKeysWithValues: values.map { ($0.key, redact($0.value, key: $0.key)) })
            )
        }
    }

    /// Masks the passwords of URLs in a text, each word by itself.
    static func redact(_ text: String) -> String {
        guard text.contains("://"), text.contains("@") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { Mask.url(String($0)) }
            .joined(separator: " ")
    }
}
