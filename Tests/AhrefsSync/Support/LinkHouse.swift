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

@testable import AhrefsSync
@testable import Gateway

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

/// The API, the Ahrefs worker and the sandbox, each as its process builds it, over one database and one Redis, talking over
/// real HTTP. Business time stands still until a test moves it; the pace of requests does not hold a test up.
struct LinkHouse: Sendable {
    let test: TestDatabase
    let store: Store
    let gatewayURL: String
    let sandboxURL: String
    let logs: LogBook
    let client: Client

    static let system = Tenant.system(reason: "test")
    private static let web = WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.ahrefs"))
    private static let password = "correct horse battery staple"

    /// An account with its owner and a site with two competitors.
    struct Client: Sendable {
        let account: Account.ID
        let site: Site.ID
        let token: String
    }

    static func open(
        at moment: String = "2026-11-16T08:00:00Z",
        _ body: @escaping @Sendable (LinkHouse) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { redis in
                let ports = try (gateway: FreePort.find(), sandbox: FreePort.find(), smtp: FreePort.find())
                let logs = LogBook()
                let store = Store(database: test.service)
                let environment = environment(test, redis: redis.url, ports.gateway, ports.sandbox, ports.smtp)
                let (account, site) = try await store.transaction(as: system, actor: "test") { tx in
                    try await BusinessClock.freeze(at: try Date(moment, strategy: .iso8601), in: tx)
                    let pace = JobLimit("ahrefs", concurrency: 4, rate: .init(60_000, per: .seconds(60), burst: 10))
                    try await JobStore.setLimit(pace, of: AhrefsJobs.queue, in: tx)
                    // Nobody works here who would take the jobs that look at links.
                    try await tx.query("insert into igny8_queues (name, paused_at) values ('backlink-orders', now())")
                    return try await owner("banner", plan: .scale, in: tx)
                }
                let gateway = "http://127.0.0.1:\(ports.gateway)"
                let sandbox = "http://127.0.0.1:\(ports.sandbox)"
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
                    try AhrefsSyncService.build(host, AhrefsSyncConfiguration(Settings(environment)))
                }
                try await running("igny8-sandbox", environment, logs, play) {
                    try await running("igny8-gateway", environment, logs, answer) {
                        try await running("igny8-ahrefs-sync", environment, logs, work) {
                            for port in [ports.gateway, ports.sandbox] {
                                while !FreePort.accepts(port) { await Task.yield() }
                            }
                            let token = try await signIn("owner@banner.example", at: gateway)
                            let house = LinkHouse(
                                test: test,
                                store: store,
                                gatewayURL: gateway,
                                sandboxURL: sandbox,
                                logs: logs,
                                client: Client(account: account, site: site, token: token)
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
        _ build: @Sendable (ServiceHost) async throws -> [any Service],
        _ body: @Sendable () async throws -> Void
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
        _ gateway: Int,
        _ sandbox: Int,
        _ smtp: Int
    ) -> [String: String] {
        [
            "IGNY8_DATABASE_URL": test.serviceURL, "IGNY8_DATABASE_OWNER_URL": test.ownerURL,
            "IGNY8_REDIS_URL": redis, "IGNY8_MODE": "sandbox", "IGNY8_PRIVATE_PORT": "0",
            "IGNY8_SANDBOX_SMTP_PORT": "\(smtp)", "IGNY8_SANDBOX_URL": "http://127.0.0.1:\(sandbox)",
            "IGNY8_PUBLIC_URL": "http://127.0.0.1:\(gateway)", "IGNY8_MAIL_FROM": "IGNY8 <service@igny8.example>",
            "IGNY8_STRIPE_SECRET_KEY": "sk_test_links", "IGNY8_STRIPE_WEBHOOK_SECRETS": "whsec_links",
            "IGNY8_AHREFS_URL": "http://127.0.0.1:\(sandbox)/ahrefs",
            "IGNY8_TOKEN_KEY": Data(repeating: 7, count: 64).base64EncodedString(),
            "IGNY8_KEY_ENCRYPTION_KEY": Data(repeating: 9, count: 32).base64EncodedString(),
            "IGNY8_RATE_PER_ACCOUNT": "100000", "IGNY8_RATE_PER_ADDRESS": "100000",
            // A machine that stands still for half a minute must not buy anything a second time.
            "IGNY8_JOB_LEASE_SECONDS": "300",
        ]
    }

    /// An account with an owner `owner@NAME.example` and a site `NAME.example`.
    @discardableResult
    static func owner(
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
            competitors: ["rival-one.example", "rival-two.example"],
            in: tx
        ).id
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

        func count(_ path: String) -> Int? {
            if case .array(let items)? = self[path] { items.count } else { nil }
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

    static func signIn(_ email: String, at gateway: String) async throws -> String {
        let body: JSONValue = ["email": .string(email), "password": .string(password)]
        return try #require(try await send(.post, "\(gateway)/api/v1/auth/login/", body).string("access"))
    }

    func signIn(_ email: String) async throws -> String { try await Self.signIn(email, at: gatewayURL) }

    /// A call of our API, as the client unless told otherwise.
    func api(
        _ method: WebMethod,
        _ path: String,
        as token: String? = nil,
        _ body: JSONValue? = nil
    ) async throws -> Reply {
        let headers = [(name: "Authorization", value: "Bearer \(token ?? client.token)")]
        return try await Self.send(method, "\(gatewayURL)/api/v1/\(path)", headers: headers, body)
    }

    /// A call of our API below `integration/ahrefs/`.
    func ahrefs(_ method: WebMethod = .get, _ path: String, _ body: JSONValue? = nil) async throws -> Reply {
        try await api(method, "integration/ahrefs/\(path)", body)
    }

    /// Tells the sandbox something: `faults/`, `clock/`, `ahrefs/keys/`.
    @discardableResult
    func sandbox(_ path: String, _ body: JSONValue) async throws -> Reply {
        let reply = try await Self.send(.post, "\(sandboxURL)/\(path)", body)
        try #require((200..<300).contains(reply.status), "\(path): \(reply.text)")
        return reply
    }

    /// Connects a key, and waits until a job has asked Ahrefs about it and the first snapshots are there.
    func connect(_ key: String = "ahrefs_standard_test_key_1") async throws {
        let reply = try await ahrefs(.post, "connect/", ["api_key": .string(key)])
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

    func text(_ sql: SQL) async throws -> String {
        try await transaction { tx in try await tx.query(sql)[0].decode(0, as: String.self) }
    }

    func enqueue(_ jobs: NewJob...) async throws {
        let producer = JobProducer(redis: nil, logger: Logger(label: "tests"))
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
    }

    /// Lets everything finish that is due now, attempts that back off included.
    func settle() async throws {
        let limit = ContinuousClock.now + .seconds(120)
        while try await !transaction({ tx in try await JobStore.quiet(in: tx) }).isQuiet {
            guard .now < limit else { throw TestSetupError("jobs are not done within two minutes") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func advance(to moment: String) async throws {
        try await sandbox("clock/", ["advance_to": .string(moment)])
        try await settle()
    }

    /// What dead letters say.
    func dead() async throws -> [String] {
        try await transaction { tx in
            try await tx.query("select task || ': ' || errors::text as dead from igny8_dead_jobs order by id")
                .map { row in try row.decode("dead", as: String.self) }
        }
    }
}
