import DomainModel
import EventLoop
import Foundation
import JobQueue
import Logging
import NIOConcurrencyHelpers
import Persistence
import Postgres
import Sandbox
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing
import WebClient

@testable import Gateway
@testable import Reporting

/// Everything that was logged, at every level.
final class LogBook: Sendable {
    private let pages = NIOLockedValueBox("")

    var text: String { pages.withLockedValue { $0 } }

    func logger(_ label: String) -> Logger {
        Logger(label: label) { _ in Handler(book: self) }
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.message) \(metadata) \(event.metadata ?? [:])\n"
            book.pages.withLockedValue { $0 += line }
        }
    }
}

/// The API, the data tasks of the reporting worker, and the sandbox, each as its process builds it, over one database and one
/// Redis, talking over real HTTP. Business time stands still until a test moves it.
struct DataHouse: Sendable {
    let test: TestDatabase
    let store: Store
    let gatewayURL: String
    let sandboxURL: String
    let logs: LogBook
    /// Of the agency, with all rights.
    let staff: String
    /// Of the client's owner.
    let owner: String
    let account: Account.ID
    let site: Site.ID
    /// Another client.
    let stranger: Account.ID

    static let system = Tenant.system(reason: "test")
    static let start = "2026-11-02T08:00:00Z"
    private static let web = WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.data"))
    private static let password = "correct horse battery staple"

