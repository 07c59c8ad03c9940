import Foundation
import JobQueue
import Postgres
import Redis
import Testing

extension JobQueueTests {
    @Suite struct PausingTests {
        private struct Other: JobTask {
            static let name = "other"
            let journal: Journal
            func run(_ payload: Work.Payload, _ context: JobContext) async throws { journal.write("other") }
        }

        private static func worker(_ shop: Shop) -> JobWorker {
            JobWorker(
                queue: shop.queue,
                tasks: [Work { payload, _ in shop.journal.write("\(payload.number)") }, Other(journal: shop.journal)],
                database: shop.database,
                redis: shop.redis,
                configuration: Shop.calm,
                logger: Shop.logger
            )
        }

        @Test("a paused task starts nothing, whenever its jobs came; the queue's other tasks go on")
        func task() async throws {
            try await Shop.open { shop in
                let other = NewJob(queue: shop.queue, task: "other", account: nil, payload: Work.Payload())
                let before = try await shop.enqueue((0..<40).map { shop.job($0) })
                try await shop.asSystem { try await JobStore.pause(task: "work", of: shop.queue, in: $0) }
                let after = try await shop.enqueue(shop.job(40))
                try await shop.with(Self.worker(shop)) {
                    try await shop.enqueue([other, other])
                    await shop.journal.wait(for: "other", times: 2)
                    #expect(shop.journal.entries == ["other", "other"])
                    #expect(try await shop.find(before[0])?.status == .pending)
                    #expect(try await shop.find(after)?.status == .pending)
                    #expect(try await shop.find(after)?.hold == .task)
                    let status = try await shop.asSystem { try await JobStore.queueStatus(in: $0) }
                    #expect(status.first { $0.queue == shop.queue }?.pausedTasks == ["work"])
                    // As soon as the other task's outcomes are written.
                    try await shop.until { try await shop.asSystem { try await JobStore.quiet(in: $0) }.isQuiet }
                    try await shop.asSystem { try await JobStore.resume(task: "work", of: shop.queue, in: $0) }
                    await shop.journal.wait { $0.count == 43 }
                }
            }
        }

        @Test("what was queued while its task was being paused goes back, and is not hinted again and again")
        func late() async throws {
            try await Shop.open { shop in
                let id = try #require(try await shop.enqueue(shop.job(1)))
                // As if its transaction had begun before the pause and ended after it.
                try await shop.asSystem { try await JobStore.pause(task: "work", of: shop.queue, in: $0) }
                _ = try await shop.query("update igny8_jobs set state = 'queued', queued_at = now(), held = null")
                try await shop.with(Self.worker(shop)) {
                    try await shop.until(id, is: .pending)
                    try await shop.asSystem { try await JobStore.resume(task: "work", of: shop.queue, in: $0) }
                    await shop.journal.wait(for: "1")
                }
            }
        }

        @Test("a job for later that was paused meanwhile still waits for its time afterwards")
        func later() async throws {
            try await Shop.open { shop in
                let start = Date(timeIntervalSince1970: 1_789_632_000)
                _ = try await shop.query("update igny8_business_clock set frozen_at = \(start)")
                let id = try await shop.enqueue(shop.job(1, runAt: start + 60))
                try await shop.asSystem { try await JobStore.pause(task: "work", of: shop.queue, in: $0) }
                try await shop.asSystem { try await JobStore.resume(task: "work", of: shop.queue, in: $0) }
                try await shop.with(Self.worker(shop)) {
                    try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "0")
                    #expect(try await shop.find(id)?.hold == .time)
                    _ = try await shop.query("update igny8_business_clock set frozen_at = \(start + 60)")
                    await shop.journal.wait(for: "1")
                }
            }
        }

        @Test("a running job hears of its cancellation at once, not at the next heartbeat")
        func cancelling() async throws {
            try await Shop.open { shop in
                var configuration = Shop.calm
                configuration.lease = .seconds(600)
                let work = Work { _, _ in
                    shop.journal.write("began")
                    try await Task.sleep(for: .seconds(600))
                }
                try await shop.with(shop.worker(work, configuration: configuration)) {
                    let id = try #require(try await shop.enqueue(shop.job()))
                    await shop.journal.wait(for: "began")
                    let asked = ContinuousClock.now
                    #expect(try await shop.asSystem { try await JobStore.cancel(id, in: $0) } == .requested)
                    try await shop.until(id, is: .cancelled)
                    #expect(asked.duration(to: .now) < .seconds(3), "a heartbeat comes every hundred seconds here")
                }
            }
        }

        @Test("with a window, a unique key is taken until the window has passed, and no longer")
        func window() async throws {
            try await Shop.open { shop in
                let start = Date(timeIntervalSince1970: 1_789_632_000)
                _ = try await shop.query("update igny8_business_clock set frozen_at = \(start)")
                let hourly = shop.job(1, uniqueKey: "digest", uniqueWindow: .every(.seconds(3600)))
                let other = shop.job(2, uniqueKey: "other", uniqueWindow: .every(.seconds(3600)))
                try await shop.with(shop.worker(Work { payload, _ in shop.journal.write("\(payload.number)") })) {
                    let ids = try await shop.enqueue([hourly, hourly, other, shop.job(3)])
                    #expect(ids.map { $0 != nil } == [true, false, true, true])
                    try await shop.until(ids[0], is: .completed)
                    #expect(try await shop.enqueue(hourly) == nil)
                    _ = try await shop.query("update igny8_business_clock set frozen_at = \(start + 3599)")
                    #expect(try await shop.enqueue(hourly) == nil)
                    _ = try await shop.query("update igny8_business_clock set frozen_at = \(start + 3600)")
                    #expect(try await shop.enqueue(hourly) != nil)
                    await shop.journal.wait(for: "1", times: 2)
                }
                #expect(shop.journal.count("1") == 2)
            }
        }

        @Test("many dead jobs are let run again in one step, except those whose key another has")
        func retryMany() async throws {
            try await Shop.open { shop in
                let isMended = Journal()
                let work = Work { payload, _ in
                    if isMended.entries.isEmpty { throw JobError.permanent("the provider is away") }
                    shop.journal.write("\(payload.number)")
                }
                try await shop.with(shop.worker(work)) {
                    let ids = try await shop.enqueue((0..<5).map { shop.job($0, uniqueKey: $0 == 4 ? "k" : nil) })
                    for id in ids { try await shop.until(id, is: .dead) }
                    isMended.write("mended")
                    let later = Date(timeIntervalSince1970: 4_000_000_000)
                    try await shop.enqueue(shop.job(9, uniqueKey: "k", runAt: later))
                    let filter = JobFilter(queue: shop.queue, status: .dead)
                    #expect(try await shop.asSystem { try await JobStore.count(filter, in: $0) } == 5)
                    let first = try await shop.asSystem { try await JobStore.retryDead(filter, limit: 2, in: $0) }
                    #expect(first.found == 2)
                    #expect(first.revived == [ids[0], ids[1]])
                    let rest = try await shop.asSystem { try await JobStore.retryDead(filter, limit: 100, in: $0) }
                    #expect(rest.found == 3)
                    #expect(rest.revived == [ids[2], ids[3]])
                    await shop.journal.wait { $0.count == 4 }
                    #expect(try await shop.find(ids[4])?.status == .dead)
                    let none = JobFilter(queue: "nobody's")
                    #expect(try await shop.asSystem { try await JobStore.retryDead(none, limit: 9, in: $0) }.found == 0)
                }
            }
        }
    }
}
