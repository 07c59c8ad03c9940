import DomainModel
import Foundation
import Logging
import NIOConcurrencyHelpers
import Persistence
import Postgres
import Redis
import TestSupport
import Testing

@testable import BacklinkOrders
@testable import JobQueue

/// Pages that say what the test wants; whoever fetches an address that it has not spoken of gets no answer.
final class FakePages: PageSource {
    private let pages = NIOLockedValueBox<[String: FetchOutcome]>([:])
    private let visits = NIOLockedValueBox<[String]>([])

    var visited: [String] { visits.withLockedValue { $0 } }

    func fetch(_ url: String) async throws -> FetchOutcome {
        visits.withLockedValue { $0.append(url) }
        return pages.withLockedValue { $0[url] }
            ?? .failure(FetchFailure(verdict: .unreachable, detail: "nobody there"))
    }

    func set(_ url: String, _ outcome: FetchOutcome) { pages.withLockedValue { $0[url] = outcome } }

    /// Answers a page of this text.
    func set(_ url: String, status: Int = 200, _ html: String) {
        let page = FetchedPage(
            requestedURL: url,
            finalURL: url,
            status: status,
            headers: [("Content-Type", "text/html; charset=utf-8")],
            body: Array(html.utf8)
        )
        set(url, .page(page))
    }
}

/// The service with two workers over a real database and Redis, before pages that are played; business time stands still
/// until the test moves it. One account with a site and an order.
struct LinkHouse: Sendable {
    let store: Store
    let producer: JobProducer
    let pages: FakePages
    let account: Account
    let site: Site
    let order: Stored<BacklinkOrder>
    /// Rung at each step of a worker after which everything may be done.
    private let bell = Wakeup()

    static let system = Tenant.system(reason: "test")
    static let target = "https://client.example/banners"
    static let link = "<p>See <a href=\"\(target)\">vinyl banners</a>.</p>"

