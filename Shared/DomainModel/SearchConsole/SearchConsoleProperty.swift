/// Properties of Search Console: `sc-domain:example.com`, or an address that ends in a slash (spec 5.6).
public enum SearchConsoleProperty {
    /// Whether a property is the site's own domain, or its parent's.
    public static func covers(_ property: String, _ domain: String) -> Bool {
        func isAbove(_ host: Substring) -> Bool { domain == host || domain.hasSuffix(".\(host)") }
        if property.hasPrefix("sc-domain:") {
            let host = property.dropFirst("sc-domain:".count)
            return host.contains(".") && isAbove(host)
        }
        guard property.hasPrefix("https://") || property.hasPrefix("http://"), property.hasSuffix("/") else {
            return false
        }
        let host = property.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return host == domain || host == "www.\(domain)"
    }

    /// A property that somebody sees in Search Console, and what they may do there.
    public struct Listed: Hashable, Sendable {
        /// As Search Console names it.
        public let name: String
        /// `siteOwner`; the API's own description has `SITE_OWNER`.
        public let permission: String

        /// Names one.
        public init(name: String, permission: String) {
            self.name = name
            self.permission = permission
        }

        /// Whether its figures may be read: not by somebody who is not verified.
        public var isReadable: Bool {
            let word = permission.lowercased().filter { $0 != "_" }
            return ["siteowner", "sitefulluser", "siterestricteduser"].contains(word)
        }
    }

    /// The property that a site is read by: the one that was asked for, else the whole domain before an address, the site's
    /// own before its parent's, `https` before `http`. Part of a site (an address with a path) is never chosen unasked.
    /// - Returns: nil where none of them covers the site and may be read.
    public static func choice(of listed: [Listed], for domain: String, asked: String?) -> String? {
        let names = Set(listed.lazy.filter(\.isReadable).map(\.name))
        if let asked { return names.contains(asked) && covers(asked, domain) ? asked : nil }
        // The longest domain is the nearest.
        let domains = names.filter { $0.hasPrefix("sc-domain:") && covers($0, domain) }
        if let nearest = domains.max(by: { ($0.utf8.count, $1) < ($1.utf8.count, $0) }) { return nearest }
        return ["https://\(domain)/", "https://www.\(domain)/", "http://\(domain)/", "http://www.\(domain)/"]
            .first(where: names.contains)
    }
}
