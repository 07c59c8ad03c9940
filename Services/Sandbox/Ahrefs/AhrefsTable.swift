import DomainModel
import FoundationEssentials

/// An endpoint: its parameters, its columns with their prices, and what it answers (spec 5.1).
struct AhrefsTable: Sendable {
    typealias Handler = @Sendable (AhrefsQuestion, AhrefsWorld) async throws -> AhrefsAnswer

    var method = "GET"
    let required: [String]
    let optional: [String]
    /// The member that holds the rows.
    let envelope: String
    let fields: Set<String>
    /// Columns that cost more than one unit.
    let expensive: [String: Int]
    let answer: Handler

    init(
        _ required: String,
        optional: String = "",
        envelope: String,
        fields: String = "",
        expensive: [String: Int] = [:],
        method: String = "GET",
        _ answer: @escaping Handler
    ) {
        func names(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }
        self.required = names(required)
        self.optional = names(optional) + ["output"]
        self.envelope = envelope
        self.fields = Set(names(fields)).union(expensive.keys)
        self.expensive = expensive
        self.method = method
        self.answer = answer
    }

    var parameters: Set<String> { Set(required + optional) }

    private static let mode = "mode protocol"
    private static let list = "mode protocol limit order_by where timeout"

    /// By the path below `/v3/`.
    static let all: [String: AhrefsTable] = [
        "subscription-info/limits-and-usage": AhrefsTable("", envelope: "limits_and_usage") { _, world in
            limits(world)
        },
        "public/domain-rating-free": AhrefsTable("target", envelope: "domain_rating") { question, world in
            let figures = try await figures(question, world, on: world.today)
            return .free([
                "domain_rating": [
                    "domain_rating": AhrefsWorld.tenths(figures.ratingTenths),
                    "license": "https://ahrefs.com/legal/domain-rating-license",
                ]
            ])
        },
        "site-explorer/domain-rating": AhrefsTable("target date", envelope: "domain_rating") { question, world in
            let figures = try await figures(question, world, on: question.day("date") ?? world.today)
            let body: AhrefsJSON = [
                "domain_rating": AhrefsWorld.tenths(figures.ratingTenths),
                "ahrefs_rank": AhrefsWorld.count(figures.rank),
            ]
            return question.paid(["domain_rating": body], rows: 1)
        },
        "site-explorer/backlinks-stats": AhrefsTable("target date", optional: mode, envelope: "metrics") {
            question,
            world in
            let figures = try await figures(question, world, on: question.day("date") ?? world.today)
            let body: AhrefsJSON = [
                "live": AhrefsWorld.count(figures.live), "all_time": AhrefsWorld.count(figures.allTime),
                "live_refdomains": AhrefsWorld.count(figures.liveDomains),
                "all_time_refdomains": AhrefsWorld.count(figures.allTimeDomains),
            ]
            return question.paid(["metrics": body], rows: 1)
        },
        "site-explorer/metrics": AhrefsTable(
            "target date",
            optional: mode + " country volume_mode",
            envelope: "metrics"
        ) { question, world in
            let figures = try await figures(question, world, on: question.day("date") ?? world.today)
            let body: AhrefsJSON = [
                "org_keywords": AhrefsWorld.count(figures.keywords), "paid_keywords": 0,
                "org_keywords_1_3": AhrefsWorld.count(figures.keywords / 12),
                "org_traffic": AhrefsWorld.count(figures.traffic),
                "org_cost": figures.traffic < 150 ? .null : AhrefsWorld.count(figures.traffic * 45),
                "paid_traffic": 0, "paid_cost": .null, "paid_pages": 0,
            ]
            return question.paid(["metrics": body], rows: 1)
        },
        "site-explorer/domain-rating-history": AhrefsTable(
            "target date_from",
            optional: "date_to history_grouping",
            envelope: "domain_ratings",
            fields: "date domain_rating"
        ) { question, world in
            try await history(question, world) { figures in
                ["domain_rating": AhrefsWorld.tenths(figures.ratingTenths)]
            }
        },
        "site-explorer/refdomains-history": AhrefsTable(
            "target date_from",
            optional: mode + " date_to history_grouping",
            envelope: "refdomains",
            fields: "date",
            expensive: ["refdomains": 5]
        ) { question, world in
            try await history(question, world) { ["refdomains": AhrefsWorld.count($0.liveDomains)] }
        },
        "site-explorer/metrics-history": AhrefsTable(
            "target date_from",
            optional: mode + " date_to history_grouping country volume_mode select",
            envelope: "metrics",
            fields: "date",
            expensive: ["org_traffic": 10, "paid_traffic": 10, "org_cost": 10, "paid_cost": 10]
        ) { question, world in
            try await history(question, world) { figures in
                [
                    "org_traffic": AhrefsWorld.count(figures.traffic), "paid_traffic": 0,
                    "org_cost": AhrefsWorld.count(figures.traffic * 45), "paid_cost": 0,
                ]
            }
        },
        "site-explorer/all-backlinks": AhrefsTable(
            "target select",
            optional: list + " aggregation history",
            envelope: "backlinks",
            fields: """
                url_from url_to anchor title name_source root_name_source domain_rating_source url_rating_source \
                first_seen first_seen_link last_seen last_visited is_dofollow is_nofollow is_ugc is_sponsored is_lost \
                is_new is_spam is_content http_code link_type lost_reason drop_reason languages link_group_count
                """,
            expensive: ["traffic": 10, "traffic_domain": 10, "refdomains_source": 5]
        ) { try await AhrefsLists.backlinks($0, $1) },
        "site-explorer/refdomains": AhrefsTable(
            "target select",
            optional: list + " history",
            envelope: "refdomains",
            fields: """
                domain domain_rating dofollow_links links_to_target new_links lost_links first_seen last_seen \
                positions_source_domain ip_source is_root_domain is_spam
                """,
            expensive: ["dofollow_refdomains": 5, "traffic_domain": 10]
        ) { try await AhrefsLists.refdomains($0, $1) },
        "site-explorer/organic-keywords": AhrefsTable(
            "target select date",
            optional: list + " country date_compared volume_mode traffic_mode",
            envelope: "keywords",
            fields: """
                keyword best_position best_position_prev best_position_diff best_position_url cpc keyword_country \
                serp_features is_branded is_commercial last_update
                """,
            expensive: ["volume": 10, "keyword_difficulty": 10, "sum_traffic": 10]
        ) { AhrefsLists.keywords($0, $1) },
        "site-explorer/top-pages": AhrefsTable(
            "target select date",
            optional: list + " country date_compared volume_mode traffic_mode",
            envelope: "pages",
            fields: """
                url raw_url keywords top_keyword top_keyword_best_position ur traffic_diff keywords_diff status
                """,
            expensive: ["sum_traffic": 10, "value": 10, "top_keyword_volume": 10, "referring_domains": 5]
        ) { AhrefsLists.topPages($0, $1) },
        "site-explorer/pages-by-traffic": AhrefsTable(
            "target",
            optional: mode + " country volume_mode",
            envelope: "pages"
        ) { question, world in
            let pages = AhrefsLists.pages(of: question.target, on: world.today).map(\.traffic)
            func bucket(_ range: Range<Int>) -> (AhrefsJSON, AhrefsJSON) {
                let inside = pages.filter(range.contains)
                return (AhrefsWorld.count(inside.count), AhrefsWorld.count(inside.reduce(0, +)))
            }
            var body: [String: AhrefsJSON] = ["range0_pages": bucket(0..<1).0]
            for (name, range) in [
                ("range100", 1..<101), ("range1k", 101..<1_001), ("range5k", 1_001..<5_001),
                ("range10k", 5_001..<10_001), ("range10k_plus", 10_001..<Int.max),
            ] {
                (body["\(name)_pages"], body["\(name)_traffic"]) = bucket(range)
            }
            return question.paid(["pages": .object(body)], rows: 1)
        },
        "batch-analysis/batch-analysis": AhrefsTable(
            "",
            envelope: "targets",
            fields: """
                ahrefs_rank backlinks backlinks_dofollow domain_rating index mode org_keywords org_keywords_1_3 \
                outgoing_links paid_keywords protocol url url_rating
                """,
            expensive: [
                "org_cost": 10, "org_traffic": 10, "paid_cost": 10, "paid_traffic": 10, "refdomains": 5,
                "refdomains_dofollow": 5,
            ],
            method: "POST"
        ) { try await AhrefsLists.batch($0, $1) },
    ]

