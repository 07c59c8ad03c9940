import DomainModel
import Foundation

// What Ahrefs tells, in our words: as it is kept, and as the API shows it.

/// How much a key may, and for how long.
struct AhrefsLimits: Sendable, Hashable {
    /// As Ahrefs calls it.
    var subscription: String
    /// Units between two resets; nil: without limit.
    var unitsLimit: Int?
    var unitsUsed: Int
    var resetsOn: CalendarDay?
    var expiresAt: Date?

    var remaining: Int? { unitsLimit.map { max($0 - unitsUsed, 0) } }
}

struct AhrefsBacklink: Sendable, Hashable, Codable {
    var urlFrom: String
    var urlTo: String
    var anchor: String
    /// Of the site that links.
    var domain: String
    var domainRatingTenths: Int?
    var traffic: Int?
    var firstSeen: Date?
    var lastVisited: Date?
    /// When Ahrefs found it lost; nil for a link that is live.
    var lostAt: Date?
    var lostReason: String?
    var isDofollow: Bool
    var isUGC: Bool
    var isSponsored: Bool
    var isSpam: Bool
    var linkType: String?
    var httpCode: Int?

    enum CodingKeys: String, CodingKey {
        case urlFrom = "url_from"
        case urlTo = "url_to"
        case anchor, domain
        case domainRatingTenths = "rating"
        case traffic
        case firstSeen = "first_seen"
        case lastVisited = "last_visited"
        case lostAt = "lost_at"
        case lostReason = "lost_reason"
        case isDofollow = "is_dofollow"
        case isUGC = "is_ugc"
        case isSponsored = "is_sponsored"
        case isSpam = "is_spam"
        case linkType = "link_type"
        case httpCode = "http_code"
    }
}

struct AhrefsReferringDomain: Sendable, Hashable, Codable {
    var domain: String
    var domainRatingTenths: Int?
    var linksToTarget: Int?
    var dofollowLinks: Int?
    var firstSeen: Date?
    var lastSeen: Date?
    var isSpam: Bool

    enum CodingKeys: String, CodingKey {
        case domain
        case domainRatingTenths = "rating"
        case linksToTarget = "links_to_target"
        case dofollowLinks = "dofollow_links"
        case firstSeen = "first_seen"
        case lastSeen = "last_seen"
        case isSpam = "is_spam"
    }
}

struct AhrefsKeyword: Sendable, Hashable, Codable {
    var keyword: String
    /// ISO 3166.
    var country: String?
    var position: Int?
    var previousPosition: Int?
    var url: String?
    var volume: Int?
    var traffic: Int?
    var lastUpdate: Date?

    enum CodingKeys: String, CodingKey {
        case keyword, country, position
        case previousPosition = "previous_position"
        case url, volume, traffic
        case lastUpdate = "last_update"
    }
}

struct AhrefsPage: Sendable, Hashable, Codable {
    var url: String
    var traffic: Int?
    var keywords: Int?
    var topKeyword: String?
    var topPosition: Int?
    /// In tenths.
    var urlRatingTenths: Int?

    enum CodingKeys: String, CodingKey {
        case url, traffic, keywords
        case topKeyword = "top_keyword"
        case topPosition = "top_position"
        case urlRatingTenths = "rating"
    }
}

/// One figure on one day. Ratings are in tenths.
struct AhrefsPoint: Sendable, Hashable, Codable {
    var date: CalendarDay
    var value: Int
}

/// The metrics of a domain as they are kept.
struct AhrefsKnownMetrics: Sendable, Hashable, Codable {
    var rating: Int?
    var referringDomains: Int?
    var backlinks: Int?
    var organicKeywords: Int?
    var organicTraffic: Int?

    init(_ metrics: AhrefsMetrics) {
        rating = metrics.domainRatingTenths
        referringDomains = metrics.referringDomains
        backlinks = metrics.backlinks
        organicKeywords = metrics.organicKeywords
        organicTraffic = metrics.organicTraffic
    }

    enum CodingKeys: String, CodingKey {
        case rating, backlinks
        case referringDomains = "referring_domains"
        case organicKeywords = "organic_keywords"
        case organicTraffic = "organic_traffic"
    }
}

/// Which links a question about them is for: those from some sites, live or lost.
struct AhrefsLinkFilter: Sendable, Hashable {
    /// Only links from these hosts, with or without `www.`; empty: from all.
    var sources: [String] = []
    /// Only links that Ahrefs lost since this day; nil: only live ones.
    var lostSince: CalendarDay?

    /// What is asked of each, by Ahrefs' names. The traffic of its site costs ten units, and is of no use for a lost one.
    var fields: [String] {
        if lostSince != nil {
            return [
                "url_from", "url_to", "name_source", "last_seen", "last_visited", "lost_reason", "http_code", "is_lost",
            ]
        }
        return [
            "url_from", "url_to", "anchor", "name_source", "domain_rating_source", "traffic_domain", "first_seen",
            "last_visited", "is_dofollow", "is_ugc", "is_sponsored", "is_spam", "http_code",
        ]
    }

    func forecast(rows: Int) -> Int { AhrefsUnits.forecast(fields: fields, rows: rows) }
}
