import DomainModel
import FoundationEssentials
import Postgres

/// The web as Ahrefs sees it at the key's moment: what follows from names, and the links that were placed.
struct AhrefsWorld: Sendable {
    let database: PostgresDatabase
    let standing: AhrefsKeys.Standing

    var today: Int { Int((standing.now.timeIntervalSince1970 / 86_400).rounded(.down)) }

    /// All links to some domains that Ahrefs has ever seen until a day.
    func links(to domains: [String], until day: Int? = nil) async throws -> [String: [AhrefsLink]] {
        let day = min(day ?? today, today)
        var links: [String: [AhrefsLink]] = [:]
        for domain in domains { links[domain] = AhrefsSite(domain).links(until: day) }
        for row in try await database.query(
            """
            select * from sandbox.ahrefs_links
            where domain_to = any(\(domains)) and first_seen <= \(Self.date(day)) order by url_from, url_to
            """
        ) {
            let lost = try row.decode("lost_on", as: PostgresDay?.self).flatMap(Self.number)
            let link = AhrefsLink(
                urlFrom: try row.decode("url_from"),
                urlTo: try row.decode("url_to"),
                domainFrom: try row.decode("domain_from"),
                anchor: try row.decode("anchor"),
                isDofollow: try row.decode("is_dofollow"),
                firstSeen: Self.number(try row.decode("first_seen")) ?? day,
                lostOn: lost.flatMap { $0 <= day ? $0 : nil },
                lostReason: try row.decode("lost_reason")
            )
            links[try row.decode("domain_to"), default: []].append(link)
        }
        return links
    }

    private static func date(_ day: Int) -> PostgresDay {
        let day = CalendarDay(daysSinceEpoch: day)
        return PostgresDay(year: day.year, month: day.month, day: day.day)
    }

    private static func number(_ day: PostgresDay) -> Int? {
        CalendarDay(year: day.year, month: day.month, day: day.day)?.daysSinceEpoch
    }

    /// The figures of a domain, which agree with its lists.
    struct Figures: Sendable {
        var ratingTenths: Int
        var rank: Int
        var live: Int
        var allTime: Int
        var liveDomains: Int
        var allTimeDomains: Int
        var dofollow: Int
        var keywords: Int
        var traffic: Int
    }

    func figures(of domain: String, _ links: [AhrefsLink], on day: Int) -> Figures {
        let site = AhrefsSite(domain)
        let seen = links.filter { $0.firstSeen <= day }
        let live = seen.filter { $0.lostOn.map { $0 > day } ?? true }
        let liveDomains = Set(live.map(\.domainFrom)).count
        let rating = site.ratingTenths(referringDomains: liveDomains, on: day)
        return Figures(
            ratingTenths: rating,
            rank: site.rank(ratingTenths: rating),
            live: live.count,
            allTime: seen.count,
            liveDomains: liveDomains,
            allTimeDomains: Set(seen.map(\.domainFrom)).count,
            dofollow: live.count(where: \.isDofollow),
            keywords: site.keywordCount(on: day),
            traffic: site.traffic(on: day)
        )
    }

    static func text(_ day: Int) -> AhrefsJSON { .string(CalendarDay(daysSinceEpoch: day).description) }
    static func moment(_ day: Int) -> AhrefsJSON { .string("\(CalendarDay(daysSinceEpoch: day))T00:00:00Z") }
    static func tenths(_ tenths: Int) -> AhrefsJSON { .number(Double(tenths) / 10) }
    static func count(_ count: Int) -> AhrefsJSON { .integer(Int64(count)) }
}

/// A document of Ahrefs'. Stripe's own here is another: it keeps the order of its fields.
typealias AhrefsJSON = DomainModel.JSONValue
