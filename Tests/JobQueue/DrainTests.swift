import JobQueue
import Postgres
import Redis
import Testing

extension JobQueueTests {
    @Suite struct DrainTests {
        @Test("a worker that is told to stop finishes what it can and gives back the rest untouched")
        func drain() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                var configuration = Shop.calm
                configuration.grace = .milliseconds(200)
                let leaving = shop.worker(
                    Work { payload, context in
                        shop.journal.write("began \(payload.number)")
                        if payload.number == 1 {
                            await gate.wait()
                        } else {
                            try await Task.sleep(for: .seconds(600))
                        }
                        shop.journal.write("done \(payload.number)")
                    },
                    configuration: configuration
                )
                let life = Task { try await leaving.run() }
                let ids = try await shop.enqueue([shop.job(1), shop.job(2)])
                await shop.journal.wait { $0.count == 2 }
                leaving.drain()
                gate.open()
                try await life.value
                #expect(shop.journal.count("done 1") == 1)
                #expect(try await shop.find(ids[0])?.status == .completed)
                let returned = try await shop.find(ids[1])
                #expect(returned?.status == .queued)
                #expect(returned?.attempt == 0)
                #expect(returned?.failures == [])
                let row = try await shop.query("select state from igny8_workers")[0]
                #expect(try row.decode("state", as: String.self) == "gone")
                let keys = try await shop.redis.command(["KEYS", RedisArgument("jq:{\(shop.queue)}:*")])
                #expect(
                    keys.array?.compactMap(\.text).contains { $0.contains(":claimed:") || $0.contains(":w:") } == false
                )
                // Its successor starts at once: the hint is there, the lease is free.
                let before = ContinuousClock.now
                try await shop.with(shop.worker(Work { payload, _ in shop.journal.write("heir \(payload.number)") })) {
                    await shop.journal.wait(for: "heir 2")
                    #expect(before.duration(to: .now) < .seconds(2))
                }
            }
        }

        @Test("a handler that ignores cancellation does not hold up the end, and its job goes to others")
        func stubborn() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                var configuration = Shop.calm
                configuration.grace = .zero
                let leaving = shop.worker(
                    Work { _, _ in
                        shop.journal.write("began")
                        await gate.wait()
                    },
                    configuration: configuration
                )
                let life = Task { try await leaving.run() }
                let id = try await shop.enqueue(shop.job())
                await shop.journal.wait(for: "began")
                leaving.drain()
                try await life.value
                #expect(try await shop.find(id)?.status == .queued)
                gate.open()
            }
        }
    }
}
