import BacklinkOrders
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
@testable import Indexing

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

/// The API, the workers of indexing and of backlink orders, and the sandbox, each as its process builds it, over one
/// database and one Redis, talking over real HTTP. Business time stands still until a test moves it.
struct IndexingHouse: Sendable {
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

    static let system = Tenant.system(reason: "test")
    static let start = "2026-11-02T08:00:00Z"
    private static let web = WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.indexing"))
    private static let password = "correct horse battery staple"

    /// - Parameters:
    ///   - isPro: whether the client's site has a managed service that includes indexing.
    ///   - holdout: of a hundred pages.
    ///   - looksAtPages: whether the worker of backlink orders is there.
    static func open(
        isPro: Bool = true,
        plan: PlanKey = .scale,
        holdout: Int = 0,
        looksAtPages: Bool = false,
        _ body: @escaping @Sendable (IndexingHouse) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { redis in
                let ports = try (gateway: FreePort.find(), sandbox: FreePort.find(), smtp: FreePort.find())
                let logs = LogBook()
                let store = Store(database: test.service)
                let gateway = "http://127.0.0.1:\(ports.gateway)"
                let sandbox = "http://127.0.0.1:\(ports.sandbox)"
                let environment = environment(test, redis: redis.url, gateway, sandbox, ports.smtp, holdout)
                let (account, site) = try await store.transaction(as: system, actor: "test") { tx in
                    try await BusinessClock.freeze(at: try Date(start, strategy: .iso8601), in: tx)
                    // Nobody works here who would take their jobs.
                    try await tx.query("insert into igny8_queues (name, paused_at) values ('subscriptions', now())")
                    if !looksAtPages {
                        try await tx.query(
                            "insert into igny8_queues (name, paused_at) values ('backlink-orders', now())"
                        )
                    }
                    _ = try await person("alorig", plan: .scale, staff: .admin, in: tx)
                    return try await person("banner", plan: plan, isPro: isPro, in: tx)
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
                    try IndexingService.build(host, IndexingConfiguration(Settings(environment)))
                }
                // Each in a host of its own, as its process has one.
                let look: @Sendable (ServiceHost) async throws -> [any Service] = { host in
                    guard looksAtPages else { return [] }
                    return BacklinkOrdersService.build(host, try BacklinkOrdersConfiguration(Settings(environment)))
                }
                try await running("igny8-sandbox", environment, logs, play) {
                    try await running("igny8-gateway", environment, logs, answer) {
                        try await running("igny8-indexing", environment, logs, work, and: look) {
                            for port in [ports.gateway, ports.sandbox] {
                                while !FreePort.accepts(port) { await Task.yield() }
                            }
                            let house = IndexingHouse(
                                test: test,
                                store: store,
                                gatewayURL: gateway,
                                sandboxURL: sandbox,
                                logs: logs,
                                staff: try await signIn("owner@alorig.example", at: gateway),
                                owner: try await signIn("owner@banner.example", at: gateway),
                                account: account,
                                site: site
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
        and another: (@Sendable (ServiceHost) async throws -> [any Service])? = nil,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        if let another {
            return try await running(name, environment, logs, another) {
                try await running(name, environment, logs, build, body)
            }
        }
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
        _ smtp: Int,
        _ holdout: Int
    ) -> [String: String] {
        [
            "IGNY8_DATABASE_URL": test.serviceURL, "IGNY8_DATABASE_OWNER_URL": test.ownerURL,
            "IGNY8_REDIS_URL": redis, "IGNY8_MODE": "sandbox", "IGNY8_PRIVATE_PORT": "0",
            "IGNY8_SANDBOX_SMTP_PORT": "\(smtp)", "IGNY8_SANDBOX_URL": sandbox, "IGNY8_PUBLIC_URL": gateway,
            "IGNY8_MAIL_FROM": "IGNY8 <service@igny8.example>",
            "IGNY8_STRIPE_SECRET_KEY": "sk_test_links", "IGNY8_STRIPE_WEBHOOK_SECRETS": "whsec_links",
            "IGNY8_SPEEDYINDEX_URL": "\(sandbox)/speedyindex", "IGNY8_OMEGA_URL": "\(sandbox)/omega",
            "IGNY8_LINKCENTAUR_URL": "\(sandbox)/linkcentaur",
            "IGNY8_INDEXNOW_URL": "\(sandbox)/indexnow-engine", "IGNY8_INDEXING_HOLDOUT_PERCENT": "\(holdout)",
            "IGNY8_TOKEN_KEY": Data(repeating: 7, count: 64).base64EncodedString(),
            "IGNY8_KEY_ENCRYPTION_KEY": Data(repeating: 9, count: 32).base64EncodedString(),
            "IGNY8_RATE_PER_ACCOUNT": "100000", "IGNY8_RATE_PER_ADDRESS": "100000",
        ]
    }

    /// An account with an owner `owner@NAME.example` and a site `NAME.example`.
    private static func person(
        _ name: String,
        plan: PlanKey,
        staff: StaffRole? = nil,
        isPro: Bool = false,
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
        if isPro {
            try await tx.query(
                """
                insert into igny8_managed_service_subscriptions (account_id, site_id, tier, status, monthly_price,
                    currency, articles_per_month, started_at)
                values (\(account.rawValue), \(site.rawValue), 'pro', 'active', 399, 'USD', 30, igny8_now())
                """
            )
        }
        return (account, site)
    }

    // MARK: Requests

    struct Reply: Sendable, CustomTestStringConvertible {
        let status: Int
        let json: JSONValue
        let text: String

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

        var testDescription: String { "\(status) \(text.prefix(400))" }
    }

    static func send(
        _ method: WebMethod,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        _ body: JSONValue? = nil
    ) async throws -> Reply {
        let request = WebRequest(
            method: method,
            url: url,
            headers: headers + (body == nil ? [] : [("Content-Type", "application/json")]),
            body: try body.map { Array(try JSONEncoder().encode($0)) },
            guardAddresses: false,
            maximumRedirects: 0
        )
        let answer = try await web.send(request)
        let json = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
        return Reply(status: answer.status, json: json ?? .null, text: answer.text)
    }

    private static func signIn(_ email: String, at gateway: String) async throws -> String {
        let body: JSONValue = ["email": .string(email), "password": .string(password)]
        return try #require(try await send(.post, "\(gateway)/api/v1/auth/login/", body).string("access"))
    }

    /// A call of our API below `linker/indexing/`.
    func call(
        _ method: WebMethod,
        _ path: String,
        as token: String,
        _ body: JSONValue? = nil
    ) async throws -> Reply {
        let headers = [(name: "Authorization", value: "Bearer \(token)")]
        return try await Self.send(method, "\(gatewayURL)/api/v1/linker/indexing/\(path)", headers: headers, body)
    }

    /// Tells the sandbox something: `faults/`, `indexing/keys/`, `indexing/pages/`.
    @discardableResult
    func sandbox(_ path: String, _ body: JSONValue) async throws -> Reply {
        let reply = try await Self.send(.post, "\(sandboxURL)/\(path)", body)
        try #require((200..<300).contains(reply.status), "\(path): \(reply.text)")
        return reply
    }

    /// What services were sent, as the sandbox knows it: `(provider, kind, number of pages)`.
    func tasks() async throws -> [(provider: String, kind: String, title: String, urls: [String])] {
        try await test.owner.query(
            "select provider, kind, title, urls from sandbox.indexing_tasks where kind <> 'x' order by position"
        ).map { row in
            (
                try row.decode("provider", as: String.self), try row.decode("kind", as: String.self),
                try row.decode("title", as: String.self), try row.decode("urls", as: [String].self)
            )
        }
    }

    /// Gives a service's key, as staff, and waits until a job has tested it.
    func connect(_ service: IndexingServiceKey, _ key: String = "key-of-the-agency-1") async throws {
        var body: JSONValue = ["service": .string(service.rawValue), "api_key": .string(key)]
        if service == .indexnow { body = body.merging(["site_id": .integer(site.rawValue)]) }
        if service == .colossus {
            let config: JSONValue = [
                "submit_url": .string("\(sandboxURL)/colossus/tasks"), "key_header": "Authorization",
                "key_prefix": "Bearer ", "urls_field": "links", "title_field": "name", "ok_field": "success",
                "task_field": "result.id", "balance_url": .string("\(sandboxURL)/colossus/balance"),
                "balance_field": "credits",
            ]
            let reply = try await call(.patch, "services/colossus/", as: staff, ["config": config])
            try #require(reply.status == 200, "\(reply.text)")
        }
        let reply = try await call(.post, "keys/", as: staff, body)
        try #require(reply.status == 202, "\(reply.text)")
        try await settle()
    }

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

    /// Live links on these pages, in an order of their own, as our last look at each left them.
    func links(_ pages: [(url: String, verdict: String)]) async throws {
        _ = try await transaction { tx in
            try await tx.query(
                """
                with bought as (
                    insert into igny8_backlink_service_orders (account_id, site_id, currency, links_agreed, client_price,
                        status, approved_at, ordered_at, delivered_at)
                    values (\(account.rawValue), \(site.rawValue), 'USD', \(pages.count), 1000, 'delivered', igny8_now(),
                        igny8_now(), igny8_now())
                    returning id
                )
                insert into igny8_sag_backlinks (account_id, site_id, order_id, source_url, source_domain, target_url,
                    cost, currency, status, ordered_at, delivered_at, live_at, last_verdict, last_checked_at)
                select \(account.rawValue), \(site.rawValue), bought.id, page.url, 'publisher.example',
                    'https://banner.example/', 40, 'USD', 'live', igny8_now(), igny8_now(), igny8_now(), page.verdict,
                    igny8_now()
                from bought, unnest(\(pages.map(\.url)), \(pages.map(\.verdict))) as page (url, verdict)
                """
            )
        }
    }

    func enqueue(_ jobs: NewJob...) async throws {
        let producer = JobProducer(redis: nil, logger: Logger(label: "tests"))
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
    }

    /// What runs by itself every day.
    func submitAll(_ run: String = "now") async throws {
        try await enqueue(IndexingJobs.submitLinks(of: site, account: account))
        try await settle()
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

    /// Moves time by days, through the daily run.
    func advance(days: Int) async throws {
        for _ in 0..<days {
            let now = try await transaction { tx in try await BusinessClock.now(in: tx) }
            let next = now.addingTimeInterval(86_400).formatted(.iso8601)
            try await sandbox("clock/", ["advance_to": .string(next)])
            try await settle()
        }
    }

    /// What dead letters say.
    func dead() async throws -> [String] {
        try await texts("select task || ': ' || errors::text as dead from igny8_dead_jobs order by id")
    }
}
