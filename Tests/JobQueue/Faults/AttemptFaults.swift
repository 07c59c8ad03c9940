import ChaosLedger
import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 9 to 11, 25 and 26 of the failure table.
    @Suite(.serialized) struct AttemptFaults {
        /// What a dead worker's jobs may take until they run again: its lease, a beat of the reaper, and a busy machine.
        private static let reaped: Duration = .seconds(2 + 0.34 + 3)

        @Test("fault 9: kill -9 of a worker that runs a job repeats the attempt within a lease; its effect is one")
        func killed() async throws {
            try await Shop.open { shop in
                try await shop.openLedger()
                let victim = try shop.process("victim")
                try await shop.ask([LedgerTask.Payload(1, .hang)])
                try await shop.until { try await shop.ledger("starts") == ["1 victim"] }
                try await shop.withProcess("heir") { _ in
                    try await shop.until { try await shop.query("select from igny8_workers").count == 2 }
                    victim.kill()
                    let time = try await measured {
                        try await shop.until { try await shop.ledger("effects") == ["1 heir"] }
                    }
                    #expect(time < Self.reaped)
                    try await shop.untilEmpty()
                }
                #expect(try await shop.ledger("starts") == ["1 heir", "1 victim"])
                try await shop.expectBalance()
            }
        }

        @Test("fault 10: a worker that dies between handler and flush repeats at level 0 and not at level 1")
        func unflushed() async throws {
            try await Shop.open { shop in
                let trap = Trap()
                let work = { (name: String) in
                    Work { payload, context in
                        shop.journal.write("\(name) \(payload.number)")
                        guard payload.number == 1 else { return }
                        try await shop.asSystem { try await context.complete(in: $0) }
                    }
                }
                let victim = shop.worker(
                    work("victim"),
                    configuration: Shop.brief,
                    failpoints: Failpoints([.beforeAcknowledge: trap.spring])
                )
                let life = Task { try await victim.run() }
                let ids = try await shop.enqueue([shop.job(0), shop.job(1)])
                await trap.caught()
                try await shop.until(ids[1], is: .completed)
                victim.kill()
                trap.fail()
                try await life.value
                try await shop.with(shop.worker(work("heir"), configuration: Shop.brief)) {
                    try await shop.untilDone(ids)
                    try await shop.expectEachOnce(ids)
                }
                #expect(shop.journal.entries.sorted() == ["heir 0", "victim 0", "victim 1"])
            }
        }

        @Test("fault 11: an acknowledgement whose answer is lost is sent again, and history knows it")
        func lostAcknowledgementAnswer() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let trap = Trap()
                    let worker = shop.worker(
                        Work { payload, _ in shop.journal.write("\(payload.number)") },
                        database: database,
                        failpoints: Failpoints([.beforeAcknowledge: trap.spring])
                    )
                    try await shop.with(worker) {
                        let id = try await shop.enqueue(shop.job(1))
                        await trap.caught()
                        wire.hold(.answers)
                        trap.release()
                        try await shop.until(id, is: .completed)
                        wire.cut()
                        wire.mend()
                        // All slots are free again: eight jobs run at once.
                        let gate = Gate()
                        let more = try await shop.enqueue((2..<10).map { shop.job($0) })
                        await shop.journal.wait { $0.count == 9 }
                        gate.open()
                        try await shop.untilDone(more)
                        try await shop.expectEachOnce([id] + more)
                    }
                }
                #expect(shop.journal.entries.sorted() == (1..<10).map { "\($0)" })
            }
        }

        @Test("fault 25: a job that kills its process is a dead letter after three; what ran with it is done once")
        func poison() async throws {
            try await Shop.open { shop in
                try await shop.openLedger()
                var parts = (1...7).map { LedgerTask.Payload($0, .ledger, milliseconds: 200) }
                parts.insert(LedgerTask.Payload(8, .die), at: 3)
                try await shop.ask(parts)
                var deaths = 0
                var worker = try shop.process("life 0")
                try await shop.until {
                    if !worker.isRunning {
                        deaths += 1
                        worker = try shop.process("life \(deaths)")
                    }
                    return try await shop.query("select from igny8_jobs").isEmpty
                }
                worker.kill()
                #expect(deaths == 3)
                let dead = try await shop.query(
                    "select i.number from igny8_dead_jobs d join chaos_intents i on i.job = d.id"
                )
                #expect(try dead.map { try $0.decode("number", as: Int.self) } == [8])
                let balance = try await Balance.of(shop.database)
                #expect(balance.completed == 7 && balance.doubledEffects == 0 && balance.dead == 1)
            }
        }

        @Test("fault 26: a handler that ignores its deadline loses its job to others, and its worker at last gives up")
        func ignoredDeadline() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                let deaf = Work(timeout: .milliseconds(50)) { _, _ in
                    shop.journal.write("deaf")
                    await gate.wait()
                    shop.journal.write("deaf ended")
                }
                var configuration = Shop.brief
                configuration.capacity = 1
                let stuck = shop.worker(deaf, configuration: configuration)
                let life = Task { try await stuck.run() }
                let id = try await shop.enqueue(shop.job(1))
                await shop.journal.wait(for: "deaf")
                let heir = shop.worker(Work { _, _ in shop.journal.write("heir") }, configuration: Shop.brief)
                try await shop.with(heir) {
                    // The deadline's grace is a lease here; then a beat of the reaper.
                    let time = try await measured { try await shop.untilDone([id]) }
                    #expect(time < Self.reaped)
                    #expect(try await shop.find(id)?.failures.map(\.error) == ["outlived its deadline"])
                    let illness = await #expect(throws: StuckWorker.self) { try await life.value }
                    #expect(illness?.description == "1 of 1 slots are held by handlers that do not end")
                    gate.open()
                    await shop.journal.wait(for: "deaf ended")
                    try await shop.expectEachOnce([id])
                }
                #expect(shop.journal.count("heir") == 1)
            }
        }
    }
}
