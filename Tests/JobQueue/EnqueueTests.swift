import Foundation
import JobQueue
import Postgres
import Redis
import Testing

extension JobQueueTests {
    @Suite struct EnqueueTests {
        @Test("a committed job has a row and a hint, a rolled back one has neither")
        func commitMakesHint() async throws {
            try await Shop.open { shop in
                let id = try #require(try await shop.enqueue(shop.job(1)))
                let list = RedisArgument("jq:{\(shop.queue)}:ready")
                #expect(try await shop.redis.command(["LRANGE", list, 0, -1]).array?.map(\.text) == ["\(id)"])
                #expect(try await shop.find(id)?.status == .queued)

                await #expect(throws: Mishap.self) {
                    try await shop.asSystem { transaction in
                        try await shop.producer.enqueue(shop.job(2), in: transaction)
                        throw Mishap("no")
                    }
                }
                #expect(try await shop.redis.command(["LLEN", list]).integer == 1)
                #expect(try await shop.query("select from igny8_jobs").count == 1)
            }
        }

        @Test("while an unfinished job has the unique key, no other is accepted")
        func uniqueKeys() async throws {
            try await Shop.open { shop in
                let ids = try await shop.enqueue([
                    shop.job(1, uniqueKey: "a"), shop.job(2, uniqueKey: "a"), shop.job(3, uniqueKey: "b"), shop.job(4),
                    shop.job(5),
                ])
                #expect(ids.map { $0 != nil } == [true, false, true, true, true])
                #expect(try await shop.enqueue(shop.job(6, uniqueKey: "a")) == nil)
                let worker = shop.worker(Work { payload, _ in shop.journal.write("\(payload.number)") })
                try await shop.with(worker) {
                    await shop.journal.wait { $0.count == 4 }
                    try await shop.until(ids[0], is: .completed)
                }
                #expect(Set(shop.journal.entries) == ["1", "3", "4", "5"])
                #expect(try await shop.enqueue(shop.job(7, uniqueKey: "a")) != nil)
            }
        }

        @Test("a job for later waits until the business clock is moved there, and then starts at once")
        func runAt() async throws {
            try await Shop.open { shop in
                let start = Date(timeIntervalSince1970: 1_789_632_000)
                _ = try await shop.query("update igny8_business_clock set frozen_at = \(start)")
                let later = try await shop.enqueue(shop.job(1, runAt: start + 3600))
                #expect(try await shop.find(later)?.status == .pending)
                let worker = shop.worker(Work { payload, _ in shop.journal.write("\(payload.number)") })
                try await shop.with(worker) {
                    try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "0")
                    let before = ContinuousClock.now
                    _ = try await shop.query("update igny8_business_clock set frozen_at = \(start + 3600)")
                    await shop.journal.wait(for: "1")
                    #expect(before.duration(to: .now) < .milliseconds(900), "it waited for a poll")
                }
                #expect(shop.journal.entries == ["0", "1"])
            }
        }

        @Test("row security keeps a tenant's transaction to its own jobs")
        func rowSecurity() async throws {
            try await Shop.open { shop in
                let tenant = [PostgresSetting("igny8.scope", "account"), PostgresSetting("igny8.account", "7")]
                let own = try await shop.database.transaction(settings: tenant) { transaction in
                    try await shop.producer.enqueue(shop.job(1, account: 7), in: transaction)
                }
                let other = try await shop.enqueue(shop.job(2, account: 8))
                await #expect(throws: PostgresError.self) {
                    try await shop.database.transaction(settings: tenant) { transaction in
                        try await shop.producer.enqueue(shop.job(3, account: 8), in: transaction)
                    }
                }
                let seen = try await shop.database.transaction(settings: tenant) { transaction in
                    try await JobStore.list(in: transaction).map(\.id)
                }
                #expect(seen == [own])
                let cancelling = try await shop.database.transaction(settings: tenant) { transaction in
                    try await JobStore.cancel(other ?? 0, in: transaction)
                }
                #expect(cancelling == .notFound)
            }
        }
    }
}
