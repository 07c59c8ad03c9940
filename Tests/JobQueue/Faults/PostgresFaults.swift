import ChaosLedger
import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 12 to 14, 21 and 29 of the failure table.
    @Suite(.serialized) struct PostgresFaults {
        @Test("fault 12: a claim that PostgreSQL forgot in a crash is claimed again; the first attempt changes nothing")
        func forgottenClaim() async throws {
            try await TestCluster.withCluster(settings: ["synchronous_commit=off"]) { cluster in
                try await Shop.open(in: cluster) { shop in
                    try await shop.openLedger()
                    let trap = Trap()
                    let gate = Gate()
                    let work = Work { _, context in
                        shop.journal.write("began")
                        if shop.journal.count("began") == 1 { await gate.wait() }
                        do {
                            // In a task of its own: it has not heard that it was cancelled.
                            try await Task { try await shop.takeEffect(1, context) }.value
                        } catch {
                            shop.journal.write("\(error)")
                            throw error
                        }
                    }
                    let worker = shop.worker(work, failpoints: Failpoints([.takenBeforeClaim: trap.spring]))
                    try await shop.with(worker) {
                        let id = try await shop.enqueue(shop.job(1))
                        await trap.caught()
                        try await Shop.use(cluster.url) { _ = try await $0.query("checkpoint") }
                        try cluster.holdAsynchronousCommits()
                        trap.release()
                        await shop.journal.wait(for: "began")
                        #expect(try await shop.find(id)?.status == .running)
                        try await cluster.powerCut()
                        try await cluster.start()
                        #expect(try await shop.claims(of: id) == 0, "the claim is still there")
                        await shop.journal.wait(for: "began", times: 2)
                        try await shop.untilDone([id])
                        gate.open()
                        await shop.journal.wait(for: "\(JobError.staleClaim)")
                        try await shop.expectEachOnce([id])
                    }
                    #expect(try await shop.ledger("effects") == ["1 test"])
                }
            }
        }

        @Test("fault 13: what was committed durably is there after a crash, and is not done again")
        func crash() async throws {
            try await TestCluster.withCluster { cluster in
                try await Shop.open(in: cluster) { shop in
                    let trap = Trap()
                    let worker = shop.worker(
                        Work { payload, _ in shop.journal.write("\(payload.number)") },
                        failpoints: Failpoints([.acknowledgedBeforeRelease: trap.spring])
                    )
                    try await shop.with(worker) {
                        let ids = try await shop.enqueue((0..<20).map { shop.job($0) })
                        await trap.caught()
                        let before = try await shop.query("select from igny8_job_history").count
                        try await cluster.powerCut()
                        try await cluster.start()
                        #expect(try await shop.query("select from igny8_job_history").count == before)
                        trap.fail()
                        try await shop.untilDone(ids)
                        try await shop.expectEachOnce(ids)
                    }
                    #expect(shop.journal.entries.count == 20)
                }
            }
        }

        @Test("fault 14: an asynchronous replica that is promoted has lost the last commits, and what it has is right")
        func promotedReplica() async throws {
            try await TestCluster.withCluster { primary in
                let link = try Wire(to: primary.port)
                let address = try Wire(to: primary.port)
                try await primary.withStandby(through: link.port) { standby in
                    try await Shop.open(in: primary, through: address.port) { shop in
                        try await shop.openLedger()
                        try await shop.withProcess("worker") { _ in
                            try await shop.ask((1...20).map { LedgerTask.Payload($0, .ledger) })
                            try await shop.untilEmpty()
                            let copy = standby.url.dropLast("postgres".count) + "shop"
                            try await Shop.use(String(copy)) { replica in
                                let count: SQL = "select 1 from chaos_effects"
                                try await shop.until { (try? await replica.query(count).count) == 20 }
                            }
                            link.hold(.requests, .answers)
                            try await shop.ask((21...40).map { LedgerTask.Payload($0, .ledger, milliseconds: 300) })
                            try await shop.until { try await shop.ledger("effects").count >= 25 }
                            try await primary.powerCut()
                            address.cut()
                            try await standby.promote()
                            address.mend(to: standby.port)
                            try await shop.until { (try? await shop.query("select 1").count) == 1 }
                            try await shop.ask((41...60).map { LedgerTask.Payload($0, .ledger) })
                            try await shop.untilEmpty()
                        }
                        let balance = try await Balance.of(shop.database)
                        #expect(balance.isRight, "\(balance)")
                        #expect(balance.asked == 40, "the replica knows of 21 to 40")
                    }
                }
                link.close()
                address.close()
            }
        }

        @Test("fault 21: a worker cut from PostgreSQL cancels its handlers before others may start them")
        func cutOff() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let cutOff = shop.worker(
                        Work { payload, _ in
                            shop.journal.write("old \(payload.number)")
                            guard payload.number == 1 else { return }
                            do {
                                try await Task.sleep(for: .seconds(600))
                            } catch {
                                shop.journal.write("cancelled")
                                throw error
                            }
                        },
                        database: database,
                        configuration: Shop.brief
                    )
                    let life = Task { try await cutOff.run() }
                    let id = try await shop.enqueue(shop.job(1))
                    await shop.journal.wait(for: "old 1")
                    let heir = shop.worker(
                        Work { payload, _ in shop.journal.write("new \(payload.number)") },
                        configuration: Shop.brief
                    )
                    try await shop.with(heir) {
                        wire.hold(.requests, .answers)
                        let time = await measured { await shop.journal.wait(for: "new 1") }
                        // The lease, a beat of the reaper, and a busy machine.
                        #expect(time < .seconds(2 + 0.34 + 3))
                        try await shop.untilDone([id])
                    }
                    #expect(shop.journal.entries == ["old 1", "cancelled", "new 1"])
                    wire.mend()
                    // It hears that it was declared dead, and begins another life.
                    let next = try await shop.enqueue(shop.job(2))
                    await shop.journal.wait(for: "old 2")
                    try await shop.untilDone([next])
                    try await shop.expectEachOnce([id, next])
                    life.cancel()
                    try await life.value
                }
            }
        }

        @Test("fault 29: a long transaction that pins vacuum leaves dead rows, and every job is still done once")
        func pinnedVacuum() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                let pinning = Task {
                    try await shop.asSystem { transaction in
                        // A transaction with an id of its own: vacuum keeps every row that died after it began.
                        try await transaction.query("select pg_current_xact_id()")
                        shop.journal.write("pinned")
                        await gate.wait()
                    }
                }
                await shop.journal.wait(for: "pinned")
                var times: [Duration] = []
                var ids: [Int64?] = []
                try await shop.with(shop.worker(Work { _, _ in })) {
                    for _ in 0..<5 {
                        let batch = try await shop.enqueue((0..<400).map { shop.job($0) })
                        ids += batch
                        times.append(
                            try await measured {
                                try await shop.until { try await shop.query("select from igny8_jobs limit 1").isEmpty }
                            }
                        )
                    }
                }
                gate.open()
                try await pinning.value
                try await shop.expectEachOnce(ids)
                // About a third of the peak is left with much more than this; four times is for a busy machine.
                #expect(times[4] < times[1] * 4, "\(times)")
            }
        }
    }
}
