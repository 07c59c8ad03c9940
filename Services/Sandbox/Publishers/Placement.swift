import FoundationEssentials
import Postgres

/// A link that somebody was paid for, on a page of the sandbox's web.
struct Placement: Sendable {
    /// What becomes of it.
    enum Fate: String, Codable, CaseIterable, Sendable {
        /// It comes and stays.
        case good
        /// It comes, not followed.
        case nofollow
        /// It comes, on a page that keeps itself out of the index.
        case noindex
        /// The page comes without it, and has it some days later.
        case late
        /// The page comes without it, for good.
        case missing
        /// It comes, and is taken off its page later.
        case vanishing
        /// It comes, and its page goes later.
        case gone
    }

    var reference: String
    var host: String
    var targetURL: String
    var anchorText: String
    var fate: Fate
    var appearsAt: Date
    var vanishesAt: Date?

    /// What happens to a link of this name that was ordered at a moment: the same for the same seed, always.
    init(_ reference: String, on host: String, to target: String, anchor: String, orderedAt moment: Date, seed: String)
    {
        self.reference = reference
        self.host = host
        targetURL = target
        anchorText = anchor
        let name = "\(seed)/\(reference)".utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        var dice = SplitMix64(seed: name)
        fate =
            switch dice.below(100) {
            case 0..<62: .good
            case 62..<68: .nofollow
            case 68..<72: .noindex
            case 72..<80: .late
            case 80..<85: .missing
            case 85..<94: .vanishing
            default: .gone
            }
        // Most vendors keep their two weeks.
        appearsAt = moment.addingTimeInterval(Double(2 * 24 + dice.below(15 * 24)) * 3_600)
        vanishesAt = Self.vanishing(fate, from: appearsAt, after: Int(15 + dice.below(40)))
    }

    init(_ row: PostgresRow) throws {
        reference = try row.decode("reference")
        host = try row.decode("host")
        targetURL = try row.decode("target_url")
        anchorText = try row.decode("anchor_text")
        fate = Fate(rawValue: try row.decode("fate")) ?? .good
        appearsAt = try row.decode("appears_at")
        vanishesAt = try row.decode("vanishes_at")
    }

    /// Has another fate than its name gives it.
    mutating func choose(_ fate: Fate) {
        self.fate = fate
        vanishesAt = Self.vanishing(fate, from: appearsAt, after: 30)
    }

    private static func vanishing(_ fate: Fate, from moment: Date, after days: Int) -> Date? {
        fate == .vanishing || fate == .gone ? moment.addingTimeInterval(Double(days) * 86_400) : nil
    }

    /// When a late link is put right.
    var fixedAt: Date { appearsAt.addingTimeInterval(4 * 86_400) }

    /// Where it stands.
    /// - Parameter port: the sandbox's own.
    func url(port: Int) -> String { "http://\(host):\(port)/placements/\(reference)/" }

    /// What its address answers at a moment: the page, or nothing.
    func page(at moment: Date) -> String? {
        if moment < appearsAt { return nil }
        let isOver = vanishesAt.map { moment >= $0 } ?? false
        if fate == .gone, isOver { return nil }
        let hasLink =
            switch fate {
            case .good, .nofollow, .noindex, .gone: true
            case .late: moment >= fixedAt
            case .missing: false
            case .vanishing: !isOver
            }
        let rel = fate == .nofollow ? " rel=\"nofollow\"" : ""
        let link =
            "<p>Read more about <a href=\"\(Answers.escaped(targetURL))\"\(rel)>\(Answers.escaped(anchorText))</a>.</p>"
        return LinkCorpus.post(
            hasLink ? link : "<p>Read more elsewhere.</p>",
            head: fate == .noindex ? "<meta name=\"robots\" content=\"noindex\">" : ""
        )
    }

    func insert(in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            insert into sandbox.placements (reference, host, target_url, anchor_text, fate, appears_at, vanishes_at)
            values (\(reference), \(host), \(targetURL), \(anchorText), \(fate.rawValue), \(appearsAt), \(vanishesAt))
            on conflict (reference) do nothing
            """
        )
    }
}
