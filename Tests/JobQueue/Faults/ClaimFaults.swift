import JobQueue
import Postgres
import Redis
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 7, 7b, 8 and 30 of the failure table.
    @Suite(.serialized) struct ClaimFaults {
        private func work(_ shop: Shop, _ name: String) -> Work {
            Work { payload, context in shop.journal.write("\(name) \(payload.number) \(context.attempt)") }
        }

        @Test("fault 7: hints that a worker took and died with come back when its presence has expired")
        func takenAndDied() async throws {
            try await Shop.open { shop in
                let trap = Trap()
                let victim = shop.worker(
                    work(shop, "victim"),
                    configuration: Shop.brief,
                    failpoints: Failpoints([.takenBeforeClaim: trap.spring])
                )
                let life = Task { try await victim.run() }
                let id = try await shop.enqueue(shop.job(1))
                await trap.caught()
                victim.kill()
                trap.fail()
                try await life.value
                try await shop.with(shop.worker(work(shop, "heir"), configuration: Shop.brief)) {
                    // Presence is a third of the lease; then repair's four seconds.
                    let time = try await measured { try await shop.untilDone([id]) }
                    #expect(time < .seconds(0.7 + 4 + 1))
                }
                #expect(shop.journal.entries == ["heir 1 1"])
                try await shop.expectEachOnce([id])
            }
        }

        @Test("fault 7b: a fetch loop that hangs with hints in a living worker keeps them for a lease, not for ever")
        func hangingFetchLoop() async throws {
            try await Shop.open { shop in
                let trap = Trap()
                let hanging = shop.worker(
                    work(shop, "hanging"),
                    configuration: Shop.brief,
                    failpoints: Failpoints([.takenBeforeClaim: trap.spring])
                )
                let life = Task { try await hanging.run() }
                let id = try await shop.enqueue(shop.job(1))
                await trap.caught()
                try await shop.with(shop.worker(work(shop, "other"), configuration: Shop.brief)) {
                    // A lease of two seconds, then repair's four.
                    let time = try await measured { try await shop.untilDone([id]) }
                    #expect(time < .seconds(2 + 4 + 1))
                    // The watchdog ends the worker, so that its process is started anew.
                    let illness = await #expect(throws: StuckWorker.self) { try await life.value }
                    #expect(illness?.description == "the fetch loop hangs")
                    trap.release()
                    try await shop.expectEachOnce([id])
                }
                #expect(shop.journal.entries == ["other 1 1"])
            }
        }

        @Test("fault 8: rows whose claim was committed and never answered are given back by the next heartbeat")
        func lostClaimAnswer() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let trap = Trap()
                    let worker = shop.worker(
                        work(shop, "worker"),
                        database: database,
                        failpoints: Failpoints([.takenBeforeClaim: trap.spring])
                    )
                    try await shop.with(worker) {
                        let id = try await shop.enqueue(shop.job(1))
                        await trap.caught()
                        wire.hold(.answers)
                        trap.release()
                        try await shop.until { try await shop.find(id)?.status == .running }
                        wire.cut()
                        wire.mend()
                        // A beat is a sixth of the lease of nine seconds.
                        let time = try await measured { try await shop.untilDone([id]) }
                        #expect(time < .seconds(1.5 + 1))
                        try await shop.expectEachOnce([id])
                    }
                }
                // The first claim ran nothing and cost no attempt.
                #expect(shop.journal.entries == ["worker 1 1"])
            }
        }

        @Test("fault 30: of two workers that claim a doubled hint at once, one gets the row and the other nothing")
        func doubledHint() async throws {
            try await Shop.open { shop in
                let traps = [Trap(), Trap()]
                let workers = traps.map { trap in
                    shop.worker(work(shop, "worker"), failpoints: Failpoints([.takenBeforeClaim: trap.spring]))
                }
                try await shop.with(workers[0], workers[1]) {
                    let id = try await shop.enqueue(shop.job(1))
                    // Not before the first is taken: one worker would take both.
                    try await shop.until { traps.contains { $0.count > 0 } }
                    try await shop.redis.command([
                        "LPUSH", RedisArgument("jq:{\(shop.queue)}:ready"), RedisArgument(try #require(id)),
                    ])
                    await traps[0].caught()
                    await traps[1].caught()
                    for trap in traps { trap.release() }
                    try await shop.untilDone([id])
                    let after = try await shop.enqueue((2..<20).map { shop.job($0) })
                    try await shop.untilDone(after)
                    try await shop.expectEachOnce([id] + after)
                }
                #expect(shop.journal.count("worker 1 1") == 1)
            }
        }
    }
}