    static func open(
        plan: PlanKey = .scale,
        schedules: Bool = false,
        _ body: @escaping @Sendable (DataHouse) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { redis in
                let ports = try (gateway: FreePort.find(), sandbox: FreePort.find(), smtp: FreePort.find())
                let logs = LogBook()
                let store = Store(database: test.service)
                let gateway = "http://127.0.0.1:\(ports.gateway)"
                let sandbox = "http://127.0.0.1:\(ports.sandbox)"
                let environment = environment(test, redis: redis.url, gateway, sandbox, ports.smtp)
                let (client, stranger) = try await store.transaction(as: system, actor: "test") { tx in
                    try await BusinessClock.freeze(at: try Date(start, strategy: .iso8601), in: tx)
                    // Nobody works here who would take their jobs.
                    try await tx.query(
                        "insert into igny8_queues (name, paused_at) values ('subscriptions', now())"
                    )
                    _ = try await person("alorig", plan: .scale, staff: .admin, in: tx)
                    let stranger = try await person("stranger", plan: .scale, in: tx)
                    return (try await person("banner", plan: plan, in: tx), stranger)
                }
                let play: @Sendable (ServiceHost) async throws -> [any Service] = { host in
                    let own = environment.merging(["IGNY8_HTTP_PORT": "\(ports.sandbox)"]) { $1 }
                    return try await Sandbox.services(host, SandboxConfiguration(Settings(own)))
                }
                let answer: @Sendable (ServiceHost) async throws -> [any Service] = { host in
                    let own = environment.merging(["IGNY8_HTTP_PORT": "\(ports.gateway)"]) { $1 }
                    var configuration = try GatewayConfiguration(Settings(own))
                    configuration.passwordCost = .cheap
                    return try await Gateway.services(host, configuration)
                }
                let work: @Sendable (ServiceHost) async throws -> [any Service] = { host in
                    let desk = DataDesk(host, try DataConfiguration(Settings(environment)))
                    return [
                        JobWorker(
                            queue: CoreDataJobs.queue,
                            tasks: desk.tasks,
                            schedules: schedules ? DataDesk.schedules : [],
                            zones: { ["Europe/London"] },
                            database: host.database,
                            redis: host.redis,
                            configuration: WorkerConfiguration(capacity: 4),
                            logger: host.logger
                        )
                    ]
                }
                try await running("igny8-sandbox", environment, logs, play) {
                    try await running("igny8-gateway", environment, logs, answer) {
                        try await running("igny8-reporting", environment, logs, work) {
                            for port in [ports.gateway, ports.sandbox] {
                                while !FreePort.accepts(port) { await Task.yield() }
                            }
                            let house = DataHouse(
                                test: test,
                                store: store,
                                gatewayURL: gateway,
                                sandboxURL: sandbox,
                                logs: logs,
                                staff: try await signIn("owner@alorig.example", at: gateway),
                                owner: try await signIn("owner@banner.example", at: gateway),
                                account: client.0,
                                site: client.1,
                                stranger: stranger.0
                            )
                            try await body(house)
                        }
                    }
                }
            }
        }
    }

    private static func running(
        _ name: String,
        _ environment: [String: String],
        _ logs: LogBook,
        _ build: @escaping @Sendable (ServiceHost) async throws -> [any Service],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let logger = logs.logger(name)
        let host = try ServiceHost(
            name: name,
            configuration: RuntimeConfiguration(Settings(environment)),
            registry: PrometheusRegistry(),
            logger: logger
        )
        let services = [host.database, host.redis] + (try await build(host))
        let group = ServiceGroup(configuration: .init(services: services, logger: logger))
        let life = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        life.cancel()
        _ = try? await life.value
        host.loop.stop()
        try outcome.get()
    }

    private static func environment(
        _ test: TestDatabase,
        redis: String,
        _ gateway: String,
        _ sandbox: String,
        _ smtp: Int
    ) -> [String: String] {
        [
            "IGNY8_DATABASE_URL": test.serviceURL, "IGNY8_DATABASE_OWNER_URL": test.ownerURL,
            "IGNY8_REDIS_URL": redis, "IGNY8_MODE": "sandbox", "IGNY8_PRIVATE_PORT": "0",
            "IGNY8_SANDBOX_SMTP_PORT": "\(smtp)", "IGNY8_SANDBOX_URL": sandbox, "IGNY8_PUBLIC_URL": gateway,
            "IGNY8_MAIL_FROM": "IGNY8 <service@igny8.example>",
            "IGNY8_STRIPE_SECRET_KEY": "sk_test_data", "IGNY8_STRIPE_WEBHOOK_SECRETS": "whsec_data",
            "IGNY8_GOOGLE_CLIENT_ID": "client-of-igny8", "IGNY8_GOOGLE_CLIENT_SECRET": clientSecret,
            "IGNY8_GOOGLE_AUTHORIZE_URL": "\(sandbox)/google/o/oauth2/v2/auth",
            "IGNY8_GOOGLE_TOKEN_URL": "\(sandbox)/google/token", "IGNY8_SEARCH_CONSOLE_URL": "\(sandbox)/google",
            "IGNY8_TOKEN_KEY": Data(repeating: 7, count: 64).base64EncodedString(),
            "IGNY8_KEY_ENCRYPTION_KEY": Data(repeating: 9, count: 32).base64EncodedString(),
            "IGNY8_RATE_PER_ACCOUNT": "100000", "IGNY8_RATE_PER_ADDRESS": "100000",
        ]
    }

    static let clientSecret = "GOCSPX-canary-of-the-client"

    /// An account with an owner `owner@NAME.example` and a site `NAME.example` with a sector.
    private static func person(
        _ name: String,
        plan: PlanKey,
        staff: StaffRole? = nil,
        in tx: PostgresTransaction
    ) async throws -> (Account.ID, Site.ID) {
        let account = try await Accounts.create(
            name: name,
            plan: plan,
            timeZoneName: "Europe/London",
            currency: .usd,
            billingEmail: try #require(EmailAddress("billing@\(name).example")),
            in: tx
        ).id
        _ = try await Users.create(
            account: account,
            email: try #require(EmailAddress("owner@\(name).example")),
            name: "Ann",
            passwordHash: try PasswordHash.make(password, cost: .cheap),
            role: .owner,
            staffRole: staff,
            in: tx
        )
        let site = try await Sites.create(
            account: account,
            domain: try #require(Domain("\(name).example")),
            name: name,
            url: "https://\(name).example/",
            competitors: [],
            in: tx
        ).id
        try await tx.query(
            """
            with site as (
                update igny8_sites set industry_id = (select id from igny8_industries where slug = 'printing')
                where id = \(site.rawValue) returning *
            )
            insert into igny8_sectors (account_id, site_id, industry_id, industry_sector_id, name)
            select site.account_id, site.id, site.industry_id, part.id, part.name
            from site join igny8_industry_sectors part on part.industry_id = site.industry_id
            where part.slug = 'banners_and_signs'
            """
        )
        return (account, site)
    }

    // MARK: Requests

    struct Reply: Sendable, CustomTestStringConvertible {
        let status: Int
        let json: JSONValue
        let text: String
        var headers: [(name: String, value: String)] = []

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

        subscript(_ path: String) -> JSONValue? {
            path.split(separator: ".").reduce(json as JSONValue?) { value, step in
                if case .array(let items)? = value {
                    return Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
                }
                return value?.members?[String(step)]
            }
        }

        func string(_ path: String) -> String? {
            if case .string(let text)? = self[path] { text } else { nil }
        }

        func integer(_ path: String) -> Int? {
            if case .integer(let number)? = self[path] { Int(number) } else { nil }
        }

        /// `4 site` for each.
        func faults(_ path: String) -> [String] {
            guard case .array(let items)? = self[path] else { return [] }
            return items.map { item in
                var words: [String] = []
                if case .integer(let line)? = item.members?["line"] { words.append("\(line)") }
                if case .string(let field)? = item.members?["field"] { words.append(field) }
                return words.joined(separator: " ")
            }
        }

        var testDescription: String { "\(status) \(text.prefix(600))" }
    }

    static func send(
        _ method: WebMethod,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        bytes: [UInt8]? = nil
    ) async throws -> Reply {
        let request = WebRequest(
            method: method,
            url: url,
            headers: headers,
            body: bytes,
            guardAddresses: false,
            maximumRedirects: 0
        )
        let answer = try await web.send(request)
        let json = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
        return Reply(status: answer.status, json: json ?? .null, text: answer.text, headers: answer.headers)
    }

    private static func signIn(_ email: String, at gateway: String) async throws -> String {
        let body: JSONValue = ["email": .string(email), "password": .string(password)]
        let reply = try await send(
            .post,
            "\(gateway)/api/v1/auth/login/",
            headers: [("Content-Type", "application/json")],
            bytes: Array(try JSONEncoder().encode(body))
        )
        return "Bearer \(try #require(reply.string("access")))"
    }

    /// A call of our API.
    func call(
        _ method: WebMethod,
        _ path: String,
        as authorization: String,
        _ body: JSONValue? = nil
    ) async throws -> Reply {
        try await Self.send(
            method,
            "\(gatewayURL)/api/v1/\(path)",
            headers: [("Authorization", authorization)] + (body == nil ? [] : [("Content-Type", "application/json")]),
            bytes: try body.map { Array(try JSONEncoder().encode($0)) }
        )
    }

    /// Sends rows of the core, lets them be read, and gives what came of them.
    func send(_ rows: String, kind: String, as authorization: String? = nil) async throws -> Reply {
        let who = authorization ?? staff
        let reply = try await Self.send(
            .post,
            "\(gatewayURL)/api/v1/platform/import/?kind=\(kind)",
            headers: [("Authorization", who), ("Content-Type", "application/x-ndjson")],
            bytes: Array(rows.utf8)
        )
        try #require(reply.status == 202, "\(reply.text)")
        try await settle()
        return try await call(.get, "platform/import/\(try #require(reply.integer("import.id")))/", as: who)
    }

    /// Tells the sandbox something: `faults/`, `google/grants/`.
    @discardableResult
    func sandbox(_ path: String, _ body: JSONValue) async throws -> Reply {
        let reply = try await Self.send(
            .post,
            "\(sandboxURL)/\(path)",
            headers: [("Content-Type", "application/json")],
            bytes: Array(try JSONEncoder().encode(body))
        )
        try #require((200..<300).contains(reply.status), "\(path): \(reply.text)")
        return reply
    }

    /// An API key of an account.
    func key(of account: Account.ID, _ scopes: Set<ApiScope>) async throws -> String {
        let key = "igny8_test_key_of_\(account)"
        _ = try await transaction { tx in
            try await ApiKeys.create(
                account: account,
                name: "core",
                key: key,
                prefix: "igny8_te",
                scopes: scopes,
                expiresAt: nil,
                createdBy: nil,
                in: tx
            )
        }
        return "Api-Key \(key)"
    }

    /// The client's consent, in the client's own name.
    @discardableResult
    func connect(_ token: String = DataHouse.consent) async throws -> Reply {
        let reply = try await call(
            .post,
            "integration/search-console/connect/",
            as: owner,
            [
                "site_id": .integer(site.rawValue), "property": "sc-domain:banner.example",
                "refresh_token": .string(token),
            ]
        )
        try #require(reply.status == 202, "\(reply.text)")
        return reply
    }

    static let consent = "1//canary-of-the-consent"

    // MARK: Rows

    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await store.transaction(as: Self.system, actor: "test", body)
    }

    func count(_ sql: SQL) async throws -> Int {
        Int(try await transaction { tx in try await tx.query(sql)[0].decode(0, as: Int64.self) })
    }

    func texts(_ sql: SQL) async throws -> [String] {
        try await transaction { tx in try await tx.query(sql).map { row in try row.decode(0, as: String.self) } }
    }

    func run(_ sql: SQL) async throws { _ = try await transaction { tx in try await tx.query(sql) } }

    func enqueue(_ jobs: NewJob...) async throws {
        let producer = JobProducer(redis: nil, logger: Logger(label: "tests"))
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
    }

    /// Lets everything finish that is due now, attempts that back off included.
    func settle() async throws {
        let limit = ContinuousClock.now + .seconds(120)
        while try await !transaction({ tx in try await JobStore.quiet(in: tx) }).isQuiet {
            guard .now < limit else {
                let open = try await texts(
                    "select task || ' ' || state || ' ' || attempt || ' ' || coalesce(errors::text, '') from igny8_jobs"
                )
                throw TestSetupError("jobs are not done within two minutes: \(open)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Moves time to a moment.
    func advance(to moment: String) async throws {
        try await sandbox("clock/", ["advance_to": .string(moment)])
        try await settle()
    }

    /// What dead letters say.
    func dead() async throws -> [String] {
        try await texts("select task || ': ' || errors::text as dead from igny8_dead_jobs order by id")
    }
}
