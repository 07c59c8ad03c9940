import DomainModel
import Foundation
import WebClient

/// Ahrefs' API v3, call by call under its real names (spec 5.1): one request each, never repeated here. What comes back is
/// read leniently, and what is on the wire stays in this file.
struct AhrefsClient: Sendable {
    let web: WebClient
    /// Without `/v3`, and without a slash at the end.
    let baseURL: String
    /// Off where Ahrefs is played on this machine.
    let guardAddresses: Bool

    /// A thousand rows with all their columns are less than a megabyte.
    private static let largestBody = 8 << 20
    /// Longer than Ahrefs takes for a large list, shorter than a job may.
    private static let patience: Duration = .seconds(45)

    typealias Answer<Value: Sendable> = AhrefsAnswer<Value>

    // MARK: The key

    func limitsAndUsage(key: String) async throws(AhrefsError) -> Answer<AhrefsLimits> {
        try await get(.limitsAndUsage, key, []) { (wire: Wire.Limits) in
            let usage = wire.limits_and_usage
            let key = (limit: usage.units_limit_api_key, used: usage.units_usage_api_key)
            let workspace = (limit: usage.units_limit_workspace, used: usage.units_usage_workspace)
            // What runs out first.
            let bounds = [key, workspace].filter { $0.limit != nil }
            let bound = bounds.min { left, right in
                (left.limit?.value ?? 0) - (left.used?.value ?? 0) < (right.limit?.value ?? 0)
                    - (right.used?.value ?? 0)
            }
            return AhrefsLimits(
                subscription: Self.clean(usage.subscription ?? "", 100),
                unitsLimit: bound?.limit?.value,
                unitsUsed: (bound ?? key).used?.value ?? 0,
                resetsOn: usage.usage_reset_date.flatMap { CalendarDay($0.prefix(10)) },
                expiresAt: Self.moment(usage.api_key_expiration_date)
            )
        }
    }

    // MARK: Figures of one domain

    /// For nothing. Shown to others it carries "Domain Rating by Ahrefs".
    func freeDomainRating(of target: String, key: String) async throws(AhrefsError) -> Answer<Int?> {
        try await get(.freeDomainRating, key, [("target", target)]) { (wire: Wire.Rating) in
            wire.domain_rating.domain_rating?.tenths
        }
    }

    func domainRating(of target: String, on day: CalendarDay, key: String) async throws(AhrefsError) -> Answer<Int?> {
        try await get(.domainRating, key, [("target", target), ("date", day.description)]) { (wire: Wire.Rating) in
            wire.domain_rating.domain_rating?.tenths
        }
    }

    func backlinksStats(
        of target: String,
        on day: CalendarDay,
        key: String
    ) async throws(AhrefsError) -> Answer<AhrefsMetrics> {
        try await get(.backlinksStats, key, [("target", target), ("date", day.description)]) { (wire: Wire.Stats) in
            AhrefsMetrics(
                referringDomains: wire.metrics.live_refdomains?.value,
                backlinks: wire.metrics.live?.value
            )
        }
    }

    func metrics(
        of target: String,
        on day: CalendarDay,
        key: String
    ) async throws(AhrefsError) -> Answer<AhrefsMetrics> {
        try await get(.metrics, key, [("target", target), ("date", day.description)]) { (wire: Wire.Metrics) in
            AhrefsMetrics(
                organicKeywords: wire.metrics.org_keywords?.value,
                organicTraffic: wire.metrics.org_traffic?.value
            )
        }
    }

    /// Pages by how many visits they have: bounds and counts, as Ahrefs names its buckets.
    func pagesByTraffic(of target: String, key: String) async throws(AhrefsError) -> Answer<[String: Int]> {
        try await get(.pagesByTraffic, key, [("target", target)]) { (wire: Wire.Buckets) in
            wire.pages.mapValues(\.value)
        }
    }

    // MARK: Many domains at once

