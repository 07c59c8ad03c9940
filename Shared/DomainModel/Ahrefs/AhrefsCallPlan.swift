/// The cheapest calls that bring the metrics of many domains: a pure function of what is wanted, what is known already,
/// and what may be spent (spec 5, "cheapest calls first").
///
/// 1. What is known is not asked for, and what two sites share is asked for once.
/// 2. `batch-analysis` gives all five metrics of up to 100 domains in one request for 19 units a domain, where one call a
///    metric costs at least 50 units each.
/// 3. Where only the Domain Rating is wanted, or the units are at an end, the free endpoint gives it for a request: of the
///    sites themselves, not of their competitors, because requests are limited too.
public struct AhrefsCallPlan: Sendable, Hashable {
    /// A domain and what is wanted of it.
    public struct Target: Sendable, Hashable {
        /// The domain.
        public let domain: String
        /// Whether it is a site's own, and not a competitor's.
        public let isOwn: Bool
        /// Whether the Domain Rating alone is wanted.
        public let onlyRating: Bool

        /// Wants something of a domain.
        public init(_ domain: String, isOwn: Bool, onlyRating: Bool = false) {
            self.domain = domain
            self.isOwn = isOwn
            self.onlyRating = onlyRating
        }
    }

    /// One request.
    public enum Call: Sendable, Hashable {
        /// The Domain Rating of one domain, for nothing.
        case freeRating(String)
        /// All metrics of these domains, at most ``largestBatch``.
        case batch([String])

        /// What it costs at most.
        public var forecast: Int {
            switch self {
            case .freeRating: 0
            case .batch(let domains): AhrefsUnits.forecast(fields: batchFields, rows: domains.count)
            }
        }
    }

    /// The requests, in the order in which they are to be made.
    public let calls: [Call]
    /// Domains of which nothing more can be had within the units.
    public let leftOut: [String]

    /// Units of all the calls, at most.
    public var forecast: Int { calls.reduce(0) { $0 + $1.forecast } }
    /// How many places under the rate limit they take.
    public var requests: Int { calls.count }

    /// What Ahrefs takes in one batch.
    public static let largestBatch = 100
    /// What is asked of each domain: `url` tells the rows apart.
    public static let batchFields = ["url", "domain_rating", "refdomains", "backlinks", "org_keywords", "org_traffic"]

    /// Plans.
    /// - Parameters:
    ///   - targets: the most important first; competitors come after sites whatever their order.
    ///   - known: domains whose stored metrics are young enough.
    ///   - unitsLeft: what may be spent; nil: without limit.
    public init(_ targets: [Target], known: Set<String> = [], unitsLeft: Int? = nil) {
        let wanted = Self.merged(targets).filter { !known.contains($0.domain) }
        var full = wanted.filter { !$0.onlyRating }
        var calls: [Call] = []
        var left = unitsLeft ?? .max
        while !full.isEmpty {
            let count = min(full.count, Self.largestBatch, Self.affordable(left))
            guard count > 0 else { break }
            let batch = Call.batch(full.prefix(count).map(\.domain))
            full.removeFirst(count)
            left -= batch.forecast
            calls.append(batch)
        }
        let ratings = wanted.filter(\.onlyRating) + full.filter(\.isOwn)
        self.calls = calls + ratings.map { .freeRating($0.domain) }
        leftOut = full.filter { !$0.isOwn }.map(\.domain)
    }

    /// Of each domain once, with the most that is wanted of it; sites first.
    private static func merged(_ targets: [Target]) -> [Target] {
        var places: [String: Int] = [:]
        var merged: [Target] = []
        for target in targets {
            guard let place = places[target.domain] else {
                places[target.domain] = merged.count
                merged.append(target)
                continue
            }
            let other = merged[place]
            merged[place] = Target(
                target.domain,
                isOwn: target.isOwn || other.isOwn,
                onlyRating: target.onlyRating && other.onlyRating
            )
        }
        return merged.filter(\.isOwn) + merged.filter { !$0.isOwn }
    }

    /// How many domains a batch may have for so many units.
    private static func affordable(_ units: Int) -> Int {
        units < AhrefsUnits.least ? 0 : units / batchFields.reduce(0) { $0 + AhrefsUnits.cost(ofField: $1) }
    }
}

extension AhrefsCallPlan {
    /// What the same metrics would take without a plan: `domain-rating`, `backlinks-stats` and `metrics`, a call each for
    /// every site and every competitor of it.
    public static func naive(domains: Int) -> (requests: Int, units: Int) {
        (3 * domains, 3 * domains * AhrefsUnits.least)
    }
}
