import Crypto
import DomainModel
import HTML

/// What a page says about a link: bytes and headers in, evidence and verdict out. No I/O and no clock.
///
/// 1. The status decides first: only a 2xx page is read. → 2. The charset, by byte order mark, header, meta. → 3. Each
/// `a` and `area` that a reader can see and follow; not those in comments, scripts, templates, `noscript`, or hidden. →
/// 4. What the page says about itself: robots by meta and header, canonical by link and header. → 5. The verdict: the most
/// that is wrong with a link that is there, or why it is not.
enum PageInspection {
    /// Looks for a link.
    /// - Parameters:
    ///   - target: where it is to lead.
    ///   - anchorText: what was agreed; of several links the one with these words is shown.
    static func inspect(_ page: FetchedPage, for target: LinkURL, anchorText: String = "") -> BacklinkCheck {
        var check = BacklinkCheck(.fetch, .missing, requestedURL: clipped(page.requestedURL, 2048))
        check.finalURL = clipped(page.finalURL, 2048)
        check.httpStatus = (100...599).contains(page.status) ? page.status : nil
        check.redirects = page.redirects
        check.headers = kept(page)
        check.milliseconds = page.milliseconds
        check.bodyBytes = page.body.count
        check.pageHash = Array(SHA256.hash(data: page.body))
        if let (verdict, detail) = verdict(ofStatus: page) {
            check.verdict = verdict
            check.detail = detail
            return check
        }
        guard isHTML(page) else {
            check.detail = "the page is no HTML but \(clipped(page.header("content-type") ?? "", 80))"
            return check
        }
        read(page, for: target, anchorText: anchorText, into: &check)
        return check
    }

    /// The record of a look that got no answer.
    static func record(_ failure: FetchFailure, of url: String) -> BacklinkCheck {
        var check = BacklinkCheck(.fetch, failure.verdict, requestedURL: clipped(url, 2048))
        check.detail = clipped(failure.detail, 500)
        check.redirects = failure.redirects
        check.milliseconds = failure.milliseconds
        return check
    }

    // MARK: The answer

    /// What an answer means that is no page to read; nil for one that is.
    private static func verdict(ofStatus page: FetchedPage) -> (LinkVerdict, String)? {
        switch page.status {
        case 204, 205, 304: (.missing, "the page answered \(page.status), which has no content")
        case 200...299: nil
        case 404, 410: (.gone, "the page answered \(page.status)")
        case 401, 403, 407, 429, 451: (.blocked, "the page answered \(page.status)")
        case 503 where page.header("retry-after") != nil || page.header("cf-mitigated") != nil:
            (.blocked, "the page answered 503 and wants to be asked later")
        case 300...399: (.unreachable, "the page answered \(page.status) without saying where to go")
        default: (.unreachable, "the page answered \(page.status)")
        }
    }

    private static func isHTML(_ page: FetchedPage) -> Bool {
        guard let type = page.header("content-type")?.lowercased().prefix(while: { $0 != ";" }).filter({ $0 != " " }),
            !type.isEmpty
        else {
            // Browsers look into what has no type.
            let head = String(decoding: page.body.prefix(512), as: UTF8.self).lowercased()
            return head.contains("<")
        }
        return type == "text/html" || type == "application/xhtml+xml"
    }

    private static let told: Set<String> = [
        "content-type", "content-length", "content-encoding", "last-modified", "etag", "x-robots-tag", "link", "server",
        "cache-control", "retry-after", "cf-mitigated", "date",
    ]

    private static func kept(_ page: FetchedPage) -> [String: String] {
        var kept: [String: String] = [:]
        for (name, value) in page.headers where told.contains(name.lowercased()) {
            let name = name.lowercased()
            kept[name] = clipped(kept[name].map { $0 + ", " + value } ?? value, 500)
        }
        return kept
    }

    // MARK: The page

