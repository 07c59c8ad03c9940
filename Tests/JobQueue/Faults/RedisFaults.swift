import Foundation
import JobQueue
import Postgres
import Redis
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 15 to 20 and 22 of the failure table.
    @Suite(.serialized) struct RedisFaults {
        /// A worker that does one job at a time; those whose number has a gate wait there.
        private func single(
            _ shop: Shop,
            _ name: String = "did",
            gates: [Int: Gate] = [:],
            redis: RedisClient? = nil,
            journal: Journal? = nil
        ) -> JobWorker {
            var configuration = Shop.calm
            configuration.capacity = 1
            return JobWorker(
                queue: shop.queue,
                tasks: [
                    Work { payload, _ in
                        shop.journal.write("\(name) \(payload.number)")
                        await gates[payload.number]?.wait()
                    }
                ],
                database: shop.database,
                redis: redis ?? shop.redis,
                configuration: configuration,
                logger: journal.map { JournalLog.logger($0) } ?? Shop.logger
            )
        }

        private func open(
            arguments: [String] = [],
            _ body: (Shop, TestRedisServer) async throws -> Void
        ) async throws {
            try await TestRedis.withServer(arguments: arguments) { server in
                try await Shop.open(redisURL: server.url) { try await body($0, server) }
            }
        }

        /// Enqueues a job that holds the worker at its gate, and others that wait in the list.
        private func waiting(_ shop: Shop, _ numbers: Range<Int>) async throws -> [Int64?] {
            let first = try await shop.enqueue([shop.job(0)])
            await shop.journal.wait(for: "did 0")
            return first + (try await shop.enqueue(numbers.map { shop.job($0) }))
        }

        private func expectInOrder(_ shop: Shop, _ numbers: Range<Int>) {
            #expect(shop.journal.entries.sorted() == numbers.map { "did \($0)" }.sorted(), "lost or doubled")
        }

        @Test("fault 15: after FLUSHALL waiting jobs go on within two seconds")
        func flushed() async throws {
            try await open { shop, _ in
                let gate = Gate()
                try await shop.with(single(shop, gates: [0: gate])) {
                    let ids = try await waiting(shop, 1..<101)
                    try await shop.redis.command(["FLUSHALL"])
                    gate.open()
                    let time = await measured { await shop.journal.wait { $0.count > 1 } }
                    #expect(time < .seconds(2.5), "2 s, and half a second for a busy machine")
                    try await shop.untilDone(ids)
                    try await shop.expectEachOnce(ids)
                }
                expectInOrder(shop, 0..<101)
            }
        }

        @Test("fault 16: a Redis that starts again empty gets its scripts and hints back")
        func restartedEmpty() async throws {
            try await open { shop, server in
                let gate = Gate()
                try await shop.with(single(shop, gates: [0: gate])) {
                    let ids = try await waiting(shop, 1..<21)
                    server.kill()
                    try await server.start()
                    gate.open()
                    let time = await measured { await shop.journal.wait { $0.count > 1 } }
                    #expect(time < .seconds(4), "the next tick after the reconnect")
                    try await shop.untilDone(ids)
                    try await shop.expectEachOnce(ids)
                }
                expectInOrder(shop, 0..<21)
            }
        }

        @Test("fault 17: a Redis that starts again with an old memory: stale hints drop, missing ones come back")
        func restartedOld() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try await open(arguments: ["--dir", folder.path]) { shop, server in
                let gates = [0: Gate(), 6: Gate()]
                try await shop.with(single(shop, gates: gates)) {
                    let old = try await waiting(shop, 1..<7)
                    try await shop.redis.command(["SAVE"])
                    let new = try await shop.enqueue((7..<12).map { shop.job($0) })
                    gates[0]?.open()
                    await shop.journal.wait(for: "did 6")
                    server.kill()
                    try await server.start()
                    // Its memory is the old one; repair may have added to it before anybody looks.
                    try await shop.until { (try? await shop.hints()).map { $0 >= 6 } ?? false }
                    gates[6]?.open()
                    try await shop.untilDone(old + new)
                    try await shop.expectEachOnce(old + new)
                }
                expectInOrder(shop, 0..<12)
            }
        }

        @Test("fault 18: an evicted list is repaired within four seconds, and when it happens again, somebody is told")
        func evicted() async throws {
            try await open { shop, _ in
                let log = Journal()
                let gate = Gate()
                try await shop.with(single(shop, gates: [0: gate], journal: log)) {
                    let ids = try await waiting(shop, 1..<6)
                    // The keeper's first repair, of everything, does not count as a loss: so it may take one more.
                    for _ in 0..<5 where !log.entries.contains(where: { $0.contains("again and again") }) {
                        try await shop.redis.command(["DEL", RedisArgument("jq:{\(shop.queue)}:ready")])
                        let time = try await measured { try await shop.until { try await shop.hints() == 5 } }
                        #expect(time < .seconds(4.5), "4 s, and half a second for a busy machine")
                    }
                    await log.wait { $0.contains { $0.contains("again and again") } }
                    gate.open()
                    try await shop.untilDone(ids)
                    try await shop.expectEachOnce(ids)
                }
                expectInOrder(shop, 0..<6)
            }
        }

        @Test("fault 19: a Redis without memory for another hint makes the queue slower, not stopped")
        func outOfMemory() async throws {
            try await open { shop, _ in
                try await shop.with(single(shop)) {
                    let first = try await shop.enqueue(shop.job(0))
                    try await shop.untilDone([first])
                    try await shop.redis.command(["CONFIG", "SET", "maxmemory", "1"])
                    let ids = try await shop.enqueue((1..<6).map { shop.job($0) })
                    // A blocking move that is under way ends after five seconds; then patience of two.
                    let time = try await measured { try await shop.untilDone(ids) }
                    #expect(time < .seconds(5 + 2 + 2))
                    try await shop.redis.command(["CONFIG", "SET", "maxmemory", "0"])
                    let after = try await shop.enqueue((6..<11).map { shop.job($0) })
                    try await shop.untilDone(after)
                    try await shop.expectEachOnce([first] + ids + after)
                }
                expectInOrder(shop, 0..<11)
            }
        }

        @Test("fault 20: a Redis that does not answer is done without after its time-out and two seconds")
        func unreachable() async throws {
            try await open { shop, server in
                try await shop.with(single(shop)) {
                    let first = try await shop.enqueue(shop.job(0))
                    try await shop.untilDone([first])
                    server.freeze()
                    let ids = try await shop.enqueue((1..<6).map { shop.job($0) })
                    // The time-out of a blocking move: its own five seconds and five for the answer.
                    let time = try await measured { try await shop.untilDone(ids) }
                    #expect(time < .seconds(10 + 2 + 2))
                    server.thaw()
                    let after = try await shop.enqueue((6..<11).map { shop.job($0) })
                    try await shop.untilDone(after)
                    try await shop.expectEachOnce([first] + ids + after)
                }
                expectInOrder(shop, 0..<11)
            }
        }

        @Test("fault 22: a worker cut from Redis alone works on without hints, the others with them")
        func cutOff() async throws {
            try await Shop.open { shop in
                let parts = try #require(URLComponents(string: shop.redisURL))
                let wire = try Wire(to: try #require(parts.port))
                defer { wire.close() }
                let configuration = try RedisConfiguration(url: try wire.url(of: shop.redisURL))
                try await TestRedis.withClient(of: configuration) { redis in
                    let gate = Gate()
                    let cut = single(shop, "cut", redis: redis)
                    let whole = single(
                        shop,
                        "whole",
                        gates: Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, gate) })
                    )
                    try await shop.with(cut) {
                        let first = try await shop.enqueue(shop.job(100))
                        try await shop.untilDone([first])
                        wire.cut()
                        try await shop.with(whole) {
                            let ids = try await shop.enqueue((0..<20).map { shop.job($0) })
                            // The other is held by its first job: the rest is for the one that is cut.
                            let others = shop.journal
                            await others.wait { $0.count { $0.hasPrefix("cut") } == 1 + 19 }
                            #expect(others.entries.count { $0.hasPrefix("whole") } == 1)
                            gate.open()
                            try await shop.untilDone(ids)
                            try await shop.expectEachOnce([first] + ids)
                        }
                    }
                }
            }
        }
    }
}
