import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// What fault injection has found, each with the test that would find it again.
    @Suite struct RecoveryTests {
        @Test("all that a killed worker had in hand runs again at once, not one by one")
        func allAtOnce() async throws {
            try await Shop.open { shop in
                let hang = Work { _, _ in
                    shop.journal.write("victim")
                    try await Task.sleep(for: .seconds(600))
                }
                let victim = shop.worker(hang, configuration: Shop.brief)
                let life = Task { try await victim.run() }
                let ids = try await shop.enqueue((0..<8).map { shop.job($0) })
                await shop.journal.wait(for: "victim", times: 8)
                victim.kill()
                try await life.value
                // None ends before all have begun.
                let gate = Gate()
                let heir = Work { _, _ in
                    shop.journal.write("heir")
                    await gate.wait()
                }
                try await shop.with(shop.worker(heir, configuration: Shop.brief)) {
                    await shop.journal.wait(for: "heir", times: 8)
                    gate.open()
                    try await shop.untilDone(ids)
                }
            }
        }

        @Test("suspects are let in one by one, and the next as soon as one has ended")
        func suspects() async throws {
            try await Shop.open { shop in
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                let ids = try await shop.enqueue((0..<10).map { shop.job($0) })
                _ = try await shop.query("update igny8_jobs set crashes = 2")
                let work = Work { _, _ in
                    shop.journal.write("+")
                    await Task.yield()
                    shop.journal.write("-")
                }
                try await shop.with(shop.worker(work)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    let time = try await measured { try await shop.untilDone(ids) }
                    // By repair alone each would take two seconds and more.
                    #expect(time < .seconds(8))
                }
                #expect(shop.journal.entries == (0..<10).flatMap { _ in ["+", "-"] }, "two at a time")
            }
        }

        @Test("an attempt that PostgreSQL does not know any more is cancelled within two heartbeats")
        func unknownAttempt() async throws {
            try await Shop.open { shop in
                let work = Work { _, context in
                    shop.journal.write("claim \(context.fence)")
                    guard context.fence == 1 else { return }
                    do {
                        try await Task.sleep(for: .seconds(600))
                    } catch {
                        shop.journal.write("cancelled")
                        throw error
                    }
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job())
                    await shop.journal.wait(for: "claim 1")
                    _ = try await shop.query("delete from igny8_jobs")
                    await shop.journal.wait(for: "cancelled")
                    #expect(try await shop.find(id) == nil)
                }
            }
        }

        @Test("after an outage that nobody could beat through, nobody is declared dead")
        func outage() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    // Twice the usual lease: both must connect again within one, on a machine that does other things.
                    let patient = WorkerConfiguration(capacity: 8, lease: .seconds(4), grace: .seconds(5))
                    let worker = { shop.worker(Work { _, _ in }, database: database, configuration: patient) }
                    try await shop.with(worker(), worker()) {
                        let alive = "select from igny8_workers where state = 'alive'" as SQL
                        try await shop.until { try await shop.query(alive).count == 2 }
                        wire.cut()
                        let silent = alive + " and beat_at < now() - interval '4.5 s'"
                        try await shop.until { try await shop.query(silent).count == 2 }
                        wire.mend()
                        // For a lease and more they beat again, or somebody has judged them.
                        let mended = try await shop.query("select now() as now")[0].decode("now", as: Date.self)
                        let beating = alive + " and beat_at > \(mended + 6)"
                        let dead = "select from igny8_workers where state = 'dead'" as SQL
                        try await shop.until {
                            let beats = try await shop.query(beating).count
                            if beats == 2 { return true }
                            return try await !shop.query(dead).isEmpty
                        }
                        #expect(try await shop.query(dead).isEmpty)
                    }
                }
            }
        }
    }
}
