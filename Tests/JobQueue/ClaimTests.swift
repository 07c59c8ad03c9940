import Foundation
import JobQueue
import NIOConcurrencyHelpers
import Postgres
import Testing

extension JobQueueTests {
    /// Claims, and what happens to them when workers die, sleep or lose answers.
    @Suite struct ClaimTests {
        @Test("what a killed worker had in hand runs again elsewhere, and costs it no attempt")
        func killed() async throws {
            try await Shop.open { shop in
                let victim = shop.worker(
                    Work { _, context in
                        shop.journal.write("victim \(context.attempt)")
                        try await Task.sleep(for: .seconds(600))
                    },
                    configuration: Shop.brief
                )
                let life = Task { try await victim.run() }
                let id = try await shop.enqueue(shop.job(maxAttempts: 1))
                await shop.journal.wait(for: "victim 1")
                victim.kill()
                try await life.value
                #expect(try await shop.find(id)?.status == .running)
                let heir = shop.worker(
                    Work { _, context in shop.journal.write("heir \(context.attempt)") },
                    configuration: Shop.brief
                )
                try await shop.with(heir) {
                    await shop.journal.wait(for: "heir 1")
                    try await shop.until(id, is: .completed)
                }
                #expect(try await shop.find(id)?.failures.map(\.error) == ["its worker died"])
            }
        }

        @Test("a job that kills its workers is a dead letter after the third")
        func poison() async throws {
            try await Shop.open { shop in
                let id = try await shop.enqueue(shop.job())
                for round in 1...3 {
                    let victim = shop.worker(
                        Work { _, _ in
                            shop.journal.write("round")
                            try await Task.sleep(for: .seconds(600))
                        },
                        configuration: Shop.brief
                    )
                    let life = Task { try await victim.run() }
                    await shop.journal.wait(for: "round", times: round)
                    victim.kill()
                    try await life.value
                }
                try await shop.with(shop.worker(Work { _, _ in shop.journal.write("done") }, configuration: Shop.brief))
                {
                    try await shop.until(id, is: .dead)
                }
                #expect(shop.journal.count("done") == 0)
                #expect(try await shop.find(id)?.failures.count == 3)
            }
        }

        @Test("the effect of complete(in:) and the end of the job are one")
        func completeInTransaction() async throws {
            try await Shop.open { shop in
                let work = Work { payload, context in
                    let tenant = [PostgresSetting("igny8.scope", "account"), PostgresSetting("igny8.account", "7")]
                    try await shop.database.transaction(settings: tenant) { transaction in
                        try await shop.producer.enqueue(
                            shop.job(1, "effect", account: 7, runAt: .distantFuture),
                            in: transaction
                        )
                        try await context.complete(result: ["stored": payload.number], in: transaction)
                        if payload.word == "fail" { throw Mishap("after complete") }
                    }
                }
                try await shop.with(shop.worker(work)) {
                    // A job of the system, completed in a transaction that is bound to one account.
                    let good = try await shop.enqueue(shop.job(5))
                    try await shop.until(good, is: .completed)
                    #expect(try await shop.find(good)?.result?.decode([String: Int].self) == ["stored": 5])
                    let bad = try await shop.enqueue(shop.job(6, "fail", maxAttempts: 1))
                    try await shop.until(bad, is: .dead)
                    #expect(try await shop.query("select from igny8_jobs where account_id = 7").count == 1)
                }
            }
        }

