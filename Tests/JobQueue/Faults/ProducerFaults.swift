import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 1 to 3 of the failure table.
    @Suite(.serialized) struct ProducerFaults {
        @Test("fault 1: a producer that dies before COMMIT leaves nothing")
        func beforeCommit() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let producer = JobProducer(
                        redis: shop.redis,
                        logger: Shop.logger,
                        failpoints: Failpoints([.insertedBeforeCommit: { wire.cut() }])
                    )
                    await #expect(throws: PostgresError.self) {
                        try await database.transaction(settings: Shop.system) { transaction in
                            try await producer.enqueue(shop.job(1), in: transaction)
                        }
                    }
                }
                #expect(try await shop.query("select from igny8_jobs").isEmpty)
                #expect(try await shop.hints() == 0)
            }
        }

        @Test("fault 2: a COMMIT whose answer is lost is asked for again under the same key, and counts once")
        func lostCommitAnswer() async throws {
            try await Shop.open { shop in
                try await shop.withWire { wire, database in
                    let producer = JobProducer(
                        redis: shop.redis,
                        logger: Shop.logger,
                        failpoints: Failpoints([.insertedBeforeCommit: { wire.hold(.answers) }])
                    )
                    let asking = Task {
                        try await database.transaction(settings: Shop.system) { transaction in
                            try await producer.enqueue(shop.job(1, uniqueKey: "order 7"), in: transaction)
                        }
                    }
                    try await shop.until { try await !shop.query("select from igny8_jobs").isEmpty }
                    wire.cut()
                    let failure = await #expect(throws: PostgresError.self) { try await asking.value }
                    guard case .outcomeUnknown? = failure else { Issue.record("said \(failure as Any)"); return }
                }
                #expect(try await shop.enqueue(shop.job(1, uniqueKey: "order 7")) == nil)
                let id = try await shop.query("select id from igny8_jobs")[0].decode("id", as: Int64.self)
                try await shop.with(shop.worker(Work { _, _ in shop.journal.write("done") })) {
                    try await shop.untilDone([id])
                }
                #expect(shop.journal.entries == ["done"])
                try await shop.expectEachOnce([id])
            }
        }

        @Test("fault 3: a producer that dies between COMMIT and hint costs its job four seconds")
        func beforeHint() async throws {
            try await Shop.open { shop in
                let dying = JobProducer(
                    redis: shop.redis,
                    logger: Shop.logger,
                    failpoints: Failpoints([.committedBeforeHint: { throw Mishap("the producer died") }])
                )
                try await shop.with(shop.worker(Work { payload, _ in shop.journal.write("\(payload.number)") })) {
                    let first = try await shop.enqueue(shop.job(0))
                    await shop.journal.wait(for: "0")
                    let second = try await shop.enqueue([shop.job(1)], by: dying)[0]
                    #expect(try await shop.hints() == 0)
                    let time = await measured { await shop.journal.wait(for: "1") }
                    #expect(time < .seconds(4.5), "4 s, and half a second for a busy machine")
                    try await shop.untilDone([first, second])
                    try await shop.expectEachOnce([first, second])
                }
                #expect(shop.journal.entries == ["0", "1"])
            }
        }
    }
}
