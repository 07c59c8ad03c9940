import DomainModel
import Foundation
import Logging
import Persistence
import Postgres
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@testable import JobQueue
@testable import Subscriptions

/// The whole service with real workers over a real database and a Redis of its own, in a world that is played; business
/// time stands still until the test moves it.
struct Agency {
    let test: TestDatabase
    let store: Store
    let producer: JobProducer
    let stripe: FakeStripe
    let paypal: FakeStripe
    let sites: FakeSites
    let postman: FakePostman
    let receiver = FakeReceiver()
    let secrets: SecretBox
    /// Rung at each step of a worker after which everything may be done.
    private let bell = Wakeup()

    static let system = Tenant.system(reason: "test")

    static func open(
        at moment: String = "2026-09-17T08:00:00Z",
        isPicky: Bool = false,
        _ body: @escaping @Sendable (Agency) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { server in
                // A client has one connection that blocks: each worker has a client, as each process has.
                let configuration = try RedisConfiguration(url: server.url)
                try await TestRedis.withClient(of: configuration) { redis in
                    try await TestRedis.withClient(of: configuration) { coreRedis in
                        try await TestRedis.withClient(of: configuration) { otherRedis in
                            let redis = [redis, otherRedis]
                            try await run(test, redis, coreRedis, at: moment, isPicky: isPicky, body)
                        }
                    }
                }
            }
        }
    }

    private static func run(
        _ test: TestDatabase,
        _ redis: [RedisClient],
        _ coreRedis: RedisClient,
        at moment: String,
        isPicky: Bool,
        _ body: @escaping @Sendable (Agency) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let database = test.service
        let store = Store(database: database)
        let start = try Date(moment, strategy: .iso8601)
        try await store.transaction(as: system, actor: "test") { tx in
            try await BusinessClock.freeze(at: start, in: tx)
        }
        let agency = Agency(
            test: test,
            store: store,
            producer: JobProducer(redis: redis[0], logger: logger),
            stripe: FakeStripe(),
            paypal: FakeStripe(kind: .paypal),
            sites: FakeSites(),
            postman: FakePostman(),
            secrets: SecretBox(current: try #require(KeyEncryptionKey(bytes: Array(repeating: 7, count: 32))))
        )
        let house = MailHouse(
            name: "IGNY8",
            portal: "https://portal.example",
            sender: "IGNY8 <service@igny8.example>"
        )
        let office = Office(
            store: store,
            producer: agency.producer,
            payments: PaymentGateways(agency.stripe, agency.paypal),
            certificates: NoCertificates(),
            sites: agency.sites,
            postman: agency.postman,
            letters: try LetterRenderer(house: house),
            house: house,
            webhooks: agency.receiver,
            secrets: agency.secrets
        )
        let zones: @Sendable () async throws -> [String] = {
            try await store.read(as: system, actor: "test") { tx in try await Accounts.zones(in: tx) }
        }
        let bell = agency.bell
        let steps: [Failpoint] = [.slotsFreed, .hintedBeforeWait, .firedBeforeCommit]
        let ring: @Sendable () async throws -> Void = { bell.ring() }
        let failpoints = Failpoints(Dictionary(uniqueKeysWithValues: steps.map { ($0, ring) }))
        // Two, as in life: what must happen once must do so although both may run it.
        let workers = redis.map { redis in
            JobWorker(
                queue: "subscriptions",
                tasks: SubscriptionsService.tasks(office),
                schedules: SubscriptionsService.schedules,
                zones: zones,
                database: database,
                redis: redis,
                configuration: WorkerConfiguration(capacity: 4),
                logger: logger,
                failpoints: failpoints
            )
        }
        let core = JobWorker(
            queue: "core",
            tasks: FakeCore(store: store, producer: agency.producer, isPicky: isPicky).tasks,
            database: database,
            redis: coreRedis,
            configuration: WorkerConfiguration(capacity: 4),
            logger: logger,
            failpoints: failpoints
        )
        let outcome = await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run() } }
            group.addTask { try await core.run() }
            let outcome: Result<Void, any Error>
            do {
                try await agency.awaitCalendar()
                outcome = .success(try await body(agency))
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            while true {
                do { guard try await group.next() != nil else { break } } catch { continue }
            }
            return outcome
        }
        try outcome.get()
    }

    // MARK: Time

    /// The worker has written its schedules down: from now on no due time can be missed.
    private func awaitCalendar() async throws {
        while try await count("select count(distinct name) from igny8_schedules where zone in ('*', 'UTC')")
            < SubscriptionsService.schedules.count
        { await Task.yield() }
    }

    /// Lets everything finish that is due now. Looks again when a worker has taken a step, and not all the time: that
    /// took as much of the machine as the work. A commit's moment is no step, so it also looks after a while.
    func settle() async throws {
        while try await !quiet().isQuiet { await bell.wait(upTo: .milliseconds(20)) }
    }

    /// Lives up to a moment: everything that falls due on the way is done at its moment.
    func live(until moment: String) async throws {
        let end = try Date(moment, strategy: .iso8601)
        while true {
            try await settle()
            guard let next = try await quiet().next, next <= end else { break }
            try await move(to: next)
        }
        try await move(to: end)
        try await settle()
    }

    private func quiet() async throws -> Quiet {
        try await transaction { tx in try await JobStore.quiet(in: tx) }
    }

    private func move(to moment: Date) async throws {
        _ = try await transaction { tx in try await BusinessClock.advance(to: moment, in: tx) }
    }

    // MARK: Rows

    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await store.transaction(as: Self.system, actor: "test", body)
    }

    func enqueue(_ jobs: NewJob...) async throws {
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
    }

    /// One number of one row.
    func count(_ sql: SQL) async throws -> Int {
        Int(try await transaction { tx in try await tx.query(sql)[0].decode(0, as: Int64.self) })
    }

    /// The books balance, and every rule of the ledger check holds.
    func expectBalancedBooks(_ location: SourceLocation = #_sourceLocation) async throws {
        let report = try await transaction { tx in try await LedgerCheck.run(in: tx) }
        #expect(report.findings.isEmpty, sourceLocation: location)
        let audit = try await transaction { tx in try await AuditVerifier.run(in: tx) }
        #expect(audit.findings.isEmpty, sourceLocation: location)
    }

    /// Nothing has given up.
    func expectNoDeadJobs(_ location: SourceLocation = #_sourceLocation) async throws {
        let dead = try await transaction { tx in
            try await tx.query("select task || ': ' || errors::text as dead from igny8_dead_jobs")
                .map { row in try row.decode("dead", as: String.self) }
        }
        #expect(dead.isEmpty, sourceLocation: location)
    }
}
