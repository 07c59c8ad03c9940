import Foundation
import JobQueue
import NIOConcurrencyHelpers
import Persistence
import Postgres
import Redis
import TestSupport
import Testing

extension JobQueueTests {
    /// Redis forgets, stops, comes back; jobs do not notice.
    @Suite struct RepairTests {
        @Test("after FLUSHALL with jobs waiting, all go on within two seconds, none twice")
        func flushall() async throws {
            try await TestRedis.withServer { server in
                try await Shop.open(redisURL: server.url) { shop in
                    let gate = Gate()
                    let work = Work { payload, _ in
                        shop.journal.write("\(payload.number)")
                        if payload.number < 8 { await gate.wait() }
                    }
                    try await shop.with(shop.worker(work)) {
                        try await shop.enqueue((0..<1008).map { shop.job($0) })
                        await shop.journal.wait { $0.count == 8 }
                        try await shop.redis.command(["FLUSHALL"])
                        let flushed = ContinuousClock.now
                        gate.open()
                        await shop.journal.wait { $0.count == 16 }
                        #expect(flushed.duration(to: .now) < .seconds(3), "2 s, and a busy machine")
                        await shop.journal.wait { $0.count == 1008 }
                        try await shop.until { try await shop.query("select from igny8_jobs").isEmpty }
                    }
                    #expect(Set(shop.journal.entries).count == 1008)
                    #expect(shop.journal.entries.count == 1008)
                }
            }
        }

        @Test("a hint that was never sent is found missing")
        func lostHint() async throws {
            try await Shop.open { shop in
                let crashing = JobProducer(
                    redis: shop.redis,
                    logger: Shop.logger,
                    failpoints: Failpoints([.committedBeforeHint: { throw Mishap("the producer died") }])
                )
                try await shop.with(shop.worker(Work { payload, _ in shop.journal.write("\(payload.number)") })) {
                    try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "0")
                    let id = try await shop.enqueue([shop.job(1)], by: crashing)[0]
                    #expect(try await shop.find(id)?.status == .queued)
                    let lost = ContinuousClock.now
                    await shop.journal.wait(for: "1")
                    #expect(lost.duration(to: .now) < .seconds(6), "4 s, and a busy machine")
                }
            }
        }

        @Test("hints that a worker took and died with come back")
        func takenAndDied() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                let victim = shop.worker(
                    Work { _, _ in },
                    configuration: Shop.brief,
                    failpoints: Failpoints([
                        .takenBeforeClaim: {
                            shop.journal.write("taken")
                            await gate.wait()
                            throw Mishap("dead")
                        }
                    ])
                )
                let life = Task { try await victim.run() }
                try await shop.enqueue(shop.job(1))
                await shop.journal.wait(for: "taken")
                victim.kill()
                gate.open()
                try await life.value
                try await shop.with(shop.worker(Work { _, _ in shop.journal.write("done") }, configuration: Shop.brief))
                {
                    await shop.journal.wait(for: "done")
                }
            }
        }

        @Test("a Redis that is killed and started again empty costs nothing but a moment")
        func restart() async throws {
            try await TestRedis.withServer { server in
                try await Shop.open(redisURL: server.url) { shop in
                    let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                    try await shop.with(shop.worker(work)) {
                        try await shop.enqueue((0..<10).map { shop.job($0) })
                        await shop.journal.wait { $0.count == 10 }
                        server.kill()
                        // Written while Redis is away: no hint can be sent.
                        try await shop.enqueue((10..<20).map { shop.job($0) })
                        try await server.start()
                        await shop.journal.wait { $0.count == 20 }
                        try await shop.enqueue((20..<30).map { shop.job($0) })
                        await shop.journal.wait { $0.count == 30 }
                    }
                    #expect(Set(shop.journal.entries).count == 30)
                }
            }
        }

        @Test("without Redis the queue is slower, not stopped")
        func degraded() async throws {
            try await TestRedis.withServer { server in
                try await Shop.open(redisURL: server.url) { shop in
                    let work = Work { payload, _ in
                        shop.journal.write("\(payload.number)")
                        if payload.number == 5 && shop.journal.count("5") == 1 { throw Mishap("once more") }
                    }
                    try await shop.with(shop.worker(work)) {
                        try await shop.enqueue(shop.job(0))
                        await shop.journal.wait(for: "0")
                        server.kill()
                        try await shop.enqueue((1..<40).map { shop.job($0) })
                        await shop.journal.wait { $0.count == 41 }
                        try await shop.until { try await shop.query("select from igny8_jobs").isEmpty }
                    }
                    #expect(Set(shop.journal.entries).count == 40)
                }
            }
        }

        @Test("PostgreSQL stopped and started in the middle of the work loses nothing")
        func postgresRestart() async throws {
            try await TestCluster.withCluster { cluster in
                let migrating = PostgresDatabase(
                    configuration: PostgresConfiguration(url: cluster.url),
                    loop: TestDatabase.loop,
                    logger: Shop.logger
                )
                try await migrating.script("create database shop")
                await migrating.close()
                // Only the database at the end: the role of the URL is called the same.
                let url = cluster.url.dropLast("postgres".count) + "shop"
                let database = PostgresDatabase(
                    configuration: PostgresConfiguration(url: String(url)),
                    loop: TestDatabase.loop,
                    logger: Shop.logger
                )
                try await Migrations.run(database)
                try await Shop.open(on: database, redisURL: TestRedis.url()) { shop in
                    let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                    try await shop.with(shop.worker(work), shop.worker(work)) {
                        try await shop.enqueue((0..<300).map { shop.job($0) })
                        await shop.journal.wait { $0.count >= 50 }
                        try await cluster.crash()
                        try await cluster.start()
                        await shop.journal.wait { Set($0).count == 300 }
                        try await shop.until { (try? await shop.query("select from igny8_jobs").isEmpty) ?? false }
                    }
                    #expect(
                        try await shop.query("select from igny8_job_history where outcome = 'completed'").count == 300
                    )
                }
                await database.close()
            }
        }
    }
}
