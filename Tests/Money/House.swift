import DomainModel
import EventLoop
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing
import WebClient

/// The API, the workers and the outside world, each as its process builds it, over one database and one Redis, talking
/// over real HTTP. Business time stands still until a test moves it.
struct House: Sendable {
    let test: TestDatabase
    let store: Store
    let settings: [String: String]
    let gatewayURL: String
    let sandboxURL: String
    let client: House.Client

    static let system = Tenant.system(reason: "test")
    private static let web = WebClient(loop: TestDatabase.loop, logger: quiet)

    var web: WebClient { Self.web }
    private static let password = "correct horse battery staple"

    /// Who pays: an account with its owner, and the staff beside it.
    struct Client: Sendable {
        let account: Account.ID
        let owner: String
        let staff: String
    }

    static let quiet: Logger = {
        var logger = Logger(label: "tests.money")
        logger.logLevel = .critical
        return logger
    }()

    /// Opens a house whose sandbox and API run for the whole of `body`; workers run within ``working(_:)``.
    static func open(
        at moment: String = "2026-09-17T08:00:00Z",
        _ body: @escaping @Sendable (House) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { redis in
                let ports = try (gateway: FreePort.find(), sandbox: FreePort.find(), smtp: FreePort.find())
                let settings = environment(test, redis: redis.url, ports.gateway, ports.sandbox, ports.smtp)
                let store = Store(database: test.service)
                let client = try await store.transaction(as: system, actor: "test") { tx in
                    try await BusinessClock.freeze(at: try Date(moment, strategy: .iso8601), in: tx)
                    return try await people(in: tx)
                }
                let house = House(
                    test: test,
                    store: store,
                    settings: settings,
                    gatewayURL: "http://127.0.0.1:\(ports.gateway)",
                    sandboxURL: "http://127.0.0.1:\(ports.sandbox)",
                    client: client
                )
                try await house.running("igny8-sandbox", Roles.sandbox) {
                    try await house.running("igny8-gateway", Roles.gateway) {
                        for port in [ports.gateway, ports.sandbox, ports.smtp] {
                            while !FreePort.accepts(port) { await Task.yield() }
                        }
                        try await body(house)
                    }
                }
            }
        }
    }

    /// Runs a worker while the body runs; after it the worker is cut off, as by `kill`, wherever it is.
    func working(_ body: @Sendable () async throws -> Void) async throws {
        try await running("igny8-subscriptions", Roles.subscriptions, body)
    }

    private func running(
        _ name: String,
        _ build: @Sendable (ServiceHost, [String: String]) async throws -> [any Service],
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let host = try ServiceHost(
            name: name,
            configuration: RuntimeConfiguration(Settings(settings)),
            registry: PrometheusRegistry(),
            logger: Self.quiet
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [host.database, host.redis] + (try await build(host, settings)),
                logger: Self.quiet
            )
        )
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
            "IGNY8_LOG_LEVEL": "critical", "IGNY8_SANDBOX_SMTP_PORT": "\(smtp)",
            "IGNY8_SANDBOX_URL": "http://127.0.0.1:\(sandbox)", "IGNY8_GATEWAY_URL": "http://127.0.0.1:\(gateway)",
            "IGNY8_PUBLIC_URL": "http://127.0.0.1:\(gateway)", "IGNY8_MAIL_FROM": "IGNY8 <service@igny8.example>",
            "IGNY8_SMTP_URL": "smtp://127.0.0.1:\(smtp)", "IGNY8_STRIPE_URL": "http://127.0.0.1:\(sandbox)/stripe",
            "IGNY8_STRIPE_SECRET_KEY": "sk_test_money", "IGNY8_STRIPE_WEBHOOK_SECRETS": "whsec_new,whsec_old",
            "IGNY8_PAYPAL_URL": "http://127.0.0.1:\(sandbox)/paypal", "IGNY8_PAYPAL_CLIENT_ID": "client",
            "IGNY8_PAYPAL_CLIENT_SECRET": "secret", "IGNY8_PAYPAL_WEBHOOK_IDS": "WH-NEW,WH-OLD",
            "IGNY8_TOKEN_KEY": Data(repeating: 7, count: 64).base64EncodedString(),
            "IGNY8_RATE_PER_ACCOUNT": "100000", "IGNY8_RATE_PER_ADDRESS": "100000",
            // Each service reads its own: they run in one process here.
            "TEST_GATEWAY_PORT": "\(gateway)", "TEST_SANDBOX_PORT": "\(sandbox)",
        ]
    }

    private static func people(in tx: PostgresTransaction) async throws -> Client {
        func account(_ name: String) async throws -> Account.ID {
            try await Accounts.create(
                name: name,
                plan: .scale,
                timeZoneName: "Europe/London",
                currency: .usd,
                billingEmail: try #require(EmailAddress("billing@\(name).example")),
                in: tx
            ).id
        }
        func person(_ email: String, _ account: Account.ID, staff: StaffRole?) async throws -> String {
            _ = try await Users.create(
                account: account,
                email: try #require(EmailAddress(email)),
                name: "Ann",
                passwordHash: try PasswordHash.make(password, cost: .cheap),
                role: .owner,
                staffRole: staff,
                in: tx
            )
            return email
        }
        let (agency, banner) = (try await account("alorig"), try await account("banner"))
        return Client(
            account: banner,
            owner: try await person("owner@banner.example", banner, staff: nil),
            staff: try await person("admin@alorig.example", agency, staff: .admin)
        )
    }
}

extension House {
    // MARK: Requests

    /// What came back, by path: `answer["job.id"]`.
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

