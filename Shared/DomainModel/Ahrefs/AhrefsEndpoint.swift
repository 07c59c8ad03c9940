/// The calls of Ahrefs' API v3 that we make, by their real names (spec 5.1).
public enum AhrefsEndpoint: String, CaseIterable, Sendable, Codable {
    case limitsAndUsage = "subscription-info/limits-and-usage"
    case freeDomainRating = "public/domain-rating-free"
    case domainRating = "site-explorer/domain-rating"
    case backlinksStats = "site-explorer/backlinks-stats"
    case metrics = "site-explorer/metrics"
    case domainRatingHistory = "site-explorer/domain-rating-history"
    case metricsHistory = "site-explorer/metrics-history"
    case refdomainsHistory = "site-explorer/refdomains-history"
    case allBacklinks = "site-explorer/all-backlinks"
    case refdomains = "site-explorer/refdomains"
    case organicKeywords = "site-explorer/organic-keywords"
    case topPages = "site-explorer/top-pages"
    case pagesByTraffic = "site-explorer/pages-by-traffic"
    case batchAnalysis = "batch-analysis/batch-analysis"

    /// Whether it costs nothing but its place under the rate limit.
    public var isFree: Bool { self == .limitsAndUsage || self == .freeDomainRating }
}

/// What calls cost: `max(50, units a row × rows)`, a row the sum of its distinct fields (spec 5.1, "Errors, limits,
/// metering"). The truth is in the answer's headers; this is what is reserved before.
public enum AhrefsUnits {
    /// No call that costs anything costs less.
    public static let least = 50

    /// What one field costs in a row.
    public static func cost(ofField field: String) -> Int {
        switch field {
        case "traffic", "traffic_domain", "volume", "keyword_difficulty", "sum_traffic", "value", "top_keyword_volume",
            "org_traffic", "org_cost", "paid_traffic", "paid_cost":
            10
        case "refdomains", "refdomains_source", "dofollow_refdomains", "referring_domains":
            5
        default:
            1
        }
    }

    /// What a request for so many rows of these fields costs at most. Fields asked for twice count once.
    public static func forecast(fields: [String], rows: Int) -> Int {
        max(least, Set(fields).reduce(0) { $0 + cost(ofField: $1) } * rows)
    }
}
