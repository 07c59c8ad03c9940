import DomainModel
import HTML

/// Goes through a page and keeps the links to one target that a reader can see and follow.
final class LinkReader: HTMLVisitor {
    /// A link to the target.
    struct Link {
        /// `nofollow`, `noopener`… in lower case, each once.
        var rel: [String]
        /// Its words; of an image, what it stands for.
        var text: String
        /// Where its tag ends in the page.
        var offset: Int

        var isFollowed: Bool { !rel.contains { ["nofollow", "sponsored", "ugc"].contains($0) } }
    }

    private struct Open {
        let name: String
        /// Nothing in it counts.
        let isOutOfSight: Bool
    }

    private struct Anchor {
        var link: Link
        let depth: Int
        var hasImage = false
        var words: [UInt8] = []
    }

    let page: LinkURL
    let target: LinkURL
    /// What the page resolves its addresses against, if it says so.
    private(set) var base: LinkURL?
    private(set) var links: [Link] = []
    /// The contents of the page's orders to robots.
    private(set) var robots: [String] = []
    private(set) var canonicals: [String] = []

    private var open: [Open] = []
    private var anchor: Anchor?
    private var hasBase = false
    private var unseen = 0
    private var empty = 0
    private var elsewhere = 0

    init(page: LinkURL, target: LinkURL) {
        self.page = page
        self.target = target
    }

    /// Why no link was found, for a person.
    var absence: String {
        if unseen > 0 { return "the link is there, but where no reader sees it" }
        if empty > 0 { return "the link is there, but has neither words nor a picture" }
        if elsewhere > 0 { return "the page links to the site, but not to the page that was agreed" }
        return "the page has no link to the site"
    }

    // MARK: HTMLVisitor

    func begin(_ name: String, _ attributes: [HTMLAttribute], at offset: Int) {
        let isOutOfSight =
            open.last?.isOutOfSight == true || Self.unread.contains(name) || Sight.isHidden(attributes)
        open.append(Open(name: name, isOutOfSight: isOutOfSight))
        switch name {
        case "a", "area": begin(link: attributes, isArea: name == "area", isOutOfSight, at: offset)
        case "img", "svg", "picture", "video", "canvas":
            guard !isOutOfSight else { return }
            anchor?.hasImage = true
            if let words = value(of: "alt", in: attributes) { anchor?.words += Array(" \(words) ".utf8) }
        case "base" where !hasBase && !isOutOfSight:
            // Only the first counts, also when it cannot be read.
            guard let address = value(of: "href", in: attributes) else { return }
            hasBase = true
            base = LinkURL(address, relativeTo: page)
        case "meta" where !isOutOfSight:
            let named = value(of: "name", in: attributes)?.lowercased()
            if named == "robots" || named == "googlebot", let content = value(of: "content", in: attributes) {
                robots.append(content)
            }
        // In the body it is not heard: whoever may comment could move the page.
        case "link" where !isOutOfSight && !open.contains { $0.name == "body" }:
            if words(of: "rel", in: attributes).contains("canonical"), let address = value(of: "href", in: attributes) {
                canonicals.append(address)
            }
        case "br", "p", "div", "li", "td": anchor?.words.append(UInt8(ascii: " "))
        default: break
        }
    }

    func end(_ name: String) {
        if let anchor, open.count == anchor.depth { finish(anchor) }
        if !open.isEmpty { open.removeLast() }
    }

    func text(_ text: UnsafeBufferPointer<UInt8>) {
        // Words that are hidden within a link that is not are not its words.
        guard anchor != nil, open.last?.isOutOfSight == false else { return }
        if anchor.map({ $0.words.count < 4_096 }) == true { anchor?.words.append(contentsOf: text) }
    }

    // MARK: Links

    private func begin(link attributes: [HTMLAttribute], isArea: Bool, _ isOutOfSight: Bool, at offset: Int) {
        guard let address = value(of: "href", in: attributes), mayLead(address),
            let url = LinkURL(address, relativeTo: base ?? page)
        else { return }
        guard url.isSamePage(as: target) else {
            if url.site == target.site, !isOutOfSight { elsewhere += 1 }
            return
        }
        guard !isOutOfSight else {
            unseen += 1
            return
        }
        let link = Link(rel: words(of: "rel", in: attributes), text: "", offset: offset)
        anchor = Anchor(link: link, depth: open.count)
        if isArea {
            anchor?.hasImage = true
            if let words = value(of: "alt", in: attributes) { anchor?.words = Array(words.utf8) }
        }
    }