        func integer(_ path: String) -> Int64? {
            if case .integer(let number)? = self[path] { number } else { nil }
        }

        func count(_ path: String) -> Int? {
            if case .array(let items)? = self[path] { items.count } else { nil }
        }

        var testDescription: String { "\(status) \(text.prefix(300))" }
    }

    func send(
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
        let answer = try await Self.web.send(request)
        let json = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
        return Reply(status: answer.status, json: json ?? .null, text: answer.text)
    }

    /// An access token.
    func signIn(_ email: String) async throws -> String {
        let body: JSONValue = ["email": .string(email), "password": .string(Self.password)]
        return try #require(try await send(.post, "\(gatewayURL)/api/v1/auth/login/", body).string("access"))
    }

    /// A call of our API.
    func api(
        _ method: WebMethod,
        _ path: String,
        as token: String,
        _ body: JSONValue? = nil
    ) async throws -> Reply {
        try await send(method, "\(gatewayURL)/api/v1/\(path)", headers: [("Authorization", "Bearer \(token)")], body)
    }

    /// Tells the sandbox something: `faults/`, `clock/`, `world/`.
    @discardableResult
    func sandbox(_ path: String, _ body: JSONValue) async throws -> Reply {
        let reply = try await send(.post, "\(sandboxURL)/\(path)", body)
        try #require((200..<300).contains(reply.status), "\(path): \(reply.text)")
        return reply
    }

    func stripe(_ path: String) async throws -> Reply {
        try await send(.get, "\(sandboxURL)/stripe/v1/\(path)", headers: [("Authorization", "Bearer sk_test_money")])
    }

    // MARK: Rows

    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await store.transaction(as: Self.system, actor: "test", body)
    }

    /// One number of one row; of the sandbox's tables as well.
    func count(_ sql: SQL) async throws -> Int {
        Int(try await transaction { tx in try await tx.query(sql)[0].decode(0, as: Int64.self) })
    }

    func sandboxCount(_ sql: SQL) async throws -> Int {
        Int(try await test.owner.query(sql)[0].decode(0, as: Int64.self))
    }

    /// Until something holds. There is no signal across three services; the loop leaves the machine to them.
    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard .now < limit else {
                let dead = try await transaction { tx in
                    try await tx.query("select task || ': ' || errors::text as dead from igny8_dead_jobs")
                        .map { row in try row.decode("dead", as: String.self) }
                }
                throw TestSetupError("not within a minute: \(what); dead: \(dead)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Until nothing is due in the queues and nothing on its way from the sandbox, twice in a row.
    func settle() async throws {
        try await until("the house is at rest") {
            guard try await isQuiet() else { return false }
            return try await isQuiet()
        }
    }

    private func isQuiet() async throws -> Bool {
        let before = try await transaction { tx in try await JobStore.quiet(in: tx) }
        guard before.isQuiet, try await send(.get, "\(sandboxURL)/due/")["busy"] == .bool(false) else { return false }
        return try await transaction { tx in try await JobStore.quiet(in: tx) }.isQuiet
    }

    func advance(to moment: String) async throws {
        try await sandbox("clock/", ["advance_to": .string(moment)])
    }

    func invoice(_ id: Invoice.ID) async throws -> Invoice {
        try await transaction { tx in
            try #require(try await Invoices.find(id, for: Self.system, in: tx)).value
        }
    }

    func payments(_ id: Invoice.ID) async throws -> [Payment] {
        try await transaction { tx in try await Payments.all(of: id, for: Self.system, in: tx).map(\.value) }
    }

    func expectBalancedBooks(_ location: SourceLocation = #_sourceLocation) async throws {
        let report = try await transaction { tx in try await LedgerCheck.run(in: tx) }
        #expect(report.findings.isEmpty, sourceLocation: location)
        let audit = try await transaction { tx in try await AuditVerifier.run(in: tx) }
        #expect(audit.findings.isEmpty, sourceLocation: location)
    }

    // MARK: What tests begin with

    /// An issued invoice that nobody has tried to collect.
    func issue(_ minor: Int64, collection: InvoiceCollection = .automatic) async throws -> Invoice.ID {
        try await transaction { tx in
            let draft = try Invoice(
                accountID: client.account,
                kind: .other,
                currency: .usd,
                lines: [
                    InvoiceLine(
                        kind: .other,
                        description: "Ten posters",
                        unitPrice: Money(minor: minor, currency: .usd)
                    )
                ],
                seller: .agency,
                buyer: Party(name: "Banner", email: "billing@banner.example"),
                collection: collection
            )
            let (now, london) = (
                try await BusinessClock.now(in: tx), try #require(TimeZone(identifier: "Europe/London"))
            )
            var invoice = try await Invoices.create(draft, in: tx)
            try await Invoices.issue(&invoice, at: now, on: CalendarDay(of: now, in: london), in: tx)
            try await Ledger.post(.issued(invoice.value, on: CalendarDay(of: now, in: london)), in: tx)
            return invoice.id
        }
    }

    /// The client's browser has a token; the worker registers it.
    func addMethod(_ kind: String, _ token: String) async throws -> Int64 {
        let owner = try await signIn(client.owner)
        let body: JSONValue = ["kind": .string(kind), "token": .string(token)]
        let reply = try await api(.post, "billing/payment-methods/", as: owner, body)
        let id = try #require(reply.integer("payment_method_id"), "\(reply.text)")
        try await until("the method is registered") {
            try await count(
                "select count(*) from igny8_account_payment_methods where id = \(id) and is_verified"
            ) == 1
        }
        return id
    }
}
