import Foundation

/// Finds our links among Ahrefs': the same page and the same target, however their addresses are written.
enum LinkMatch {
    /// One of our links.
    struct Ours: Sendable, Hashable {
        let id: Int64
        let source: String
        let target: String
    }

    /// Of each of our links, what Ahrefs has of it; of several, the last that it has seen.
    static func find(_ ours: [Ours], in links: [AhrefsBacklink]) -> [Int64: AhrefsBacklink] {
        var byPlace: [Place: AhrefsBacklink] = [:]
        for link in links {
            let place = Place(source: normal(link.urlFrom), target: normal(link.urlTo))
            if let known = byPlace[place], !isLater(link, than: known) { continue }
            byPlace[place] = link
        }
        var found: [Int64: AhrefsBacklink] = [:]
        for link in ours {
            found[link.id] = byPlace[Place(source: normal(link.source), target: normal(link.target))]
        }
        return found
    }

    private struct Place: Hashable {
        let source: String
        let target: String
    }

    private static func isLater(_ link: AhrefsBacklink, than other: AhrefsBacklink) -> Bool {
        if (link.lostAt == nil) != (other.lostAt == nil) { return link.lostAt == nil }
        return (link.lastVisited ?? .distantPast) > (other.lastVisited ?? .distantPast)
    }

    /// Without what does not change the page: scheme, `www.`, default port, fragment, a slash at the end. Host names have no
    /// case; paths and queries have.
    static func normal(_ url: String) -> String {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var host = rest[..<end].lowercased()
        for port in [":80", ":443"] where host.hasSuffix(port) { host.removeLast(port.count) }
        if host.hasPrefix("www.") { host.removeFirst(4) }
        var path = rest[end...]
        if path.hasSuffix("/") { path.removeLast() }
        return host + path
    }
}