    private static func figures(
        _ question: AhrefsQuestion,
        _ world: AhrefsWorld,
        on day: Int
    ) async throws -> AhrefsWorld.Figures {
        let links = try await world.links(to: [question.target], until: day)[question.target] ?? []
        return world.figures(of: question.target, links, on: day)
    }

    private static func history(
        _ question: AhrefsQuestion,
        _ world: AhrefsWorld,
        _ row: (AhrefsWorld.Figures) -> [String: AhrefsJSON]
    ) async throws -> AhrefsAnswer {
        let last = min(question.day("date_to") ?? world.today, world.today)
        let first = max(question.day("date_from") ?? last, AhrefsSite.beginning)
        let step = ["daily": 1, "weekly": 7][question.query["history_grouping"] ?? "monthly"] ?? 30
        let links = try await world.links(to: [question.target], until: last)[question.target] ?? []
        let rows =
            first > last
            ? []
            : stride(from: first, through: last, by: step).map { day in
                row(world.figures(of: question.target, links, on: day)).merging(["date": AhrefsWorld.text(day)]) { $1 }
            }
        return question.answer(rows)
    }

    private static func limits(_ world: AhrefsWorld) -> AhrefsAnswer {
        let standing = world.standing
        let limit = standing.unitsLimit.map(AhrefsWorld.count) ?? .null
        return .free([
            "limits_and_usage": [
                "subscription": .string("\(standing.plan.capitalized), billed monthly"),
                "usage_reset_date": .string(standing.resetsOn.description),
                "units_limit_workspace": limit, "units_usage_workspace": AhrefsWorld.count(standing.unitsUsed),
                "units_limit_api_key": limit, "units_usage_api_key": AhrefsWorld.count(standing.unitsUsed),
                "api_key_expiration_date": .string(Moment(standing.expiresAt).text),
            ]
        ])
    }
}