    static func open(_ body: @escaping @Sendable (LinkHouse) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await TestRedis.withServer { server in
                let configuration = try RedisConfiguration(url: server.url)
                try await TestRedis.withClient(of: configuration) { redis in
                    try await TestRedis.withClient(of: configuration) { other in
                        try await run(test, [redis, other], body)
                    }
                }
            }
        }
    }

    private static func run(
        _ test: TestDatabase,
        _ redis: [RedisClient],
        _ body: @escaping @Sendable (LinkHouse) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = Store(database: test.service)
        let house = try await store.transaction(as: system, actor: "test") { tx in
            try await BusinessClock.freeze(at: Date("2026-09-17T08:00:00Z", strategy: .iso8601), in: tx)
            let account = try await Accounts.create(
                name: "Client",
                plan: .scale,
                timeZoneName: "Europe/London",
                currency: .usd,
                billingEmail: try #require(EmailAddress("billing@client.example")),
                in: tx
            )
            let site = try await Sites.create(
                account: account.id,
                domain: try #require(Domain("client.example")),
                name: "Client",
                url: "https://client.example/",
                industry: nil,
                in: tx
            )
            let order = try await BacklinkServiceOrders.create(
                BacklinkServiceOrders.New(
                    account: account.id,
                    site: site.id,
                    price: OrderPrice(.package, clientPrice: Money(minor: 900_00, currency: .usd)),
                    links: 3
                ),
                in: tx
            )
            return LinkHouse(
                store: store,
                producer: JobProducer(redis: redis[0], logger: logger),
                pages: FakePages(),
                account: account.value,
                site: site.value,
                order: order
            )
        }
        let office = Office(store: store, producer: house.producer, pages: house.pages)
        let bell = house.bell
        let steps: [Failpoint] = [.slotsFreed, .hintedBeforeWait, .firedBeforeCommit]
        let ring: @Sendable () async throws -> Void = { bell.ring() }
        let failpoints = Failpoints(Dictionary(uniqueKeysWithValues: steps.map { ($0, ring) }))
        let workers = redis.map { redis in
            JobWorker(
                queue: BacklinkOrdersJobs.queue,
                tasks: BacklinkOrdersService.tasks(office),
                schedules: BacklinkOrdersService.schedules,
                database: test.service,
                redis: redis,
                configuration: WorkerConfiguration(capacity: 4),
                logger: logger,
                failpoints: failpoints
            )
        }
        let outcome = await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run() } }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(house))
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

    // MARK: What a test does

    /// Delivered links on pages of these addresses.
    func deliver(_ urls: String...) async throws -> [Backlink.ID] {
        try await transaction { tx in
            let now = try await BusinessClock.now(in: tx)
            let planned = urls.map { _ in
                var new = Backlinks.New(
                    account: account.id,
                    site: site.id,
                    order: order.id,
                    targetURL: Self.target,
                    cost: Money(minor: 80_00, currency: .usd)
                )
                new.anchorText = "vinyl banners"
                return new
            }
            var links = try await Backlinks.create(planned, in: tx)
            for index in links.indices {
                try links[index].value.order(at: now)
                try links[index].value.deliver(on: try #require(LinkSource(url: urls[index])), at: now, in: .gmt)
                try await Backlinks.save(&links[index], in: tx)
            }
            return links.map(\.id)
        }
    }

    func verify(_ links: Backlink.ID...) async throws {
        let jobs = links.map { BacklinkOrdersJobs.verify($0, account: account.id) }
        _ = try await transaction { tx in try await producer.enqueue(jobs, in: tx) }
        try await settle()
    }

    func link(_ id: Backlink.ID) async throws -> Backlink {
        try await transaction { tx in try #require(try await Backlinks.find(id, for: Self.system, in: tx)).value }
    }

    func figures() async throws -> BacklinkOrder.Figures {
        try await transaction { tx in
            #expect(try await Backlinks.miscounted(for: Self.system, in: tx).isEmpty)
            return try #require(try await BacklinkServiceOrders.find(order.id, for: Self.system, in: tx)).figures
        }
    }

    /// What the audit log says of a link, in order.
    func story(of id: Backlink.ID) async throws -> [String] {
        try await transaction { tx in
            try await tx.query(
                """
                select action from igny8_audit_events where subject_kind = 'backlink' and subject_id = \(id.rawValue)
                order by id
                """
            ).map { row in try row.decode("action") }
        }
    }

    func history(of id: Backlink.ID) async throws -> [BacklinkCheck] {
        try await transaction { tx in
            try await BacklinkChecks.latest(100, of: [id], for: Self.system, in: tx).map(\.check).reversed()
        }
    }

    func openFlags() async throws -> [DeliveryFlag] {
        try await transaction { tx in try await DeliveryFlags.open(for: Self.system, in: tx).map(\.value) }
    }

    /// Lives so long: everything that falls due on the way is done at its moment.
    func live(hours: Double) async throws {
        let end = try await transaction { tx in try await BusinessClock.now(in: tx).addingTimeInterval(hours * 3_600) }
        while true {
            try await settle()
            guard let next = try await quiet().next, next <= end else { break }
            try await move(to: next)
        }
        try await move(to: end)
        try await settle()
    }

    func settle() async throws {
        // A commit's moment is no step of a worker, so it also looks after a while.
        while try await !quiet().isQuiet { await bell.wait(upTo: .milliseconds(20)) }
        let dead = try await transaction { tx in
            try await tx.query("select task || ': ' || errors::text as dead from igny8_dead_jobs")
                .map { row in try row.decode("dead", as: String.self) }
        }
        #expect(dead.isEmpty)
    }

    private func quiet() async throws -> Quiet {
        try await transaction { tx in try await JobStore.quiet(in: tx) }
    }

    private func move(to moment: Date) async throws {
        _ = try await transaction { tx in try await BusinessClock.advance(to: moment, in: tx) }
    }

    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await store.transaction(as: Self.system, actor: "test", body)
    }
}
