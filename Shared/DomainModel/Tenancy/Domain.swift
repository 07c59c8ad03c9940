/// A site's host name in its one normal form: lower case, no scheme, no `www.`, no port, no path, no final dot.
///
/// `https://WWW.Banner-Printing.co.uk/shop/` and `banner-printing.co.uk` are the same site, so they must be the same text.
public struct Domain: Hashable, Sendable {
    /// The normal form.
    public let name: String

    /// Normalises what a person typed.
    /// - Returns: nil when no host name of at least two labels is in it. Names outside of ASCII must come as punycode.
    public init?(_ text: String) {
        var rest = text.lowercased()[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        for scheme in ["https://", "http://", "//"] where rest.hasPrefix(scheme) {
            rest.removeFirst(scheme.count)
            break
        }
        if let end = rest.firstIndex(where: { "/?#".contains($0) }) { rest = rest[..<end] }
        if let colon = rest.firstIndex(of: ":") {
            guard let port = UInt16(rest[rest.index(after: colon)...]), port > 0 else { return nil }
            rest = rest[..<colon]
        }
        if rest.hasSuffix(".") { rest.removeLast() }
        if rest.hasPrefix("www."), rest.dropFirst(4).contains(".") { rest.removeFirst(4) }
        let labels = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, rest.utf8.count <= 253, labels.allSatisfy(Self.isLabel),
            labels.last?.utf8.contains(where: { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true
        else { return nil }
        name = String(rest)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}

extension Domain: CustomStringConvertible {
    /// The normal form.
    public var description: String { name }
}
