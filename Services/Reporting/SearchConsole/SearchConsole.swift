import DomainModel
import Foundation
import NIOConcurrencyHelpers
import Persistence
import WebClient

/// Search Console on the wire (spec 5.6). Access tokens live in this process' memory and nowhere else.
struct SearchConsole: Sendable {
    let web: GoogleWeb
    private let clientID: String
    private let clientSecret: String
    private let tokenURL: String
    private let baseURL: String
    private let tokens = AccessTokens()

    /// Whether we are somebody to Google.
    var isConfigured: Bool { !clientID.isEmpty && !clientSecret.isEmpty }

    init(web: GoogleWeb, configuration: DataConfiguration) {
        self.web = web
        clientID = configuration.clientID ?? ""
        clientSecret = configuration.clientSecret ?? ""
        tokenURL = configuration.tokenURL
        baseURL = configuration.searchConsoleURL
    }

    /// One row of figures, checked.
    typealias Row = SearchMetrics.Row

    /// Rows of one page, and whether there may be more.
    struct Page: Sendable {
        var rows: [Row]
        var isLast: Bool
    }

    static let rowLimit = 25_000

    /// A page of final figures by day and part.
    func figures(
        _ part: SearchMetrics.Part,
        from first: CalendarDay,
        to last: CalendarDay,
        startRow: Int,
        _ access: Access
    ) async throws(GoogleError) -> Page {
        let question = Question(
            startDate: first.description,
            endDate: last.description,
            dimensions: part == .whole ? ["date"] : ["date", part.rawValue],
            rowLimit: Self.rowLimit,
            startRow: startRow
        )
        let path = "webmasters/v3/sites/\(GoogleWeb.escaped(access.property))/searchAnalytics/query"
        let answer: Figures = try await call(path, question, access)
        let given = answer.rows ?? []
        guard given.count <= Self.rowLimit else { throw GoogleError(.unreadable, "more rows than were asked for") }
        var rows: [Row] = []
        rows.reserveCapacity(given.count)
        for row in given {
            if let row = try row.read(part, first...last) { rows.append(row) }
        }
        return Page(rows: rows, isLast: given.count < Self.rowLimit)
    }

    /// What Google says of one page.
    func inspect(
        _ page: URLInspections.Page,
        _ access: Access
    ) async throws(GoogleError) -> URLInspections.Finding {
        let question = Inspection(inspectionUrl: page.url, siteUrl: access.property)
        let answer: Inspected = try await call("v1/urlInspection/index:inspect", question, access)
        guard let status = answer.inspectionResult?.indexStatusResult, let verdict = status.verdict else {
            throw GoogleError(.unreadable, "the answer has no verdict")
        }
        return URLInspections.Finding(
            page: page,
            verdict: GoogleWeb.masked(verdict, []),
            coverageState: status.coverageState.map { GoogleWeb.masked($0, []) },
            pageFetchState: status.pageFetchState.map { GoogleWeb.masked($0, []) },
            lastCrawledAt: status.lastCrawlTime.flatMap { try? Date($0, strategy: .iso8601) }
        )
    }

    // MARK: Access

    /// What calls for a property need, for the length of a job. Its description shows nothing of it.
    struct Access: Sendable, CustomStringConvertible {
        let key: AccessTokens.Key
        let property: String
        fileprivate let token: String
        fileprivate let refreshToken: String

        var description: String { "•••" }
    }

    /// An access token, from memory while it is good, else fetched.
    func access(
        _ connection: SearchConsoleConnections.Connection,
        refreshToken: String
    ) async throws(GoogleError) -> Access {
        let key = AccessTokens.Key(connection: connection.id, version: connection.tokenVersion)
        if let token = tokens[key] {
            return Access(key: key, property: connection.property, token: token, refreshToken: refreshToken)
        }
        let token = try await refresh(refreshToken)
        tokens.keep(token.access_token, for: key, seconds: min(max(token.expires_in ?? 0, 0), 3_600))
        return Access(key: key, property: connection.property, token: token.access_token, refreshToken: refreshToken)
    }

    private func refresh(_ refreshToken: String) async throws(GoogleError) -> Token {
        try await token([("grant_type", "refresh_token"), ("refresh_token", refreshToken)], secrets: [refreshToken])
    }

    /// Asks the token endpoint as the client that we are.
    private func token(
        _ fields: [(String, String)],
        secrets: [String]
    ) async throws(GoogleError) -> Token {
        let form = ([("client_id", clientID), ("client_secret", clientSecret)] + fields)
            .map { "\($0)=\(GoogleWeb.escaped($1))" }.joined(separator: "&")
        let secrets = secrets + [clientSecret]
        let body = try await web.send(
            .post,
            tokenURL,
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(form.utf8),
            secrets: secrets + secrets.map { GoogleWeb.escaped($0) }
        )
        guard let token = try? JSONDecoder().decode(Token.self, from: Data(body)), Self.isToken(token.access_token)
        else { throw GoogleError(.unreadable, "the answer holds no access token") }
        return token
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    }

    // MARK: A consent

    /// What Google gives for a code. Its description shows nothing of it.
    struct Grant: Sendable, CustomStringConvertible {
        /// Nil where the consent does not last.
        let refreshToken: String?
        /// Whether the client left the permission ticked that we asked for.
        let isToRead: Bool
        fileprivate let accessToken: String

        var description: String { "•••" }
    }

