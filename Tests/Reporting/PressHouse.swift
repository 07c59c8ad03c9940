import DomainModel
import EventLoop
import FileStore
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import Sandbox
import ServiceLifecycle
import ServiceRuntime
import Subscriptions
import TestSupport
import Testing
import WebClient

@testable import Reporting

/// The reporting worker with its real renderer, the mail worker and the sandbox's mailbox, each as its process builds it, over
/// one database, one Redis and one folder. Business time stands still until a test moves it.
struct PressHouse: Sendable {
    let test: TestDatabase
    let store: Store
    let sandboxURL: String
    let folder: String
    let environment: [String: String]

    static let system = Tenant.system(reason: "test")
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let web = WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.reporting"))
    private static let quiet = Logger(label: "tests.reporting") { _ in SwiftLogNoOpLogHandler() }

    static let renderer = RendererPool.Configuration(
        python: root + "/.local/renderer/bin/python",
        program: root + "/Services/Reporting/Renderer",
        count: 1
    )

    /// - Parameters:
    ///   - runs: whether the workers and the sandbox run in this process; a test may run them in processes of their own.
    ///   - clients: who is there before the workers are, so that their zones' clocks are known from the start.
    static func open(
        at moment: String = "2026-11-02T05:30:00Z",
        runs: Bool = true,
        with clients: @escaping @Sendable (PressHouse) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (PressHouse) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { redis in
                let folder = NSTemporaryDirectory() + "/igny8-press-\(UUID().uuidString)"
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let (sandbox, smtp) = try (FreePort.find(), FreePort.find())
                let house = PressHouse(
                    test: test,
                    store: Store(database: test.service),
                    sandboxURL: "http://127.0.0.1:\(sandbox)",
                    folder: folder,
                    environment: environment(test, redis.url, sandbox, smtp, folder)
                )
                try await house.transaction { tx in
                    try await BusinessClock.freeze(at: try Date(moment, strategy: .iso8601), in: tx)
                }
                try await clients(house)
                let play: Build = { host in
                    let own = house.environment.merging(["IGNY8_HTTP_PORT": "\(sandbox)"]) { $1 }
                    return try await Sandbox.services(host, SandboxConfiguration(Settings(own)))
                }
                guard runs else { return try await body(house) }
                try await house.running("igny8-sandbox", play) {
                    while !FreePort.accepts(sandbox) || !FreePort.accepts(smtp) { await Task.yield() }
                    let mail: Build = {
                        try SubscriptionsService.build($0, SubscriptionsConfiguration(Settings(house.environment)))
                    }
                    let press: Build = {
                        try ReportingService.build($0, ReportingConfiguration(Settings(house.environment)))
                    }
                    try await house.running("igny8-subscriptions", mail) {
                        try await house.running("igny8-reporting", press) {
                            try await house.awaitCalendar()
                            try await body(house)
                        }
                    }
                }
            }
        }
    }

    /// The workers have written their schedules down, for each zone: from now on no due time can be missed.
    private func awaitCalendar() async throws {
        let open: SQL = """
            select count(*) from (values ('check_overdue_deliverables', 'UTC'), ('send_pending_reports', 'UTC')) fixed (name, zone)
            full join (select 'generate_monthly_reports' as name, time_zone as zone from igny8_accounts
                union select 'generate_weekly_reports', time_zone from igny8_accounts) own using (name, zone)
            left join igny8_schedules schedule using (name, zone) where schedule.next_at is null
            """
        while try await count(open) > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    private typealias Build = @Sendable (ServiceHost) async throws -> [any Service]

    private func running(
        _ name: String,
        _ build: @escaping Build,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let host = try ServiceHost(
            name: name,
            configuration: RuntimeConfiguration(Settings(environment)),
            registry: PrometheusRegistry(),
            logger: Self.quiet
        )
        let services = [host.database, host.redis] + (try await build(host))
        let group = ServiceGroup(configuration: .init(services: services, logger: Self.quiet))
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
        _ redis: String,
        _ sandbox: Int,
        _ smtp: Int,
        _ folder: String
    ) -> [String: String] {
        [
            "IGNY8_DATABASE_URL": test.serviceURL, "IGNY8_DATABASE_OWNER_URL": test.ownerURL,
            "IGNY8_REDIS_URL": redis, "IGNY8_MODE": "sandbox", "IGNY8_PRIVATE_PORT": "0",
            "IGNY8_SANDBOX_SMTP_PORT": "\(smtp)", "IGNY8_SANDBOX_URL": "http://127.0.0.1:\(sandbox)",
            "IGNY8_PUBLIC_URL": "https://portal.igny8.example", "IGNY8_SMTP_URL": "smtp://127.0.0.1:\(smtp)",
            "IGNY8_MAIL_FROM": "IGNY8 by Alorig <service@alorig.example>",
            "IGNY8_WHITE_LABEL_MAIL_FROM": "reports@client-mail.example",
            "IGNY8_STRIPE_URL": "http://127.0.0.1:\(sandbox)/stripe", "IGNY8_STRIPE_SECRET_KEY": "sk_test_press",
            "IGNY8_STRIPE_WEBHOOK_SECRETS": "whsec_press", "IGNY8_FILES": "folder:\(folder)",
            "IGNY8_RENDERER_PYTHON": renderer.python, "IGNY8_RENDERER": renderer.program, "IGNY8_RENDERERS": "1",
            "IGNY8_KEY_ENCRYPTION_KEY": Data(repeating: 9, count: 32).base64EncodedString(),
            "IGNY8_LOG_LEVEL": "warning",
        ]
    }

    // MARK: Rows

    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await store.transaction(as: Self.system, actor: "test", body)
    }

    func texts(_ sql: SQL) async throws -> [String] {
        try await transaction { tx in try await tx.query(sql).map { row in try row.decode(0, as: String.self) } }
    }

    func count(_ sql: SQL) async throws -> Int {
        Int(try await transaction { tx in try await tx.query(sql)[0].decode(0, as: Int64.self) })
    }

    struct Client: Sendable {
        let account: Account.ID
        let site: Site.ID
        let subscription: Int64
    }

    /// A client with a site `NAME.example` and an active service since September.
    @discardableResult
    func client(
        _ name: String,
        tier: ServiceTier = .pro,
        zone: String = "Europe/London",
        reporting: String = "{}"
    ) async throws -> Client {
        try await transaction { tx in
            let account = try await Accounts.create(
                name: "\(name) Ltd",
                plan: .scale,
                timeZoneName: zone,
                currency: .usd,
                billingEmail: try #require(EmailAddress("billing@\(name).example")),
                in: tx
            ).id
            let site = try await Sites.create(
                account: account,
                domain: try #require(Domain("\(name).example")),
                name: name,
                url: "https://\(name).example/",
                competitors: [],
                in: tx
            ).id
            let service = try await tx.query(
                """
                insert into igny8_managed_service_subscriptions (account_id, site_id, tier, status, monthly_price, currency,
                    articles_per_month, started_at, service_config)
                values (\(account.rawValue), \(site.rawValue), \(tier.rawValue), 'active', 399, 'USD', 30,
                    '2026-09-01T00:00:00Z', \(try service(tier, reporting)))
                returning id
                """
            )
            return Client(account: account, site: site, subscription: try service[0].decode("id"))
        }
    }

    private func service(_ tier: ServiceTier, _ reporting: String) throws -> PostgresJSON {
        let changes = try JSONDecoder().decode(JSONValue.self, from: Data("{\"reporting\": \(reporting)}".utf8))
        return try PostgresJSON(ServiceConfig.defaults(for: tier).document.overlaid(with: changes))
    }

    /// The brand "Brightwater Digital", with a domain of its own.
    func brand(of client: Client) async throws -> Int64 {
        try await transaction { tx in
            try await tx.query(
                """
                insert into igny8_agency_brandings (account_id, brand_name, contact_email, website_url, custom_domain)
                values (\(client.account.rawValue), 'Brightwater Digital', 'hello@brightwater.example',
                    'https://brightwater.example', 'reports.brightwater.example')
                returning id
                """
            )[0].decode("id")
        }
    }

    /// A report that somebody asked for.
    func report(of client: Client, whiteLabelUnder brand: Int64? = nil, template: Int64? = nil) async throws -> Int64 {
        try await transaction { tx in
            let id = try await tx.query(
                """
                insert into igny8_service_reports (account_id, site_id, subscription_id, report_type, period_start, period_end,
                    sections_included, is_white_label, branding_id, template_id)
                values (\(client.account.rawValue), \(client.site.rawValue), \(client.subscription), 'monthly', '2026-10-01',
                    '2026-10-31', \(ReportSection.allCases.map(\.rawValue)), \(brand != nil), \(brand), \(template))
                returning id
                """
            )[0].decode("id", as: Int64.self)
            let producer = JobProducer(redis: nil, logger: Self.quiet)
            try await producer.enqueue([ReportsJobs.generate(id, account: client.account)], in: tx)
            return id
        }
    }

    func enqueue(_ jobs: [NewJob]) async throws {
        let producer = JobProducer(redis: nil, logger: Self.quiet)
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
    }

    /// Lets everything finish that is due now, attempts that back off included.
    func settle(within patience: Duration = .seconds(120)) async throws {
        let limit = ContinuousClock.now + patience
        while try await !transaction({ tx in try await JobStore.quiet(in: tx) }).isQuiet {
            guard .now < limit else {
                let open = try await texts(
                    "select task || ' ' || state || ' ' || attempt || ' ' || coalesce(errors::text, '') from igny8_jobs"
                )
                throw TestSetupError("jobs are not done in time: \(open)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Lives up to a moment: everything that falls due on the way is done at its moment.
    func advance(to moment: String) async throws {
        let end = try Date(moment, strategy: .iso8601)
        while true {
            try await settle()
            let next = try await transaction { tx in try await JobStore.quiet(in: tx) }.next
            let stop = min(next ?? end, end)
            _ = try await transaction { tx in try await BusinessClock.advance(to: stop, in: tx) }
            if stop == end { break }
        }
        try await settle()
    }

    func statuses() async throws -> [String] {
        try await texts("select status from igny8_service_reports order by id")
    }

    func dead() async throws -> [String] {
        try await texts("select task || ': ' || errors::text as dead from igny8_dead_jobs order by id")
    }

    // MARK: Mail

    struct Mail: Decodable, Sendable {
        struct Attachment: Decodable, Sendable {
            let name: String
            let type: String
            let bytes: Int
        }

        let subject: String
        let from: String
        let to: String
        let text: String
        let html: String
        let messageID: String
        let attachments: [Attachment]
        let duplicates: Int

        enum CodingKeys: String, CodingKey {
            case subject, from, to, text, html, attachments, duplicates
            case messageID = "message_id"
        }
    }

    func mailbox() async throws -> [Mail] {
        let answer = try await Self.web.send(WebRequest(url: "\(sandboxURL)/mailbox/", guardAddresses: false))
        return try JSONDecoder().decode([Mail].self, from: Data(answer.body))
    }
}
