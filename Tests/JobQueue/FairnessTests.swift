import Foundation
import JobQueue
import NIOConcurrencyHelpers
import Postgres
import Testing

extension JobQueueTests {
    /// Many tenants, one queue.
    @Suite struct FairnessTests {
        /// A hundred thousand for the full proof; the suite makes do with a tenth of it.
        static let flood = ProcessInfo.processInfo.environment["IGNY8_TEST_FLOOD"].flatMap { Int($0) } ?? 10_000

        @Test("behind a flood of one tenant, another tenant's only job starts within a second")
        func singleJob() async throws {
            try await Shop.open { shop in
                let began = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
                let work = Work { payload, context in
                    if payload.word == "single" {
                        began.withLockedValue { $0 = .now }
                        shop.journal.write("single")
                    } else {
                        if payload.number % 100 == 0 { shop.journal.write("flood") }
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                try await shop.with(shop.worker(work)) {
                    try await shop.enqueue((1...Self.flood).map { shop.job($0, account: 1) })
                    await shop.journal.wait(for: "flood", times: 2)
                    for tenant in 2...4 as ClosedRange<Int64> {
                        let asked = ContinuousClock.now
                        try await shop.enqueue(shop.job(0, "single", account: tenant))
                        await shop.journal.wait(for: "single", times: Int(tenant) - 1)
                        let waited = try #require(began.withLockedValue { $0 }).duration(to: asked) * -1
                        print("a single job behind \(Self.flood) of another tenant began after \(waited)")
                        #expect(waited < .seconds(1))
                    }
                    // None of this was for want of a flood.
                    #expect(
                        try await shop.query("select from igny8_jobs where account_id = 1 limit 1000").count == 1000
                    )
                }
            }
        }

        @Test("tenants with much and with little to do get equal shares while all of them wait")
        func equalShares() async throws {
            try await Shop.open { shop in
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                try await shop.enqueue((0..<1000).map { shop.job($0, account: 1) })
                try await shop.enqueue((0..<300).map { shop.job($0, account: 2) })
                try await shop.enqueue((0..<300).map { shop.job($0) })
                let work = Work { _, context in
                    shop.journal.write("\(context.account ?? 0)")
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await shop.with(shop.worker(work)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    await shop.journal.wait { $0.count >= 600 }
                }
                let first = shop.journal.entries.prefix(600)
                for tenant in ["0", "1", "2"] {
                    let share = first.count { $0 == tenant }
                    #expect((180...220).contains(share), "tenant \(tenant) had \(share) of the first 600")
                }
            }
        }

        @Test("more tenants than a round has room for all have their turn")
        func manyTenants() async throws {
            try await Shop.open { shop in
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                for number in 0..<3 { try await shop.enqueue((1...1000).map { shop.job(number, account: $0) }) }
                let work = Work { payload, context in shop.journal.write("\(context.account ?? 0)") }
                try await shop.with(shop.worker(work)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    await shop.journal.wait { $0.count == 3000 }
                }
                // In the time of a thousand jobs and one window each has had its first.
                #expect(Set(shop.journal.entries.prefix(1300)).count == 1000)
            }
        }

        @Test("waiting is worth priority: a minute a point")
        func ageing() async throws {
            try await Shop.open { shop in
                let now = Date(timeIntervalSince1970: 1_789_632_000)
                _ = try await shop.query("update igny8_business_clock set frozen_at = \(now)")
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                try await shop.enqueue([
                    shop.job(1, priority: 5), shop.job(2, runAt: now - 600, priority: 0),
                    shop.job(3, runAt: now - 240, priority: 0), shop.job(4, runAt: now - 1800, priority: -20),
                ])
                var configuration = Shop.calm
                configuration.capacity = 1
                let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                try await shop.with(shop.worker(work, configuration: configuration)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    await shop.journal.wait { $0.count == 4 }
                }
                // Effective: 10, 10 (−20 + 30), 5, 4; of equals the older.
                #expect(shop.journal.entries == ["4", "2", "1", "3"])
            }
        }

        @Test("without Redis one tenant's flood does not hold up another tenant's job either")
        func withoutRedis() async throws {
            try await Shop.open { shop in
                let work = Work { payload, _ in
                    shop.journal.write(payload.word)
                    try await Task.sleep(for: .milliseconds(5))
                }
                let silent = JobProducer(redis: nil, logger: Shop.logger)
                try await shop.with(shop.worker(work, redis: .some(nil))) {
                    try await shop.enqueue((1...3000).map { shop.job($0, "flood", account: 1) }, by: silent)
                    await shop.journal.wait(for: "flood", times: 20)
                    try await shop.enqueue([shop.job(0, "single", account: 2)], by: silent)
                    await shop.journal.wait(for: "single")
                    #expect(shop.journal.count("flood") < 1500, "it waited for the flood")
                }
            }
        }
    }
}
