import JobQueue
import Postgres
import Redis
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 4 to 6 of the failure table.
    @Suite(.serialized) struct RelayFaults {
        /// One job that keeps a worker of capacity 1 busy, so that hints stay in the list.
        private func busy(_ shop: Shop, name: String, until gate: Gate? = nil) -> Work {
            Work { payload, _ in
                shop.journal.write("\(name) \(payload.number)")
                guard payload.number == 0 else { return }
                if let gate { await gate.wait() } else { try await Task.sleep(for: .seconds(600)) }
            }
        }

        private var single: WorkerConfiguration {
            var configuration = Shop.brief
            configuration.capacity = 1
            return configuration
        }

        /// Jobs that wait for the relay: written while the queue is paused.
        private func enqueuePending(_ shop: Shop, _ numbers: Range<Int>) async throws -> [Int64?] {
            try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
            let ids = try await shop.enqueue(numbers.map { shop.job($0) })
            try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
            return ids
        }

        @Test("fault 4: a relay that dies between admission and hints costs its jobs a repair")
        func beforeHints() async throws {
            try await Shop.open { shop in
                let trap = Trap()
                let victim = shop.worker(
                    Work { _, _ in shop.journal.write("victim") },
                    configuration: Shop.brief,
                    failpoints: Failpoints([.queuedBeforeHint: trap.spring])
                )
                let life = Task { try await victim.run() }
                let ids = try await enqueuePending(shop, 1..<11)
                await trap.caught()
                #expect(try await shop.hints() == 0)
                victim.kill()
                trap.fail()
                try await life.value
                let heir = shop.worker(
                    Work { payload, _ in shop.journal.write("\(payload.number)") },
                    configuration: Shop.brief
                )
                try await shop.with(heir) {
                    // The dead leader's lease of a third of a second, then repair's four.
                    let time = try await measured { try await shop.untilDone(ids) }
                    #expect(time < .seconds(5.5))
                }
                #expect(shop.journal.entries.sorted() == (1..<11).map(String.init).sorted())
                try await shop.expectEachOnce(ids)
            }
        }

        @Test("fault 5: of hints that arrived in part, repair pushes the missing part")
        func partOfTheHints() async throws {
            try await Shop.open { shop in
                let trap = Trap()
                let victim = shop.worker(
                    busy(shop, name: "victim"),
                    configuration: single,
                    failpoints: Failpoints([.hintedBeforeWait: trap.spring])
                )
                let life = Task { try await victim.run() }
                let first = try await shop.enqueue(shop.job(0))
                await shop.journal.wait(for: "victim 0")
                let ids = try await enqueuePending(shop, 1..<11)
                await trap.caught()
                let list = RedisArgument("jq:{\(shop.queue)}:ready")
                try await shop.redis.command(["LTRIM", list, "0", "4"])
                victim.kill()
                trap.fail()
                try await life.value
                try await shop.with(shop.worker(busy(shop, name: "heir", until: opened), configuration: single)) {
                    try await shop.untilDone(ids + [first])
                }
                for number in 1..<11 { #expect(shop.journal.count("heir \(number)") == 1) }
                try await shop.expectEachOnce(ids + [first])
            }
        }

        private var opened: Gate {
            let gate = Gate()
            gate.open()
            return gate
        }

        @Test("fault 6: two leaders that overlap double hints at most; the old one's fence admits nothing more")
        func twoLeaders() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let trap = Trap()
                    let gate = Gate()
                    let old = shop.worker(
                        busy(shop, name: "old", until: gate),
                        database: database,
                        configuration: single,
                        failpoints: Failpoints([
                            .queuedBeforeHint: trap.spring, .hintedBeforeWait: { shop.journal.write("pushed late") },
                        ])
                    )
                    let life = Task { try await old.run() }
                    let first = try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "old 0")
                    let ids = try await enqueuePending(shop, 1..<6)
                    await trap.caught()
                    // The leader hears and says nothing, and does not know it.
                    wire.hold(.requests, .answers)
                    let waiting = Work { payload, _ in
                        shop.journal.write("new \(payload.number)")
                        await gate.wait()
                    }
                    let heir = shop.worker(waiting, configuration: single)
                    try await shop.with(heir) {
                        let more = try await enqueuePending(shop, 6..<11)
                        try await shop.until { try await shop.hints() >= 9 }
                        trap.release()
                        await shop.journal.wait(for: "pushed late")
                        #expect(try await shop.hints() >= 14, "the hints are not doubled")
                        gate.open()
                        wire.mend()
                        try await shop.untilDone([first] + ids + more)
                        #expect(trap.count == 1, "the old leader has admitted again")
                        try await shop.expectEachOnce([first] + ids + more)
                    }
                    life.cancel()
                    try await life.value
                    for number in 1..<11 { #expect(shop.journal.entries.count { $0.hasSuffix(" \(number)") } == 1) }
                }
            }
        }
    }
}
