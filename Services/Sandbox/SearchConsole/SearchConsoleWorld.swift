import FoundationEssentials
import Persistence
import Postgres

/// Who has let us in, and what Google knows of sites. Figures are made by the database itself, as the text of an answer.
struct SearchConsoleWorld: Sendable {
    /// The owner's connection: it sees everybody's sites and articles.
    let database: PostgresDatabase

    /// A refusal in Google's shape.
    struct Problem: Error {
        var code: Int
        var status: String
        var message: String
        var reason = "forbidden"

        static func denied(_ property: String) -> Problem {
            Problem(
                code: 403,
                status: "PERMISSION_DENIED",
                message: "User does not have sufficient permission for site '\(property)'."
            )
        }

        static let quota = Problem(
            code: 429,
            status: "RESOURCE_EXHAUSTED",
            message: "Quota exceeded for quota metric 'URL inspections'.",
            reason: "quotaExceeded"
        )
    }

    /// What `POST /google/grants` takes: a consent that was taken back, or given again.
    struct GrantOrder: Decodable, Sendable {
        var refreshToken: String
        var isRevoked: Bool
    }

    func set(_ order: GrantOrder) async throws {
        try await database.query(
            """
            insert into sandbox.google_grants (refresh_token, is_revoked) values (\(order.refreshToken), \(order.isRevoked))
            on conflict (refresh_token) do update set is_revoked = excluded.is_revoked,
                access_token = case when excluded.is_revoked then null else google_grants.access_token end
            """
        )
    }

    /// An access token for an hour; nil for a consent that is none. What looks like Google's token is one.
    func refresh(_ refreshToken: String) async throws -> String? {
        guard refreshToken.hasPrefix("1//") else { return nil }
        return try await database.query(
            """
            insert into sandbox.google_grants as known (refresh_token, access_token, expires_at, refreshes)
            values (\(refreshToken), 'ya29.' || md5(\(refreshToken) || now()::text), now() + interval '1 hour', 1)
            on conflict (refresh_token) do update set access_token = excluded.access_token,
                expires_at = excluded.expires_at, refreshes = known.refreshes + 1
            where not known.is_revoked
            returning access_token
            """
        ).first?.decode("access_token")
    }

    /// Whether an access token is good; with it, the site of a property.
    func admits(_ accessToken: String) async throws -> Bool {
        try await !database.query(
            """
            select 1 from sandbox.google_grants
            where access_token = \(accessToken) and expires_at > now() and not is_revoked
            """
        ).isEmpty
    }

    /// A property as a list of sites has it.
    struct Property: Encodable, Sendable {
        var siteUrl: String
        var permissionLevel = "siteOwner"
    }

    /// What whom an access token belongs to sees: what was said when they consented, else every site there is.
    func properties(_ accessToken: String) async throws -> [Property] {
        let grant = try await database.query(
            "select properties from sandbox.google_grants where access_token = \(accessToken)"
        ).first
        if let said = try grant?.decode("properties", as: [String]?.self) {
            return said.map { text in
                let words = text.split(separator: " ").map(String.init)
                return Property(siteUrl: words[0], permissionLevel: words.count > 1 ? words[1] : "siteOwner")
            }
        }
        return try await seeing(["select domain from igny8_sites where not is_deleted order by id"])[0].map { row in
            Property(siteUrl: "sc-domain:\(try row.decode("domain", as: String.self))")
        }
    }

    /// `searchAnalytics/query`.
    struct Question: Decodable, Sendable {
        var startDate: String
        var endDate: String
        var dimensions: [String]?
        var rowLimit: Int?
        var startRow: Int?
        var dataState: String?
    }

    /// The days end two before today in California: later figures are not final.
    func figures(_ property: String, _ question: Question) async throws -> String {
        let site = try await site(of: property)
        let limit = min(max(question.rowLimit ?? 1_000, 1), 25_000)
        let part: SQL =
            switch question.dimensions ?? [] {
            case ["date"]: "query is null and page is null"
            case ["date", "query"]: "query is not null"
            case ["date", "page"]: "page is not null"
            default: throw Problem(code: 400, status: "INVALID_ARGUMENT", message: "dimensions", reason: "badRequest")
            }
        let isWhole = question.dimensions == ["date"]
        let rows = try await seeing([
            """
            select json_build_object('rows', json_agg(json_build_object(
                'keys', case when coalesce(query, page) is null then json_build_array(day)
                    else json_build_array(day, coalesce(query, page)) end,
                'clicks', clicks, 'impressions', impressions, 'ctr', round(clicks::numeric / impressions, 6),
                'position', place) order by day, clicks desc, query, page), 'responseAggregationType', 'byProperty')::text
                as answer, count(*) as rows
            from (
                select * from sandbox.search(\(site), \(question.startDate)::text::date,
                    least(\(question.endDate)::text::date, (igny8_now() at time zone 'America/Los_Angeles')::date - 2),
                    \(isWhole ? "infinity" : question.startDate)::text::date)
                where \(fragment: part)
                order by day, clicks desc, query, page limit \(limit) offset \(max(question.startRow ?? 0, 0))
            ) figures
            """,
            """
            insert into sandbox.google_usage as usage (property, day, queries)
            values (\(property), igny8_now()::date, 1)
            on conflict (property, day) do update set queries = usage.queries + 1
            """,
        ])[0]
        guard let row = rows.first, try row.decode("rows", as: Int.self) > 0 else {
            // Google leaves the member out.
            return #"{"responseAggregationType":"byProperty"}"#
        }
        return try row.decode("answer")
    }

    private static let inspectionsADay = 2_000

    /// `urlInspection/index:inspect`.
    func inspect(_ property: String, _ url: String) async throws -> String {
        let site = try await site(of: property)
        let results = try await seeing([
            """
            insert into sandbox.google_usage as usage (property, day, inspections)
            values (\(property), igny8_now()::date, 1)
            on conflict (property, day) do update set inspections = usage.inspections + 1
            returning inspections
            """,
            """
            select json_build_object('inspectionResult', json_build_object('indexStatusResult', coalesce((
                select sandbox.inspection(site.domain, article.title, article.published_at, igny8_now())
                from igny8_content article join igny8_sites site on site.id = article.site_id
                where article.site_id = \(site) and article.external_url = \(url) and article.status = 'published'
                limit 1
            ), '{"verdict": "NEUTRAL", "coverageState": "URL is unknown to Google"}')))::text as answer
            """,
        ])
        guard let made = try results[0].first?.decode("inspections", as: Int.self), made <= Self.inspectionsADay,
            let answer = try results[1].first?.decode("answer", as: String.self)
        else { throw Problem.quota }
        return answer
    }

    private func site(of property: String) async throws -> Int64 {
        let isDomain = property.hasPrefix("sc-domain:")
        let name =
            isDomain ? property.dropFirst("sc-domain:".count) : property.split(separator: "/").dropFirst().first ?? ""
        let domain = String(name)
        let found = try await seeing([
            "select id from igny8_sites where domain = \(domain) and not is_deleted order by id"
        ])
        guard let row = found[0].first else { throw Problem.denied(property) }
        return try row.decode("id")
    }

    private func seeing(_ statements: [SQL]) async throws -> [PostgresRows] {
        try await database.batch(
            statements,
            settings: Tenant.system(reason: "Google sees all sites").settings(actor: "google")
        )
    }
}