    /// Exchanges an authorisation code, which Google takes once.
    func exchange(
        code: String,
        verifier: String,
        redirectURI: String
    ) async throws(GoogleError) -> Grant {
        let answer = try await token(
            [
                ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier),
                ("redirect_uri", redirectURI),
            ],
            secrets: [code, verifier]
        )
        return Grant(
            refreshToken: answer.refresh_token.flatMap { Self.isToken($0) && $0.utf8.count <= 1_000 ? $0 : nil },
            isToRead: answer.scope?.contains("/auth/webmasters") ?? true,
            accessToken: answer.access_token
        )
    }

    /// What somebody who has consented sees in Search Console.
    /// - Parameter grant: where the exchange has just been; else an access token is fetched.
    func properties(
        _ refreshToken: String,
        _ grant: Grant?
    ) async throws(GoogleError) -> [SearchConsoleProperty.Listed] {
        var token = grant?.accessToken ?? ""
        if token.isEmpty { token = try await refresh(refreshToken).access_token }
        let body = try await web.send(
            .get,
            "\(baseURL)/webmasters/v3/sites",
            headers: [("Authorization", "Bearer \(token)"), ("Accept", "application/json")],
            body: [],
            secrets: [token, refreshToken, clientSecret]
        )
        guard let answer = try? JSONDecoder().decode(Sites.self, from: Data(body)) else {
            throw GoogleError(.unreadable, "the answer is not what was promised")
        }
        return (answer.siteEntry ?? []).map { site in
            SearchConsoleProperty.Listed(name: site.siteUrl, permission: site.permissionLevel ?? "")
        }
    }

    private func call<Answer: Decodable>(
        _ path: String,
        _ question: some Encodable,
        _ access: Access
    ) async throws(GoogleError) -> Answer {
        let body: [UInt8]
        do {
            body = try await web.send(
                .post,
                "\(baseURL)/\(path)",
                headers: [
                    ("Authorization", "Bearer \(access.token)"), ("Content-Type", "application/json"),
                    ("Accept", "application/json"),
                ],
                body: (try? JSONEncoder().encode(question)).map { Array($0) } ?? [],
                secrets: [access.token, access.refreshToken, clientSecret]
            )
        } catch {
            if error.kind == .tokenRefused { tokens.forget(access.key) }
            throw error
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {
            throw GoogleError(.unreadable, "the answer is not what was promised")
        }
        return answer
    }

    // MARK: The wire

    private struct Token: Decodable {
        let access_token: String
        let expires_in: Int?
        let refresh_token: String?
        let scope: String?
    }

    private struct Sites: Decodable {
        struct Site: Decodable {
            let siteUrl: String
            let permissionLevel: String?
        }
        let siteEntry: [Site]?
    }

    private struct Question: Encodable {
        let startDate: String
        let endDate: String
        let dimensions: [String]
        let type = "web"
        let rowLimit: Int
        let startRow: Int
        let dataState = "final"
    }

    private struct Figures: Decodable {
        let rows: [Figure]?
    }

    private struct Inspection: Encodable {
        let inspectionUrl: String
        let siteUrl: String
        let languageCode = "en-US"
    }

    private struct Inspected: Decodable {
        struct Result: Decodable {
            let indexStatusResult: Status?
        }
        struct Status: Decodable {
            let verdict: String?
            let coverageState: String?
            let pageFetchState: String?
            let lastCrawlTime: String?
        }
        let inspectionResult: Result?
    }
}

/// A row as Google writes it: all four figures are doubles.
private struct Figure: Decodable {
    let keys: [String]
    let clicks: Double
    let impressions: Double
    let position: Double

    /// - Returns: nil for a query or page that is too long to keep.
    /// - Throws: for what cannot be a figure.
    func read(_ part: SearchMetrics.Part, _ days: ClosedRange<CalendarDay>) throws(GoogleError) -> SearchMetrics.Row? {
        guard keys.count == (part == .whole ? 1 : 2), let day = CalendarDay(keys[0]), days.contains(day),
            clicks >= 0, impressions >= clicks, impressions <= 2_000_000_000, position >= 0, position < 100_000
        else { throw GoogleError(.unreadable, "a row of figures makes no sense") }
        let key = keys.count > 1 ? keys[1] : nil
        if let key, !(1...2_048).contains(key.unicodeScalars.count) || key.utf8.contains(0) { return nil }
        return SearchMetrics.Row(
            day: day,
            key: key,
            clicks: Int(clicks.rounded()),
            impressions: Int(impressions.rounded()),
            positionThousandths: Int((position * 1_000).rounded())
        )
    }
}

/// Access tokens by connection and consent, for as long as they are good (machine time).
final class AccessTokens: Sendable {
    struct Key: Hashable, Sendable {
        let connection: Int64
        let version: Int
    }

    private struct Token {
        let text: String
        let end: ContinuousClock.Instant
    }

    private let tokens = NIOLockedValueBox<[Key: Token]>([:])

    subscript(_ key: Key) -> String? {
        tokens.withLockedValue { $0[key] }.flatMap { $0.end > .now ? $0.text : nil }
    }

    /// A minute less than it is good for: a long answer is still answered.
    func keep(_ text: String, for key: Key, seconds: Int) {
        let end = ContinuousClock.now + .seconds(seconds - 60)
        tokens.withLockedValue { tokens in
            tokens = tokens.filter { $0.value.end > .now }
            tokens[key] = Token(text: text, end: end)
        }
    }

    func forget(_ key: Key) { tokens.withLockedValue { $0[key] = nil } }
}