    /// The metrics of up to 100 domains, by domain.
    func batchAnalysis(
        of targets: [String],
        key: String
    ) async throws(AhrefsError) -> Answer<[String: AhrefsMetrics]> {
        let question = Wire.Batch(
            select: AhrefsCallPlan.batchFields,
            targets: targets.map { Wire.Batch.Target(url: $0) }
        )
        let body = (try? JSONEncoder().encode(question)).map { Array($0) } ?? []
        return try await send(.batchAnalysis, key, "POST", [], body: body) { (wire: Wire.BatchAnswer) in
            var found: [String: AhrefsMetrics] = [:]
            for row in wire.targets.rows {
                guard let domain = row.url.flatMap({ Domain($0) }) else { continue }
                found[domain.name] = AhrefsMetrics(
                    domainRatingTenths: row.domain_rating?.tenths,
                    referringDomains: row.refdomains?.value,
                    backlinks: row.backlinks?.value,
                    organicKeywords: row.org_keywords?.value,
                    organicTraffic: row.org_traffic?.value
                )
            }
            return found
        }
    }

    // MARK: The past

    func domainRatingHistory(
        of target: String,
        from day: CalendarDay,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsPoint]> {
        try await get(.domainRatingHistory, key, Self.past(target, day)) { (wire: Wire.RatingHistory) in
            wire.domain_ratings.rows.compactMap { Self.point($0.date, $0.domain_rating?.tenths) }
        }
    }

    func trafficHistory(
        of target: String,
        from day: CalendarDay,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsPoint]> {
        let query = Self.past(target, day) + [("select", "date,org_traffic")]
        return try await get(.metricsHistory, key, query) { (wire: Wire.MetricsHistory) in
            wire.metrics.rows.compactMap { Self.point($0.date, $0.org_traffic?.value) }
        }
    }

    func refdomainsHistory(
        of target: String,
        from day: CalendarDay,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsPoint]> {
        try await get(.refdomainsHistory, key, Self.past(target, day)) { (wire: Wire.RefdomainsHistory) in
            wire.refdomains.rows.compactMap { Self.point($0.date, $0.refdomains?.value) }
        }
    }

    private static func past(_ target: String, _ day: CalendarDay) -> [(String, String)] {
        [("target", target), ("date_from", day.description), ("history_grouping", "monthly")]
    }

    private static func point(_ date: String?, _ value: Int?) -> AhrefsPoint? {
        guard let day = date.flatMap({ CalendarDay($0.prefix(10)) }), let value else { return nil }
        return AhrefsPoint(date: day, value: value)
    }

    // MARK: Lists

    /// Links to a domain, the strongest sources first.
    /// - Parameter filter: which links are asked for one by one; without it, the live ones as a list.
    func backlinks(
        of target: String,
        _ filter: AhrefsLinkFilter? = nil,
        rows: Int,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsBacklink]> {
        var query = [("target", target), ("mode", "subdomains"), ("limit", "\(rows)")]
        query.append(("select", (filter?.fields ?? AhrefsView.backlinks.fields).joined(separator: ",")))
        if let filter {
            query.append(("aggregation", "all"))
            query.append(("history", filter.lostSince.map { "since:\($0)" } ?? "live"))
            query.append(("where", Self.condition(filter)))
        } else {
            query.append(("aggregation", "similar_links"))
            query.append(("history", "live"))
            query.append(("order_by", "domain_rating_source:desc"))
        }
        return try await get(.allBacklinks, key, query) { (wire: Wire.Backlinks) in
            wire.backlinks.rows.compactMap(Self.link)
        }
    }

