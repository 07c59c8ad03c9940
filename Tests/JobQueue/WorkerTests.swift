import Foundation
import JobQueue
import Postgres
import Redis
import Testing

extension JobQueueTests {
    @Suite struct WorkerTests {
        @Test("two workers share a queue, and every job is done once")
        func everyJobOnce() async throws {
            try await Shop.open { shop in
                let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                try await shop.with(shop.worker(work), shop.worker(work)) {
                    for batch in 0..<10 {
                        try await shop.enqueue((0..<50).map { shop.job(batch * 50 + $0) })
                    }
                    await shop.journal.wait { $0.count >= 500 }
                    try await shop.until { try await shop.query("select from igny8_jobs").isEmpty }
                }
                #expect(Set(shop.journal.entries).count == 500)
                #expect(shop.journal.entries.count == 500)
                let finished = try await shop.query("select from igny8_job_history where outcome = 'completed'")
                #expect(finished.count == 500)
            }
        }

        @Test("doubled and stale hints do no harm")
        func wrongHints() async throws {
            try await Shop.open { shop in
                let list = "jq:{\(shop.queue)}:ready"
                try await shop.redis.command(["LPUSH", RedisArgument(list), "999999", "1000000"])
                let ids = try await shop.enqueue((0..<20).map { shop.job($0) }).compactMap { $0 }
                for id in ids { try await shop.redis.command(["LPUSH", RedisArgument(list), RedisArgument(id)]) }
                let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                try await shop.with(shop.worker(work), shop.worker(work)) {
                    try await shop.until { try await shop.query("select from igny8_jobs").isEmpty }
                    for id in ids { try await shop.redis.command(["LPUSH", RedisArgument(list), RedisArgument(id)]) }
                    try await shop.until { try await shop.redis.command(["LLEN", RedisArgument(list)]).integer == 0 }
                }
                #expect(shop.journal.entries.count == 20)
                #expect(Set(shop.journal.entries).count == 20)
            }
        }

        @Test("a failing job is tried again, and is a dead letter with all its errors when no attempt is left")
        func deadLetter() async throws {
            try await Shop.open { shop in
                let work = Work { payload, context in
                    shop.journal.write("attempt \(context.attempt)")
                    if shop.journal.entries.count < 4 { throw Mishap("the provider is away, time \(context.attempt)") }
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job(uniqueKey: "only"))
                    try await shop.until(id, is: .dead)
                    let dead = try #require(try await shop.find(id))
                    #expect(dead.failures.map(\.error) == (1...3).map { "the provider is away, time \($0)" })
                    #expect(dead.failures.map(\.attempt) == [1, 2, 3])
                    let revived = try await shop.asSystem { try await JobStore.retry(dead.id, in: $0) }
                    #expect(revived == .revived)
                    try await shop.until(id, is: .completed)
                    #expect(try await shop.find(id)?.failures.count == 3)
                    #expect(try await shop.asSystem { try await JobStore.retry(dead.id, in: $0) } == .notFound)
                }
                #expect(shop.journal.entries == ["attempt 1", "attempt 2", "attempt 3", "attempt 1"])
            }
        }

