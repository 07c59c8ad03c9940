import Foundation

/// The readers that services use: each says in its error what it would have taken.
extension Settings {
    /// Free text.
    public func text(_ variable: String, default fallback: String? = nil) throws(ConfigurationError) -> String {
        try value(variable, expected: "a text", default: fallback) { $0 }
    }

    /// A whole number within a range.
    public func integer(
        _ variable: String,
        in range: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(ConfigurationError) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(variable, expected: expected, default: fallback) { Int($0).flatMap { range ~= $0 ? $0 : nil } }
    }

    /// A number of seconds, whole or with decimals, within a range.
    public func seconds(
        _ variable: String,
        in range: ClosedRange<Double>,
        default fallback: Duration? = nil
    ) throws(ConfigurationError) -> Duration {
        let expected = "a number of seconds from \(range.lowerBound) to \(range.upperBound)"
        return try value(variable, expected: expected, default: fallback) {
            Double($0).flatMap { range ~= $0 ? Duration.milliseconds(Int64($0 * 1000)) : nil }
        }
    }

    /// `true` or `false`, nothing else.
    public func flag(_ variable: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        try value(variable, expected: "true or false", default: fallback) { Bool($0) }
    }

    /// One of the raw values of an enum.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ variable: String,
        of type: Choice.Type = Choice.self,
        default fallback: Choice? = nil
    ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
        let expected = "one of " + type.allCases.map(\.rawValue).joined(separator: ", ")
        return try value(variable, expected: expected, default: fallback, shown: { $0.rawValue }) {
            type.init(rawValue: $0)
        }
    }

    /// A URL with one of the given schemes and a host. A password in it is masked where it is printed.
    public func url(
        _ variable: String,
        schemes: [String],
        default fallback: String? = nil
    ) throws(ConfigurationError) -> String {
        guard let text = try optionalURL(variable, schemes: schemes) else {
            guard let fallback else { throw .missing(variable, expected: Self.expected(schemes)) }
            note(variable, "\(Mask.url(fallback)) (default)")
            return fallback
        }
        return text
    }

    /// A URL that may be left out.
    public func optionalURL(_ variable: String, schemes: [String]) throws(ConfigurationError) -> String? {
        guard let raw = raw(variable, isSecret: false) else { return nil }
        guard let url = URL(string: raw), let scheme = url.scheme?.lowercased(), schemes.contains(scheme),
            url.host?.isEmpty == false
        else { throw .unreadable(variable, found: "\"\(Mask.url(raw))\"", expected: Self.expected(schemes)) }
        note(variable, Mask.url(raw))
        return raw
    }

    /// A secret text of a least length.
    public func secret(_ variable: String, minimumLength: Int = 1) throws(ConfigurationError) -> String {
        let expected = minimumLength > 1 ? "a secret of at least \(minimumLength) characters" : "a secret"
        return try value(variable, expected: expected, isSecret: true) { $0.count >= minimumLength ? $0 : nil }
    }

    /// A secret text that may be left out.
    public func optionalSecret(_ variable: String) throws(ConfigurationError) -> String? {
        guard raw(variable, isSecret: true) != nil else { return nil }
        return try secret(variable)
    }

    /// Secrets between commas; at least one. While one of them rotates there are two.
    public func secrets(_ variable: String) throws(ConfigurationError) -> [String] {
        try value(variable, expected: "one or more secrets, comma separated", isSecret: true) {
            let parts = $0.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            return parts.contains("") ? nil : parts
        }
    }

    /// A key in base64, with its length in bytes checked.
    public func key(_ variable: String, bytes: some RangeExpression<Int>) throws(ConfigurationError) -> [UInt8] {
        try value(variable, expected: Self.expected(bytes), isSecret: true) {
            Data(base64Encoded: $0).flatMap { bytes.contains($0.count) ? [UInt8]($0) : nil }
        }
    }

    /// A key that may be left out, such as the one before a rotation.
    public func optionalKey(
        _ variable: String,
        bytes: some RangeExpression<Int>
    ) throws(ConfigurationError) -> [UInt8]? {
        guard raw(variable, isSecret: true) != nil else { return nil }
        return try key(variable, bytes: bytes)
    }

    private static func expected(_ schemes: [String]) -> String {
        "a URL that begins with " + schemes.map { "\($0)://" }.joined(separator: " or ") + " and names a host"
    }

    private static func expected(_ bytes: some RangeExpression<Int>) -> String {
        switch bytes {
        case let exact as ClosedRange<Int> where exact.count == 1: "\(exact.lowerBound) bytes in base64"
        case let closed as ClosedRange<Int>: "\(closed.lowerBound) to \(closed.upperBound) bytes in base64"
        case let from as PartialRangeFrom<Int>: "at least \(from.lowerBound) bytes in base64"
        default: "a key in base64"
        }
    }
}