    private static func condition(_ filter: AhrefsLinkFilter) -> String {
        // `root_name_source` would be the registrable domain, which we do not know of a host.
        let sources = filter.sources.flatMap { [$0, "www.\($0)"] }
            .map { #"{"field":"name_source","is":["eq",\#(quoted($0))]}"# }
        var parts = sources.isEmpty ? [] : [#"{"or":[\#(sources.joined(separator: ","))]}"#]
        if filter.lostSince != nil { parts.append(#"{"field":"is_lost","is":["eq",true]}"#) }
        return #"{"and":[\#(parts.joined(separator: ","))]}"#
    }

    /// Host names have no character that JSON would escape; what is none is asked for as nothing.
    private static func quoted(_ host: String) -> String { Domain(host) == nil ? "\"\"" : "\"\(host)\"" }

    private static func link(_ row: Wire.Backlink) -> AhrefsBacklink? {
        guard let from = row.url_from, let to = row.url_to else { return nil }
        return AhrefsBacklink(
            urlFrom: clean(from, 2_000),
            urlTo: clean(to, 2_000),
            anchor: clean(row.anchor ?? "", 500),
            domain: clean(row.root_name_source ?? row.name_source ?? Domain(from)?.name ?? "", 253).lowercased(),
            domainRatingTenths: row.domain_rating_source?.tenths,
            traffic: row.traffic_domain?.value,
            firstSeen: moment(row.first_seen),
            lastVisited: moment(row.last_visited),
            lostAt: moment(row.last_seen),
            lostReason: row.lost_reason.map { clean($0, 64) },
            isDofollow: row.is_dofollow ?? false,
            isUGC: row.is_ugc ?? false,
            isSponsored: row.is_sponsored ?? false,
            isSpam: row.is_spam ?? false,
            linkType: row.link_type.map { clean($0, 64) },
            httpCode: row.http_code?.value
        )
    }

    func refdomains(
        of target: String,
        rows: Int,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsReferringDomain]> {
        let query = list(target, .referringDomains, rows) + [("history", "live"), ("order_by", "domain_rating:desc")]
        return try await get(.refdomains, key, query) { (wire: Wire.Refdomains) in
            wire.refdomains.rows.compactMap { row in
                guard let domain = row.domain.flatMap({ Domain($0) }) else { return nil }
                return AhrefsReferringDomain(
                    domain: domain.name,
                    domainRatingTenths: row.domain_rating?.tenths,
                    linksToTarget: row.links_to_target?.value,
                    dofollowLinks: row.dofollow_links?.value,
                    firstSeen: Self.moment(row.first_seen),
                    lastSeen: Self.moment(row.last_seen),
                    isSpam: row.is_spam ?? false
                )
            }
        }
    }

    func organicKeywords(
        of target: String,
        on day: CalendarDay,
        rows: Int,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsKeyword]> {
        let query =
            list(target, .organicKeywords, rows) + [("date", day.description), ("order_by", "sum_traffic:desc")]
        return try await get(.organicKeywords, key, query) { (wire: Wire.Keywords) in
            wire.keywords.rows.compactMap { row in
                guard let keyword = row.keyword else { return nil }
                return AhrefsKeyword(
                    keyword: Self.clean(keyword, 500),
                    country: row.keyword_country.map { Self.clean($0, 2).uppercased() },
                    position: row.best_position?.value,
                    previousPosition: row.best_position_prev?.value,
                    url: row.best_position_url.map { Self.clean($0, 2_000) },
                    volume: row.volume?.value,
                    traffic: row.sum_traffic?.value,
                    lastUpdate: Self.moment(row.last_update)
                )
            }
        }
    }

    func topPages(
        of target: String,
        on day: CalendarDay,
        rows: Int,
        key: String
    ) async throws(AhrefsError) -> Answer<[AhrefsPage]> {
        let query = list(target, .topPages, rows) + [("date", day.description), ("order_by", "sum_traffic:desc")]
        return try await get(.topPages, key, query) { (wire: Wire.Pages) in
            wire.pages.rows.compactMap { row in
                guard let url = row.url else { return nil }
                return AhrefsPage(
                    url: Self.clean(url, 2_000),
                    traffic: row.sum_traffic?.value,
                    keywords: row.keywords?.value,
                    topKeyword: row.top_keyword.map { Self.clean($0, 500) },
                    topPosition: row.top_keyword_best_position?.value,
                    urlRatingTenths: row.ur?.tenths
                )
            }
        }
    }

    private func list(_ target: String, _ view: AhrefsView, _ rows: Int) -> [(String, String)] {
        [
            ("target", target), ("mode", "subdomains"), ("limit", "\(rows)"),
            ("select", view.fields.joined(separator: ",")),
        ]
    }
}

// MARK: - Asking

extension AhrefsClient {
    private func get<Body: Decodable, Value>(
        _ endpoint: AhrefsEndpoint,
        _ key: String,
        _ query: [(String, String)],
        _ read: (Body) -> Value
    ) async throws(AhrefsError) -> AhrefsAnswer<Value> {
        try await send(endpoint, key, "GET", query, body: nil, read)
    }

    private func send<Body: Decodable, Value>(
        _ endpoint: AhrefsEndpoint,
        _ key: String,
        _ method: WebMethod,
        _ query: [(String, String)],
        body: [UInt8]?,
        _ read: (Body) -> Value
    ) async throws(AhrefsError) -> AhrefsAnswer<Value> {
        var url = "\(baseURL)/v3/\(endpoint.rawValue)"
        if !query.isEmpty {
            url += "?" + query.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        }
        var headers = [(name: "Authorization", value: "Bearer \(key)"), (name: "Accept", value: "application/json")]
        if body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        let began = ContinuousClock.now
        func elapsed() -> Int { Int((ContinuousClock.now - began) / .milliseconds(1)) }
        let answer: WebResponse
        do throws(WebError) {
            answer = try await web.send(
                WebRequest(
                    method: method,
                    url: url,
                    headers: headers,
                    body: body,
                    timeout: Self.patience,
                    maximumBodyBytes: Self.largestBody,
                    guardAddresses: guardAddresses,
                    maximumRedirects: 0
                )
            )
        } catch {
            throw AhrefsError(
                endpoint: endpoint,
                kind: .noAnswer(mayHaveCounted: error.isOutcomeUnknown),
                detail: Self.masked("\(error)", key),
                receipt: AhrefsReceipt(milliseconds: elapsed())
            )
        }
        func number(_ name: String) -> Int? { answer.header(name).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
        let cache = answer.header("x-api-cache")
        let receipt = AhrefsReceipt(
            httpStatus: answer.status,
            units: number("x-api-units-cost-total-actual") ?? number("x-api-units-cost-total"),
            rows: number("x-api-rows"),
            cache: ["hit", "miss", "no_cache"].contains(cache) ? cache : nil,
            milliseconds: elapsed()
        )
        guard answer.status == 200 else {
            throw AhrefsError(
                endpoint: endpoint,
                kind: Self.kind(answer),
                detail: Self.masked(Self.sentence(answer.body), key),
                receipt: receipt
            )
        }
        do {
            let wire = try JSONDecoder().decode(Body.self, from: Data(answer.body))
            return AhrefsAnswer(value: read(wire), receipt: receipt)
        } catch {
            throw AhrefsError(
                endpoint: endpoint,
                kind: .unreadable,
                detail: "the answer is not what was promised",
                receipt: receipt
            )
        }
    }

    private static func kind(_ answer: WebResponse) -> AhrefsError.Kind {
        switch answer.status {
        case 400: return .badRequest
        case 401: return .keyRefused
        case 403: return .forbidden
        case 404: return .unknownTarget
        case 429:
            let seconds = answer.header("Retry-After").flatMap { Int($0) }
            return .tooManyRequests(seconds.map { .seconds(min(max($0, 1), 60)) })
        case 500...599: return .unavailable
        default: return .unexpected
        }
    }

    /// Ahrefs writes `error`, its gateway `message`.
    private static func sentence(_ body: [UInt8]) -> String {
        guard let wire = try? JSONDecoder().decode(Wire.Refusal.self, from: Data(body)) else { return "" }
        return clean(wire.error ?? wire.message ?? "", 300)
    }

    /// A sentence that must not carry the key, whatever the provider or a proxy echoes.
    private static func masked(_ text: String, _ key: String) -> String {
        key.isEmpty ? text : text.replacing(key, with: "•••")
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    /// Text that a database can keep: without NUL, and of a bounded length.
    private static func clean(_ text: String, _ length: Int) -> String {
        String(text.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(length).map(Character.init))
    }

    private static func moment(_ text: String?) -> Date? {
        guard let text else { return nil }
        if text.utf8.count == 10 { return CalendarDay(text).map { $0.start(in: .gmt) } }
        return (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

// MARK: - The wire

private enum Wire {
    /// A number, however it is written.
    struct Number: Decodable {
        let number: Double

        init(from decoder: any Decoder) throws {
            number = try decoder.singleValueContainer().decode(Double.self)
        }

        /// Not negative, and no larger than a row can have.
        var value: Int { Int(min(max(number, 0), 9e15)) }
        var tenths: Int { Int(min(max((number * 10).rounded(), 0), 1_000)) }
    }

    /// Rows; one that cannot be read is left out.
    struct Rows<Row: Decodable>: Decodable {
        private struct Skipped: Decodable {}

        var rows: [Row] = []

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            while !container.isAtEnd {
                if let row = try? container.decode(Row.self) {
                    rows.append(row)
                } else {
                    _ = try container.decode(Skipped.self)
                }
            }
        }
    }

    struct Refusal: Decodable {
        let error: String?
        let message: String?
    }

    struct Limits: Decodable {
        struct Usage: Decodable {
            let subscription: String?
            let usage_reset_date: String?
            let units_limit_workspace: Number?
            let units_usage_workspace: Number?
            let units_limit_api_key: Number?
            let units_usage_api_key: Number?
            let api_key_expiration_date: String?
        }

        let limits_and_usage: Usage
    }

    struct Rating: Decodable {
        struct Value: Decodable {
            let domain_rating: Number?
        }

        let domain_rating: Value
    }

    struct Stats: Decodable {
        struct Value: Decodable {
            let live: Number?
            let live_refdomains: Number?
        }

        let metrics: Value
    }

    struct Metrics: Decodable {
        struct Value: Decodable {
            let org_keywords: Number?
            let org_traffic: Number?
        }

        let metrics: Value
    }

    struct Buckets: Decodable {
        let pages: [String: Number]
    }

    struct Batch: Encodable {
        struct Target: Encodable {
            let url: String
            var mode = "subdomains"
            var `protocol` = "both"
        }

        let select: [String]
        let targets: [Target]
    }

    struct BatchAnswer: Decodable {
        struct Row: Decodable {
            let url: String?
            let domain_rating: Number?
            let refdomains: Number?
            let backlinks: Number?
            let org_keywords: Number?
            let org_traffic: Number?
        }

        let targets: Rows<Row>
    }

    struct RatingHistory: Decodable {
        struct Row: Decodable {
            let date: String?
            let domain_rating: Number?
        }

        let domain_ratings: Rows<Row>
    }

    struct MetricsHistory: Decodable {
        struct Row: Decodable {
            let date: String?
            let org_traffic: Number?
        }

        let metrics: Rows<Row>
    }

    struct RefdomainsHistory: Decodable {
        struct Row: Decodable {
            let date: String?
            let refdomains: Number?
        }

        let refdomains: Rows<Row>
    }

    struct Backlink: Decodable {
        let url_from: String?
        let url_to: String?
        let anchor: String?
        let name_source: String?
        let root_name_source: String?
        let domain_rating_source: Number?
        let traffic_domain: Number?
        let first_seen: String?
        let last_seen: String?
        let last_visited: String?
        let is_dofollow: Bool?
        let is_ugc: Bool?
        let is_sponsored: Bool?
        let is_spam: Bool?
        let link_type: String?
        let lost_reason: String?
        let http_code: Number?
    }

    struct Backlinks: Decodable {
        let backlinks: Rows<Backlink>
    }

    struct Refdomains: Decodable {
        struct Row: Decodable {
            let domain: String?
            let domain_rating: Number?
            let links_to_target: Number?
            let dofollow_links: Number?
            let first_seen: String?
            let last_seen: String?
            let is_spam: Bool?
        }

        let refdomains: Rows<Row>
    }

    struct Keywords: Decodable {
        struct Row: Decodable {
            let keyword: String?
            let keyword_country: String?
            let best_position: Number?
            let best_position_prev: Number?
            let best_position_url: String?
            let volume: Number?
            let sum_traffic: Number?
            let last_update: String?
        }

        let keywords: Rows<Row>
    }

    struct Pages: Decodable {
        struct Row: Decodable {
            let url: String?
            let sum_traffic: Number?
            let keywords: Number?
            let top_keyword: String?
            let top_keyword_best_position: Number?
            let ur: Number?
        }

        let pages: Rows<Row>
    }
}
