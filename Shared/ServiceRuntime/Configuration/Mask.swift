import Foundation

/// How a secret is shown where it cannot be avoided: never its characters.
public enum Mask {
    /// The place of a secret, with its length: enough to see that it is empty or cut short.
    public static func secret(_ value: String) -> String { "••• (\(value.count) characters)" }

    /// A URL whose password, if it has one, is masked: `postgresql://igny8_service:•••@127.0.0.1/igny8`.
    public static func url(_ value: String) -> String {
        guard let scheme = value.range(of: "://") else { return value }
        let rest = value[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return value
        }
        return value[..<rest.index(after: colon)] + "•••" + value[at...]
    }
}