    private static func read(
        _ page: FetchedPage,
        for target: LinkURL,
        anchorText: String,
        into check: inout BacklinkCheck
    ) {
        let decoded = CharacterEncoding.decode(page.body, contentType: page.header("content-type"))
        check.charset = clipped(decoded.name, 40)
        guard let address = LinkURL(page.finalURL) else {
            check.detail = "the page's own address cannot be read"
            return
        }
        let reader = LinkReader(page: address, target: target)
        let end = HTMLReader.read(decoded.bytes, reader)
        let orders = RobotsOrders(meta: reader.robots, headers: page.headers("x-robots-tag"))
        let canonical = canonical(of: page, reader, at: address)
        check.isNoindex = orders.isNoindex
        check.canonicalURL = canonical.map { clipped($0.text, 2048) }
        check.linksFound = reader.links.count
        let best = reader.links.enumerated().min { left, right in
            func rank(_ link: LinkReader.Link, _ offset: Int) -> (Int, Int, Int) {
                (link.isFollowed ? 0 : 1, link.text == anchorText ? 0 : 1, offset)
            }
            return rank(left.element, left.offset) < rank(right.element, right.offset)
        }?.element
        guard let best else {
            check.snippet = snippet(of: decoded.bytes, around: 0)
            check.detail = reader.absence
            if end == .tooComplex {
                check.verdict = .unreachable
                check.detail = "the page is nested too deeply, or has too many elements, to be read to its end"
            }
            return
        }
        check.snippet = snippet(of: decoded.bytes, around: best.offset)
        check.anchorText = clipped(best.text, 500)
        check.rel = best.rel
        check.verdict =
            if orders.isNoindex {
                .noindex
            } else if let canonical, !canonical.isSamePage(as: address) {
                .canonicalized
            } else if !best.isFollowed || orders.isNofollow {
                .nofollow
            } else {
                .live
            }
        if orders.isNofollow, best.isFollowed { check.detail = "the page asks not to follow any of its links" }
    }

    /// What the page names as its own address. Several that differ count as none, as with search engines.
    private static func canonical(of page: FetchedPage, _ reader: LinkReader, at address: LinkURL) -> LinkURL? {
        let named = page.headers("link").flatMap { LinkHeader.canonicals($0) } + reader.canonicals
        let base = reader.base ?? address
        let urls = named.compactMap { LinkURL($0, relativeTo: base) }
        guard let first = urls.first, urls.allSatisfy({ $0.isSamePage(as: first) }) else { return nil }
        return first
    }

    /// The page's own HTML around a place, at most 800 bytes of it.
    private static func snippet(of page: [UInt8], around offset: Int) -> String {
        let middle = min(max(offset, 0), page.count)
        let piece = page[max(0, middle - 400)..<min(page.count, middle + 400)]
        return String(decoding: piece, as: UTF8.self)
    }

    private static func clipped(_ text: String, _ length: Int) -> String { String(text.prefix(length)) }
}

/// `Link: <https://a.example/>; rel="canonical"` (RFC 8288).
enum LinkHeader {
    static func canonicals(_ header: String) -> [String] {
        var found: [String] = []
        var rest = header[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let url = rest[rest.index(after: open)..<close]
            let next = rest[close...].firstIndex(of: "<") ?? rest.endIndex
            let parameters = rest[close..<next].lowercased()
            rest = rest[next...]
            let relations = parameters.split(separator: ";").compactMap { parameter -> Substring? in
                let pair = parameter.split(separator: "=", maxSplits: 1)
                return pair.count == 2 && pair[0].filter { $0 != " " && $0 != ">" } == "rel" ? pair[1] : nil
            }
            let words = relations.flatMap { $0.split { " \"',".contains($0) } }
            if words.contains("canonical") { found.append(String(url)) }
        }
        return found
    }
}

/// What a page asks of robots, by meta and by header.
struct RobotsOrders {
    private(set) var isNoindex = false
    private(set) var isNofollow = false

    /// - Parameters:
    ///   - meta: the contents of `meta name=robots` and `googlebot`.
    ///   - headers: `X-Robots-Tag`, as they came.
    init(meta: [String], headers: [String]) {
        for content in meta { take(content) }
        for header in headers {
            // `googlebot: noindex` concerns one robot; only what concerns all, or the one that matters, is taken.
            var concerns = true
            for part in header.split(separator: ",") {
                var words = part
                if let colon = part.firstIndex(of: ":") {
                    let agent = part[..<colon].filter { $0 != " " }.lowercased()
                    // `max-snippet: 20` and `unavailable_after: …` are orders with a value.
                    if agent.hasPrefix("max-") || agent == "unavailable_after" { continue }
                    concerns = agent == "googlebot" || agent == "robots" || agent == "*"
                    words = part[part.index(after: colon)...]
                }
                if concerns { take(words) }
            }
        }
    }

    private mutating func take(_ content: some StringProtocol) {
        for word in content.lowercased().split(whereSeparator: { ", \t\n".contains($0) }) {
            switch word {
            case "noindex": isNoindex = true
            case "nofollow": isNofollow = true
            case "none": (isNoindex, isNofollow) = (true, true)
            default: break
            }
        }
    }
}
