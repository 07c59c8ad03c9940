import Logging
import NIOConcurrencyHelpers

/// The last net under "a log line never holds a secret": it is not the rule, it catches the slip.
enum LogRedaction {
    /// Parts of metadata names whose values are never written.
    static let secretNames = [
        "password", "secret", "token", "authorization", "cookie", "api_key", "apikey", "private_key", "card",
    ]

    static func redact(_ value: Logger.MetadataValue, key: String) -> Logger.MetadataValue {
        if isSecret(key) { return "•••" }
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

    /// What was found of each name: they are few, stand in every line, and looking for words in them took a fifth of the
    /// gateway's time.
    private static let verdicts = NIOLockedValueBox<[String: Bool]>([:])

    private static func isSecret(_ key: String) -> Bool {
        if let known = verdicts.withLockedValue({ $0[key] }) { return known }
        let name = key.lowercased()
        let verdict = secretNames.contains { name.contains($0) }
        verdicts.withLockedValue { verdicts in
            // Names made up from input must not fill the memory.
            if verdicts.count >= 1_000 { verdicts.removeAll() }
            verdicts[key] = verdict
        }
        return verdict
    }

    /// Masks the passwords of URLs in a text, each word by itself.
    static func redact(_ text: String) -> String {
        // By bytes first: nearly every text ends here.
        guard text.utf8.contains(UInt8(ascii: "@")), text.contains("://") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { Mask.url(String($0)) }
            .joined(separator: " ")
    }
}