        @Test("a worker that has slept through its lease changes nothing: its effect is rolled back")
        func staleClaim() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                let sleeper = shop.worker(
                    Work { _, context in
                        shop.journal.write("asleep")
                        await gate.wait()
                        do {
                            // In a task of its own: a frozen process has not heard of its cancellation.
                            try await Task {
                                try await shop.asSystem { transaction in
                                    try await shop.producer.enqueue(shop.job(1, runAt: .distantFuture), in: transaction)
                                    try await context.complete(in: transaction)
                                }
                            }.value
                        } catch {
                            shop.journal.write("\(error)")
                            throw error
                        }
                    },
                    configuration: Shop.brief,
                    failpoints: Failpoints([.beforeBeat: { try await gate.holdBeat() }])
                )
                let heir = shop.worker(Work { _, _ in shop.journal.write("heir") }, configuration: Shop.brief)
                let life = Task { try await sleeper.run() }
                let id = try await shop.enqueue(shop.job())
                await shop.journal.wait(for: "asleep")
                gate.stopBeating()
                try await shop.with(heir) {
                    await shop.journal.wait(for: "heir")
                    try await shop.until(id, is: .completed)
                    gate.open()
                    await shop.journal.wait { $0.contains("\(JobError.staleClaim)") }
                }
                life.cancel()
                try await life.value
                // No effect of the sleeper.
                #expect(try await shop.query("select from igny8_jobs").isEmpty)
                #expect(try await shop.query("select from igny8_job_history").count == 1)
            }
        }

        @Test("a stale acknowledgement is dropped")
        func staleAcknowledgement() async throws {
            try await Shop.open { shop in
                let work = Work { _, context in
                    shop.journal.write("attempt")
                    guard context.fence == 1 else { return }
                    // Somebody has taken the job away meanwhile.
                    _ = try await shop.query(
                        """
                        update igny8_jobs set state = 'pending', claim_nonce = null, worker_id = null
                        where id = \(context.id)
                        """
                    )
                    throw JobError.permanent("never to be written")
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job())
                    try await shop.until(id, is: .completed)
                    #expect(try await shop.find(id)?.failures == [])
                }
                #expect(shop.journal.entries.count == 2)
            }
        }

        @Test("rows whose claim was never answered are given back by the self-audit")
        func lostClaimAnswer() async throws {
            try await Shop.open { shop in
                let failed = NIOLockedValueBox(false)
                let worker = shop.worker(
                    Work { _, context in shop.journal.write("attempt \(context.attempt) of claim \(context.fence)") },
                    failpoints: Failpoints([
                        .claimedBeforeStart: {
                            if failed.withLockedValue({ $0.exchange(true) }) { return }
                            throw Mishap("the answer is lost")
                        }
                    ])
                )
                try await shop.with(worker) {
                    let id = try await shop.enqueue(shop.job())
                    try await shop.until(id, is: .completed)
                }
                #expect(shop.journal.entries == ["attempt 1 of claim 2"])
            }
        }

        @Test("an acknowledgement whose answer is lost is sent again, and counts once")
        func lostAcknowledgementAnswer() async throws {
            try await Shop.open { shop in
                let failed = NIOLockedValueBox(false)
                let worker = shop.worker(
                    Work { payload, _ in shop.journal.write("\(payload.number)") },
                    failpoints: Failpoints([
                        .acknowledgedBeforeRelease: {
                            if failed.withLockedValue({ $0.exchange(true) }) { return }
                            throw Mishap("the answer is lost")
                        }
                    ])
                )
                try await shop.with(worker) {
                    let ids = try await shop.enqueue((0..<10).map { shop.job($0) })
                    for id in ids { try await shop.until(id, is: .completed) }
                }
                #expect(shop.journal.entries.count == 10)
                #expect(try await shop.query("select from igny8_job_history").count == 10)
            }
        }

        @Test("a handler that is done when its worker dies runs again; at level 1 its effect happens once")
        func doneButUnacknowledged() async throws {
            try await Shop.open { shop in
                let holds = Gate()
                let victim = shop.worker(
                    Work { _, _ in shop.journal.write("victim") },
                    configuration: Shop.brief,
                    failpoints: Failpoints([
                        .beforeAcknowledge: {
                            shop.journal.write("unacknowledged")
                            await holds.wait()
                            throw Mishap("dead")
                        }
                    ])
                )
                let life = Task { try await victim.run() }
                let id = try await shop.enqueue(shop.job())
                await shop.journal.wait(for: "unacknowledged")
                victim.kill()
                holds.open()
                try await life.value
                try await shop.with(shop.worker(Work { _, _ in shop.journal.write("heir") }, configuration: Shop.brief))
                {
                    try await shop.until(id, is: .completed)
                }
                #expect(shop.journal.entries == ["victim", "unacknowledged", "heir"])
            }
        }

        @Test("a worker that was declared dead drops what it holds and begins another life")
        func anotherLife() async throws {
            try await Shop.open { shop in
                let worker = shop.worker(
                    Work { payload, _ in
                        shop.journal.write("began \(payload.number)")
                        if payload.number == 1 { try await Task.sleep(for: .seconds(600)) }
                    },
                    configuration: Shop.brief
                )
                try await shop.with(worker) {
                    let first = try await shop.enqueue(shop.job(1))
                    await shop.journal.wait(for: "began 1")
                    _ = try await shop.query("update igny8_workers set state = 'dead'")
                    await shop.journal.wait(for: "began 1", times: 2)
                    try await shop.enqueue(shop.job(2))
                    await shop.journal.wait(for: "began 2")
                    #expect(try await shop.find(first)?.status == .running)
                    let lives = try await shop.query("select state from igny8_workers order by started_at")
                    #expect(try lives.map { try $0.decode("state", as: String.self) } == ["dead", "alive"])
                }
            }
        }
    }
}
