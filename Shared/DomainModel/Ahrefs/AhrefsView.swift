/// A kept answer of Ahrefs about a domain.
public enum AhrefsView: String, CaseIterable, Sendable, Codable {
    case metrics
    case backlinks
    case referringDomains = "referring_domains"
    case organicKeywords = "organic_keywords"
    case topPages = "top_pages"
    case domainRatingHistory = "domain_rating_history"
    case trafficHistory = "traffic_history"
    case referringDomainsHistory = "referring_domains_history"

    /// For so many days of business time it counts as fresh. Ahrefs' index moves from week to week, the past hardly ever.
    public var freshDays: Int {
        switch self {
        case .metrics, .backlinks, .referringDomains, .organicKeywords, .topPages: 7
        case .domainRatingHistory, .trafficHistory, .referringDomainsHistory: 30
        }
    }

    /// The call that brings it.
    public var endpoint: AhrefsEndpoint {
        switch self {
        case .metrics: .batchAnalysis
        case .backlinks: .allBacklinks
        case .referringDomains: .refdomains
        case .organicKeywords: .organicKeywords
        case .topPages: .topPages
        case .domainRatingHistory: .domainRatingHistory
        case .trafficHistory: .metricsHistory
        case .referringDomainsHistory: .refdomainsHistory
        }
    }

    /// The fields that are asked for, by Ahrefs' names. What costs ten units a row is asked for only where the list would be
    /// none without it.
    public var fields: [String] {
        switch self {
        case .metrics: AhrefsCallPlan.batchFields
        case .backlinks:
            [
                "url_from", "url_to", "anchor", "root_name_source", "domain_rating_source", "first_seen",
                "last_visited",
                "is_dofollow", "is_ugc", "is_sponsored", "is_spam", "link_type", "http_code",
            ]
        case .referringDomains:
            [
                "domain", "domain_rating", "links_to_target", "dofollow_links", "first_seen", "last_seen", "is_spam",
            ]
        case .organicKeywords:
            [
                "keyword", "best_position", "best_position_prev", "best_position_url", "volume", "sum_traffic",
                "keyword_country", "last_update",
            ]
        case .topPages:
            ["url", "sum_traffic", "keywords", "top_keyword", "top_keyword_best_position", "ur"]
        case .domainRatingHistory: ["date", "domain_rating"]
        case .trafficHistory: ["date", "org_traffic"]
        case .referringDomainsHistory: ["date", "refdomains"]
        }
    }

    /// What it costs at most to fetch it.
    /// - Parameter rows: the most rows of a request.
    public func forecast(rows: Int) -> Int {
        switch self {
        case .metrics: AhrefsUnits.forecast(fields: fields, rows: 1)
        case .domainRatingHistory, .trafficHistory, .referringDomainsHistory:
            AhrefsUnits.forecast(fields: fields, rows: Self.monthsOfHistory + 2)
        case .backlinks, .referringDomains, .organicKeywords, .topPages:
            AhrefsUnits.forecast(fields: fields, rows: rows)
        }
    }

    /// Whether it has as many rows as the plan gives, and no more.
    public var isList: Bool { [.backlinks, .referringDomains, .organicKeywords, .topPages].contains(self) }

    /// How far back a history goes, by the month: weeks would cost four times as much, and from the first snapshot on we have
    /// our own.
    public static let monthsOfHistory = 12
}

/// What Ahrefs says about a domain on a day. Nil where it was not asked, or does not know.
public struct AhrefsMetrics: Sendable, Hashable, Codable {
    /// 0 to 100, in tenths: 456 is 45.6.
    public var domainRatingTenths: Int?
    /// Domains that link to it.
    public var referringDomains: Int?
    /// Links that point to it.
    public var backlinks: Int?
    /// Keywords it ranks for among the first hundred.
    public var organicKeywords: Int?
    /// Visits a month from search, estimated.
    public var organicTraffic: Int?

    /// Gathers metrics.
    public init(
        domainRatingTenths: Int? = nil,
        referringDomains: Int? = nil,
        backlinks: Int? = nil,
        organicKeywords: Int? = nil,
        organicTraffic: Int? = nil
    ) {
        self.domainRatingTenths = domainRatingTenths
        self.referringDomains = referringDomains
        self.backlinks = backlinks
        self.organicKeywords = organicKeywords
        self.organicTraffic = organicTraffic
    }

    /// Whether more is known than the Domain Rating.
    public var isWhole: Bool { referringDomains != nil && organicTraffic != nil }
}
