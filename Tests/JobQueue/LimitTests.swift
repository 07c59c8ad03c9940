import Foundation
import NIOConcurrencyHelpers
import Postgres
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension JobQueueTests {
    /// What jobs of one key may not do all at once, over all workers.
    @Suite struct LimitTests {
        /// How many run now and how many ever ran at once, by key.
        private final class Gauge: Sendable {
            private let state = NIOLockedValueBox<(now: [String: Int], most: [String: Int])>(([:], [:]))

            func run(_ key: String, _ body: () async throws -> Void) async rethrows {
                state.withLockedValue { state in
                    state.now[key, default: 0] += 1
                    state.most[key] = max(state.most[key] ?? 0, state.now[key] ?? 0)
                }
                defer { state.withLockedValue { $0.now[key, default: 0] -= 1 } }
                try await body()
            }

            func most(_ key: String) -> Int { state.withLockedValue { $0.most[key] ?? 0 } }
        }

        @Test("no more jobs of a key run at once than its limit says, whatever the number of workers")
        func concurrency() async throws {
            try await Shop.open { shop in
                let gauge = Gauge()
                var work = Work { payload, _ in
                    try await gauge.run(payload.word) { try await Task.sleep(for: .milliseconds(4)) }
                    shop.journal.write(payload.word)
                }
                work.limits = [JobLimit("site", concurrency: 2)]
                try await shop.with(shop.worker(work), shop.worker(work), shop.worker(work)) {
                    let keys = (0..<60).map { $0 % 3 == 0 ? "site:1" : $0 % 3 == 1 ? "site:2" : "free" }
                    try await shop.enqueue(keys.map { shop.job(0, $0, limitKeys: $0 == "free" ? [] : [$0]) })
                    await shop.journal.wait { $0.count == 60 }
                }
                #expect(gauge.most("site:1") == 2)
                #expect(gauge.most("site:2") == 2)
                #expect(gauge.most("free") > 2, "what has no limit was held up")
            }
        }

        @Test("a job that fails, and a worker that dies with it, give the place of its key back")
        func placesComeBack() async throws {
            try await Shop.open { shop in
                var work = Work { payload, context in
                    shop.journal.write("began")
                    if payload.word == "fail" && context.attempt == 1 { throw Mishap("once") }
                    if payload.word == "die" && shop.journal.count("began") == 1 {
                        try await Task.sleep(for: .seconds(600))
                    }
                    shop.journal.write("done \(payload.word)")
                }
                work.limits = [JobLimit("site", concurrency: 1)]
                let victim = shop.worker(work, configuration: Shop.brief)
                let life = Task { try await victim.run() }
                try await shop.enqueue(shop.job(0, "die", limitKeys: ["site:1"]))
                await shop.journal.wait(for: "began")
                try await shop.enqueue(["fail", "last"].map { shop.job(0, $0, limitKeys: ["site:1"]) })
                victim.kill()
                try await life.value
                try await shop.with(shop.worker(work, configuration: Shop.brief)) {
                    for word in ["die", "fail", "last"] { await shop.journal.wait(for: "done \(word)") }
                    try await shop.until { try await shop.query("select from igny8_jobs").isEmpty }
                }
            }
        }

        @Test("starts of a key come no faster than its rate, from the first on and over all workers")
        func rate() async throws {
            try await Shop.open { shop in
                let starts = NIOLockedValueBox<[ContinuousClock.Instant]>([])
                var work = Work { payload, _ in
                    starts.withLockedValue { $0.append(.now) }
                    shop.journal.write("began")
                }
                work.limits = [JobLimit("ahrefs", rate: .init(20, per: .seconds(1)))]
                try await shop.with(shop.worker(work), shop.worker(work)) {
                    try await shop.enqueue((0..<30).map { shop.job($0, limitKeys: ["ahrefs:1"]) })
                    await shop.journal.wait { $0.count == 30 }
                }
                let times = starts.withLockedValue { $0.sorted() }
                let took = times[0].duration(to: times[29])
                print("30 starts at 20 a second took \(took)")
                #expect(took > .milliseconds(1350), "29 intervals of 50 ms, and the jitter of one start")
                #expect(took < .seconds(6))
            }
        }

        @Test("a Redis that forgets does not make a limiter forget: it begins empty of credit")
        func flushall() async throws {
            try await TestRedis.withServer { server in
                try await Shop.open(redisURL: server.url) { shop in
                    var work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                    work.limits = [JobLimit("ahrefs", rate: .init(1, per: .seconds(600), burst: 5))]
                    try await shop.with(shop.worker(work)) {
                        // Ten minutes ago this Redis was new: the limiter has earned one start since, of five at most.
                        let began = "jq:{\(shop.queue)}:began"
                        try await shop.until {
                            try await shop.redis.command(["EXISTS", RedisArgument(began)]).integer == 1
                        }
                        let long = Int(Date(timeIntervalSinceNow: -601).timeIntervalSince1970 * 1e6)
                        try await shop.redis.command(["SET", RedisArgument(began), RedisArgument(long)])
                        try await shop.enqueue((0..<6).map { shop.job($0, limitKeys: ["ahrefs:1"]) })
                        await shop.journal.wait { $0.count == 1 }
                        try await shop.redis.command(["FLUSHALL"])
                        try await shop.enqueue(shop.job(100))
                        await shop.journal.wait(for: "100")
                        try await shop.until {
                            try await shop.redis.command(["EXISTS", RedisArgument(began)]).integer == 1
                        }
                        try await shop.enqueue(shop.job(101))
                        await shop.journal.wait(for: "101")
                    }
                    #expect(shop.journal.entries.count == 3)
                    #expect(try await shop.query("select from igny8_jobs where state = 'pending'").count == 5)
                }
            }
        }

        @Test("limits hold without Redis too")
        func degraded() async throws {
            try await Shop.open { shop in
                let gauge = Gauge()
                var work = Work { payload, _ in
                    try await gauge.run("all") { try await Task.sleep(for: .milliseconds(2)) }
                    shop.journal.write("\(payload.number)")
                }
                work.limits = [JobLimit("site", concurrency: 1), JobLimit("slow", rate: .init(1, per: .seconds(600)))]
                let silent = JobProducer(redis: nil, logger: Shop.logger)
                try await shop.with(shop.worker(work, redis: .some(nil)), shop.worker(work, redis: .some(nil))) {
                    try await shop.enqueue([shop.job(99, limitKeys: ["slow:1"])], by: silent)
                    try await shop.enqueue((0..<6).map { shop.job($0, limitKeys: ["site:1"]) }, by: silent)
                    await shop.journal.wait { $0.count == 6 }
                }
                #expect(gauge.most("all") == 1)
                #expect(!shop.journal.entries.contains("99"), "a limiter that begins empty of credit let a job through")
            }
        }

        @Test("while limited jobs are being admitted the lease cannot pass on: its next holder counts them")
        func leaseChangesHands() async throws {
            try await Shop.open { shop in
                let database = QueueDatabase(shop.database)
                let name = Lease.name(ofQueue: shop.queue)
                let id = try #require(try await shop.enqueue(shop.job(1, limitKeys: ["site:1"])))
                try await database.query(
                    "insert into igny8_queues (name) values (\(shop.queue)) on conflict do nothing"
                )
                let first = try await database.query(Lease.acquire(name, holder: 1, lasting: .seconds(2)))[0]
                let lease = Lease(name: name, holder: 1, fence: try first.decode("fence"))
                try await database.transaction { transaction in
                    let statement = LimitStatement.admit([id], queue: shop.queue, lease: lease)
                    #expect(try await transaction.query(statement).count == 1)
                    Task {
                        var isTaken = false
                        while !isTaken {
                            let next = Lease.acquire(name, holder: 2, lasting: .seconds(60))
                            isTaken = try await shop.asSystem { try await !$0.query(next).isEmpty }
                        }
                        shop.journal.write("taken")
                    }
                    // On a connection of its own: behind a statement that waits, the shared one waits too.
                    try await shop.until {
                        try await shop.asSystem { transaction in
                            try await !transaction.query(
                                "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                            ).isEmpty
                        }
                    }
                    #expect(shop.journal.entries.isEmpty, "the lease passed on under the statement")
                }
                await shop.journal.wait(for: "taken")
                let counted = try await database.query(LimitStatement.inFlight(queue: shop.queue))
                #expect(try counted.map { try $0.decode("in_flight", as: Int.self) } == [1])
                // The first holder's time is over: it admits nothing more.
                _ = try await shop.query("update igny8_jobs set state = 'pending', queued_at = null")
                let late = LimitStatement.admit([id], queue: shop.queue, lease: lease)
                #expect(try await database.query(late).isEmpty)
            }
        }

        @Test("what an operator has set stands above what the task declares")
        func operatorsLimit() async throws {
            try await Shop.open { shop in
                var work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                work.limits = [JobLimit("site", concurrency: 5)]
                try await shop.asSystem {
                    try await JobStore.setLimit(JobLimit("site", concurrency: 0), of: shop.queue, in: $0)
                }
                try await shop.with(shop.worker(work)) {
                    try await shop.enqueue([shop.job(0, limitKeys: ["site:1"]), shop.job(1)])
                    await shop.journal.wait(for: "1")
                    let limits = try await shop.asSystem { try await JobStore.limits(of: shop.queue, in: $0) }
                    #expect(limits.map(\.limit) == [JobLimit("site", concurrency: 0)])
                    #expect(limits.first?.isSetByOperator == true)
                    _ = try await shop.asSystem { try await JobStore.clearLimit("site", of: shop.queue, in: $0) }
                    await shop.journal.wait(for: "0")
                }
            }
        }
    }
}
