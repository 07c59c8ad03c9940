/// What Ahrefs says about a domain on a day: all of it follows from the domain's name and the day's number, so that any
/// sandbox tells the same story at any time. Links appear and are lost, and with them the rating moves; traffic drifts.
struct AhrefsSite: Sendable {
    let domain: String
    private let seed: UInt64

    init(_ domain: String) {
        self.domain = domain
        seed = Self.hash(domain)
    }

    /// FNV-1a.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// A number below `bound` that belongs to this domain, a purpose and an index.
    private func dice(_ purpose: UInt64, _ index: Int, below bound: UInt64) -> Int {
        var generator = SplitMix64(
            seed: seed ^ purpose &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(index)) &* 0xD1B5_4A32_D192_ED03
        )
        return Int(generator.below(bound))
    }

    // MARK: Links

    /// 2023-01-01: before it nobody linked to anybody.
    static let beginning = 19_358

    /// Links that will ever be.
    private var linkCount: Int { 30 + dice(1, 0, below: 270) }

    /// All links that Ahrefs has ever seen until a day, the first seen first.
    func links(until day: Int) -> [AhrefsLink] {
        (0..<linkCount).compactMap { index -> AhrefsLink? in
            let first = Self.beginning + dice(2, index, below: 2_200)
            guard first <= day else { return nil }
            let isLost = dice(3, index, below: 100) < 30
            let lost = first + 30 + dice(4, index, below: 900)
            let source = dice(5, index, below: UInt64(Self.publishers))
            let kind = dice(6, index, below: 100)
            let page = dice(7, index, below: 6)
            return AhrefsLink(
                urlFrom: "https://\(Self.publisher(source))/\(Self.words[dice(8, index, below: 16)])-\(index)/",
                urlTo: "https://\(domain)/" + (page == 0 ? "" : "\(Self.words[page])/"),
                domainFrom: Self.publisher(source),
                anchor: page == 0 ? domain : Self.words[page],
                isDofollow: kind >= 30,
                isUGC: kind < 4,
                isSponsored: (4..<9).contains(kind),
                isSpam: dice(9, index, below: 20) == 0,
                firstSeen: first,
                lostOn: isLost && lost <= day ? lost : nil,
                lostReason: ["removedfromhtml", "notfound", "noindex", "pageredirected"][dice(10, index, below: 4)]
            )
        }
    }

    /// Sites that link: a shared pool, so that competitors have publishers in common.
    private static let publishers = 1_500

    private static func publisher(_ number: Int) -> String {
        "\(words[number % 16])-\(words[number / 16 % 16])\(number / 256).example"
    }

    private static let words = [
        "garden", "travel", "daily", "modern", "coffee", "harbour", "market", "planet", "family", "studio", "silver",
        "north", "letter", "winter", "maker", "local",
    ]

    // MARK: Figures

    /// In tenths. A logarithm of the domains that link, and a little of the domain's own luck that changes by the week.
    func ratingTenths(referringDomains: Int, on day: Int) -> Int {
        var doubled = referringDomains + 1
        var bits = 0
        while doubled > 1 {
            doubled >>= 1
            bits += 1
        }
        let between = ((referringDomains + 1 - (1 << bits)) * 80) >> bits
        let luck = dice(11, 0, below: 240) + dice(12, day / 7, below: 7) - 3
        return min(max(bits * 80 + between + luck, 1), 990)
    }

    /// Of a publisher's own page, without looking at who links to it.
    var standingTenths: Int { 50 + dice(13, 0, below: 800) }

    /// Visits a month, of a publisher.
    var standingTraffic: Int { 20 + dice(14, 0, below: 40_000) }

    func keywordCount(on day: Int) -> Int {
        grown(40 + dice(15, 0, below: 900), on: day, salt: 16)
    }

    func traffic(on day: Int) -> Int {
        grown(100 + dice(17, 0, below: 20_000), on: day, salt: 18)
    }

    func rank(ratingTenths: Int) -> Int { max((1_000 - ratingTenths) * 20_000 + dice(19, 0, below: 9_999), 1) }

    /// A fifth more or less a year, as the domain's fate has it, and up to 4 % of weather by the week.
    private func grown(_ base: Int, on day: Int, salt: UInt64) -> Int {
        let fate = dice(salt, -1, below: 41) - 12
        let weather = dice(salt, day / 7, below: 81) - 40
        return max(base * (1_000 + fate * (day - 20_000) / 365 * 10 + weather) / 1_000, 1)
    }

    // MARK: Search

    func keywords(on day: Int) -> [AhrefsKeyword] {
        (0..<min(keywordCount(on: day), 400)).map { index in
            let volume = 10 + dice(20, index, below: 5_000)
            let position = 1 + (dice(21, index, below: 60) + dice(22, index &* 1_000 &+ day / 7, below: 5)) % 60
            return AhrefsKeyword(
                keyword: "\(Self.words[dice(23, index, below: 16)]) \(Self.words[dice(24, index, below: 16)]) \(index)",
                position: position,
                previous: 1 + (position + dice(25, index &* 1_000 &+ day / 7, below: 7)) % 60,
                url: page(dice(26, index, below: 12)),
                volume: volume,
                difficulty: dice(27, index, below: 101),
                traffic: volume / (position + 2),
                country: ["US", "GB", "CA", "PK"][dice(28, index, below: 4)]
            )
        }
    }

    func page(_ number: Int) -> String {
        "https://\(domain)/" + (number == 0 ? "" : "\(Self.words[number % 16])/")
    }
}

/// A link as Ahrefs has it. Days are counted since 1970.
struct AhrefsLink: Sendable {
    var urlFrom: String
    var urlTo: String
    var domainFrom: String
    var anchor: String
    var isDofollow: Bool
    var isUGC = false
    var isSponsored = false
    var isSpam = false
    var firstSeen: Int
    /// The day Ahrefs found it gone; nil while it is live.
    var lostOn: Int?
    var lostReason: String
}

struct AhrefsKeyword: Sendable {
    var keyword: String
    var position: Int
    var previous: Int
    var url: String
    var volume: Int
    var difficulty: Int
    var traffic: Int
    var country: String
}