    /// Whether an address can lead to the target's site at all. Most links of a page do not, and to read an address takes
    /// longer than all the rest of a link.
    private func mayLead(_ address: String) -> Bool {
        var isPlain = true
        var isAbsolute = false
        for byte in address.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "\\"): isAbsolute = true
            case UInt8(ascii: "%"), ...0x1F, 0x80...: isPlain = false
            default: break
            }
        }
        guard isPlain else { return true }
        if isAbsolute || address.hasPrefix("//") { return address.lowercased().contains(target.site) }
        return (base ?? page).site == target.site
    }

    private func finish(_ done: Anchor) {
        anchor = nil
        var link = done.link
        link.text = String(decoding: done.words, as: UTF8.self)
            .split(whereSeparator: { $0.isWhitespace || $0 == "\u{200B}" }).joined(separator: " ")
        if link.text.isEmpty, !done.hasImage {
            empty += 1
        } else {
            links.append(link)
        }
    }

    /// What browsers do not show, or show as text.
    private static let unread: Set<String> = [
        "script", "style", "template", "noscript", "textarea", "title", "iframe", "noembed", "noframes", "object",
        "select",
        "datalist", "xmp", "math",
    ]

    private func value(of name: String, in attributes: [HTMLAttribute]) -> String? {
        attributes.first { $0.name == name }?.value
    }

    private func words(of name: String, in attributes: [HTMLAttribute]) -> [String] {
        var words: [String] = []
        for word in (value(of: name, in: attributes) ?? "").lowercased().split(whereSeparator: {
            $0.isWhitespace || $0 == ","
        })
        where !words.contains(String(word)) && words.count < 20 {
            words.append(String(word.prefix(40)))
        }
        return words
    }
}

/// Whether an element's own attributes take it out of sight. Style sheets are not read.
enum Sight {
    static func isHidden(_ attributes: [HTMLAttribute]) -> Bool {
        for attribute in attributes {
            if attribute.name == "hidden" { return true }
            if attribute.name == "style", let style = attribute.value, isHidden(style: style) { return true }
        }
        return false
    }

    static func isHidden(style: String) -> Bool {
        var rules: [String: String] = [:]
        for rule in style.lowercased().split(separator: ";") {
            let pair = rule.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let value = pair[1].filter { !$0.isWhitespace }.replacing("!important", with: "")
            rules[pair[0].filter { !$0.isWhitespace }] = value
        }
        if rules["display"] == "none" { return true }
        if let visibility = rules["visibility"], visibility == "hidden" || visibility == "collapse" { return true }
        if rules["opacity"].map(isZero) == true || rules["font-size"].map(isZero) == true { return true }
        if rules["text-indent"].map(isFarAway) == true { return true }
        let isLifted = rules["position"] == "absolute" || rules["position"] == "fixed"
        if isLifted,
            ["left", "top", "right", "bottom", "margin-left", "margin-top"].contains(where: {
                rules[$0].map(isFarAway) == true
            })
        {
            return true
        }
        if isLifted, let clip = rules["clip"], clip.hasPrefix("rect(0") { return true }
        let isFlat = rules["height"].map(isZero) == true || rules["width"].map(isZero) == true
        return isFlat && rules["overflow"] == "hidden"
    }

    private static func isZero(_ value: String) -> Bool {
        let digits = value.prefix { $0.isNumber || $0 == "." }
        return !digits.isEmpty && digits.allSatisfy { $0 == "0" || $0 == "." }
    }

    /// Out of the window: -900 px and further, -90 em.
    private static func isFarAway(_ value: String) -> Bool {
        guard value.hasPrefix("-"), let number = Int(value.dropFirst().prefix { $0.isNumber }) else { return false }
        return value.hasSuffix("em") ? number >= 90 : number >= 900
    }
}
