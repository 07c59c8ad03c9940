/// A host name that a brand's pages are served under, exactly as browsers ask for it: lower case, punycode, no final dot.
///
/// Unlike a site's ``Domain``, `www.agency.example` and `agency.example` are two of them.
public struct BrandDomain: Hashable, Sendable {
    /// The normal form.
    public let name: String

    /// Normalises what a person typed or a browser asked for: `Berichte.Bücher.example.` is
    /// `berichte.xn--bcher-kva.example`.
    /// - Returns: nil for what is no host name of at least two labels: an address, a port, a path, a number.
    public init?(_ text: String) {
        var rest = text.lowercased()[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        var labels: [String] = []
        for label in rest.split(omittingEmptySubsequences: false, whereSeparator: { ".。．｡".contains($0) }) {
            guard let ascii = Punycode.ascii(String(label)) else { return nil }
            labels.append(ascii)
        }
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.count >= 2, labels.allSatisfy(Self.isLabel), labels.last?.contains(where: \.isLetter) == true
        else { return nil }
        name = labels.joined(separator: ".")
        guard name.utf8.count <= 253 else { return nil }
    }

    /// Whether it is a host, or lies above or below it: what belongs to one of them can pass for the other.
    public func isRelated(to host: String) -> Bool {
        name == host || name.hasSuffix("." + host) || host.hasSuffix("." + name)
    }

    private static func isLabel(_ label: String) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