        @Test("a permanent error is a dead letter at once")
        func permanent() async throws {
            try await Shop.open { shop in
                let work = Work { _, _ in
                    shop.journal.write("tried")
                    throw JobError.permanent("the site is gone")
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job())
                    try await shop.until(id, is: .dead)
                    #expect(try await shop.find(id)?.failures.map(\.error) == ["the site is gone"])
                }
                #expect(shop.journal.entries == ["tried"])
            }
        }

        @Test("a snooze costs no attempt")
        func snooze() async throws {
            try await Shop.open { shop in
                let work = Work { _, context in
                    shop.journal.write("attempt \(context.attempt)")
                    if shop.journal.entries.count < 5 { throw JobError.snooze(for: .milliseconds(1)) }
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job(maxAttempts: 1))
                    try await shop.until(id, is: .completed)
                }
                #expect(shop.journal.entries == Array(repeating: "attempt 1", count: 5))
            }
        }

        @Test("a task nobody knows and a payload nobody can read are failures that say so")
        func unknown() async throws {
            try await Shop.open { shop in
                try await shop.with(shop.worker(Work { _, _ in })) {
                    let ids = try await shop.enqueue([
                        NewJob(queue: shop.queue, task: "nobody's", account: nil, payload: NoPayload(), maxAttempts: 1),
                        NewJob(
                            queue: shop.queue,
                            task: Work.name,
                            account: nil,
                            payload: ["number": "x"],
                            maxAttempts: 1
                        ),
                    ])
                    try await shop.until(ids[0], is: .dead)
                    try await shop.until(ids[1], is: .dead)
                    #expect(try await shop.find(ids[0])?.failures.first?.error == "no task named nobody's here")
                    #expect(try await shop.find(ids[1])?.failures.first?.error.contains("unreadable payload") == true)
                }
            }
        }

        @Test("an attempt that takes too long is cancelled and counts as failed")
        func deadline() async throws {
            try await Shop.open { shop in
                let work = Work(timeout: .milliseconds(50)) { _, context in
                    shop.journal.write("attempt \(context.attempt)")
                    try await Task.sleep(for: .seconds(600))
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job(maxAttempts: 2))
                    try await shop.until(id, is: .dead)
                    let failures = try await shop.find(id)?.failures
                    #expect(failures?.count == 2)
                    #expect(failures?.first?.error.hasPrefix("not finished after") == true)
                }
            }
        }

        @Test("a waiting job is cancelled at once, a running one is told")
        func cancelling() async throws {
            try await Shop.open { shop in
                let work = Work { payload, _ in
                    shop.journal.write("began")
                    try await Task.sleep(for: .seconds(600))
                }
                var configuration = Shop.calm
                configuration.capacity = 1
                try await shop.with(shop.worker(work, configuration: configuration)) {
                    let running = try #require(try await shop.enqueue(shop.job(1)))
                    await shop.journal.wait(for: "began")
                    let waiting = try #require(try await shop.enqueue(shop.job(2)))
                    #expect(try await shop.asSystem { try await JobStore.cancel(waiting, in: $0) } == .cancelled)
                    #expect(try await shop.find(waiting)?.status == .cancelled)
                    #expect(try await shop.asSystem { try await JobStore.cancel(running, in: $0) } == .requested)
                    try await shop.until(running, is: .cancelled)
                    #expect(try await shop.asSystem { try await JobStore.cancel(running, in: $0) } == .notFound)
                }
                #expect(shop.journal.entries == ["began"])
            }
        }

        @Test("a finished step is not repeated by the next attempt, and progress can be read")
        func steps() async throws {
            try await Shop.open { shop in
                let work = Work { _, context in
                    let number = try await context.step("charge") {
                        shop.journal.write("charged")
                        return 42
                    }
                    await context.progress(0.5, "charged \(number)")
                    shop.journal.write("progress")
                    if context.attempt == 1 { throw Mishap("after the step") }
                    try await Task.sleep(for: .seconds(600))
                }
                try await shop.with(shop.worker(work)) {
                    let id = try #require(try await shop.enqueue(shop.job()))
                    await shop.journal.wait(for: "progress", times: 2)
                    let record = try await shop.find(id)
                    #expect(record?.progress == 0.5)
                    #expect(record?.note == "charged 42")
                    _ = try await shop.asSystem { try await JobStore.cancel(id, in: $0) }
                    try await shop.until(id, is: .cancelled)
                    #expect(try await shop.query("select from igny8_job_steps").isEmpty)
                }
                #expect(shop.journal.count("charged") == 1)
            }
        }

        @Test("a job carries the trace of its cause through every attempt")
        func trace() async throws {
            try await Shop.open { shop in
                let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                let work = Work { _, context in
                    shop.journal.write(context.trace ?? "none")
                    if context.attempt == 1 { throw Mishap("once") }
                }
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                let id = try await shop.enqueue(shop.job())
                _ = try await shop.query("update igny8_jobs set traceparent = \(trace)")
                try await shop.with(shop.worker(work)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    try await shop.until(id, is: .completed)
                }
                #expect(shop.journal.entries == [trace, trace])
                #expect(try await shop.find(id)?.traceparent == trace)
            }
        }

        @Test("a higher priority goes first among the jobs that are due")
        func priorities() async throws {
            try await Shop.open { shop in
                _ = try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                try await shop.enqueue([0, 10, -5, 10, 0].enumerated().map { shop.job($0, priority: $1) })
                var configuration = Shop.calm
                configuration.capacity = 1
                let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                try await shop.with(shop.worker(work, configuration: configuration)) {
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    await shop.journal.wait { $0.count == 5 }
                }
                #expect(shop.journal.entries == ["1", "3", "0", "4", "2"])
            }
        }

        @Test("a paused queue starts nothing until it is resumed")
        func pausing() async throws {
            try await Shop.open { shop in
                let work = Work { payload, _ in shop.journal.write("\(payload.number)") }
                try await shop.with(shop.worker(work)) {
                    try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "0")
                    try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
                    let id = try await shop.enqueue(shop.job(1))
                    #expect(try await shop.find(id)?.status == .pending)
                    let status = try await shop.asSystem { try await JobStore.queueStatus(in: $0) }
                        .first { $0.queue == shop.queue }
                    #expect(status?.isPaused == true)
                    #expect(status?.pending == 1)
                    #expect(shop.journal.entries == ["0"])
                    try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
                    await shop.journal.wait(for: "1")
                }
            }
        }
    }
}
