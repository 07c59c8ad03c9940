/// A host's robots.txt as it concerns one robot (RFC 9309), with the crawl delay that many write and the RFC leaves out.
struct RobotsRules: Sendable, Equatable {
    private struct Rule: Sendable, Equatable {
        let pattern: [UInt8]
        let allows: Bool
    }

    private var rules: [Rule] = []
    /// How long to wait between two requests; nil where nothing is said.
    private(set) var crawlDelay: Duration?

    /// No rules: everything is allowed.
    static let none = RobotsRules()

    private init() {}

    /// Longer delays are not believed; who wants none of us says `Disallow`.
    static let longestDelay = Duration.seconds(60)
    /// RFC 9309, 2.5: at least 500 KiB must be read.
    static let mostBytes = 512 << 10

    /// Reads the groups that name the robot, or, where none does, those for all.
    /// - Parameter agent: its product token, in lower case.
    init(_ text: [UInt8], agent: String) {
        var (mine, all) = (RobotsRules(), RobotsRules())
        var isNamed = false
        var (isForMe, isForAll, isInRules) = (false, false, true)
        let content = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        for line in content.prefix(Self.mostBytes).split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            let line = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }.prefix(2_048), as: UTF8.self)
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = Self.trimmed(line[..<colon]).lowercased()
            let value = Self.trimmed(line[line.index(after: colon)...])
            if name == "user-agent" {
                if isInRules { (isForMe, isForAll, isInRules) = (false, false, false) }
                let token = value.lowercased().prefix { $0.isLetter || $0 == "-" || $0 == "_" || $0.isNumber }
                if value == "*" { isForAll = true } else if token == agent { (isForMe, isNamed) = (true, true) }
                continue
            }
            guard name == "allow" || name == "disallow" || name == "crawl-delay" else { continue }
            isInRules = true
            if isForMe { mine.take(name, value) }
            if isForAll { all.take(name, value) }
        }
        self = isNamed ? mine : all
    }

    private mutating func take(_ name: String, _ value: String) {
        if name == "crawl-delay" {
            guard let seconds = Double(value), seconds >= 0, seconds.isFinite else { return }
            crawlDelay = min(.milliseconds(Int(min(seconds, 3_600) * 1_000)), Self.longestDelay)
            return
        }
        // An empty Disallow forbids nothing.
        guard !value.isEmpty, rules.count < 5_000 else { return }
        rules.append(Rule(pattern: Array(value.utf8), allows: name == "allow"))
    }

    /// Whether a path with its query may be fetched: the longest rule that fits decides, the friendlier one of two.
    func allows(_ path: String) -> Bool {
        let path = Array(path.utf8)
        var best: Rule?
        for rule in rules where Self.fits(rule.pattern, path) {
            guard let held = best else {
                best = rule
                continue
            }
            if rule.pattern.count > held.pattern.count || (rule.pattern.count == held.pattern.count && rule.allows) {
                best = rule
            }
        }
        return best?.allows ?? true
    }

    /// `*` is any run of characters, a final `$` the end. By greedy steps back, never exponential.
    private static func fits(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
        var pattern = pattern[...]
        let isAnchored = pattern.last == UInt8(ascii: "$")
        if isAnchored { pattern = pattern.dropLast() } else { pattern = (pattern + [UInt8(ascii: "*")])[...] }
        let star = UInt8(ascii: "*")
        var (p, s) = (pattern.startIndex, 0)
        var back: (pattern: Int, path: Int)?
        while s < path.count {
            if p < pattern.endIndex, pattern[p] == star {
                back = (p, s)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == path[s] {
                p += 1
                s += 1
            } else if let last = back {
                p = last.pattern + 1
                s = last.path + 1
                back = (last.pattern, s)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == star }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
