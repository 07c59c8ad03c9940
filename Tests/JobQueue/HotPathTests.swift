import Postgres
import TestSupport
import Testing

@testable import JobQueue

extension JobQueueTests {
    /// The two statements that every job goes through.
    @Suite struct HotPathTests {
        @Test("a claim and a completion find their rows by id and place, however wrong the statistics are")
        func plans() async throws {
            try await Shop.open { shop in
                let bench = try await Bench(shop)
                // As autovacuum leaves it in a quiet night.
                let claim = bench.claim([1, 2, 3], nonce: 1)
                let completion = CompleteStatement.make([Bench.done(1, nonce: 1)], worker: bench.worker)
                _ = try await bench.database.keyed(claim, commit: .asynchronous)
                try await shop.enqueue(
                    (0..<2000).map { shop.job($0) },
                    by: JobProducer(redis: nil, logger: Shop.logger)
                )
                for statement in [claim, completion] {
                    let rows = try await bench.database.keyed("explain \(fragment: statement)", commit: .durable)
                    let plan = try rows.map { row in try row.decode(0, as: String.self) }.joined(separator: "\n")
                    #expect(plan.contains("Index Scan using igny8_jobs_pkey"))
                    #expect(plan.contains("Tid Scan on igny8_jobs"))
                    #expect(!plan.contains("Seq Scan on igny8_jobs"))
                    #expect(!plan.contains("igny8_jobs_queued"))
                }
            }
        }

        @Test("of two claims of one worker only the current one completes the job, also in one batch")
        func nonces() async throws {
            try await Shop.open { shop in
                let bench = try await Bench(shop)
                let ids = try await shop.enqueue([shop.job(1), shop.job(2)]).compactMap { $0 }
                #expect(try await bench.claimed([ids[0]], nonce: 1) == [ids[0]])
                let back = Outcome(job: ids[0], nonce: 1, verdict: .released)
                _ = try await bench.database.query(AcknowledgeStatement.make([back], worker: bench.worker))
                #expect(try await bench.claimed(ids, nonce: 2) == ids)
                // The first claim's outcome comes late, in the company of one of the second claim.
                let batch = [Bench.done(ids[0], nonce: 1), Bench.done(ids[1], nonce: 2)]
                #expect(try await bench.complete(batch) == [ids[1]])
                #expect(try await shop.find(ids[0])?.status == .running)
                #expect(try await bench.complete([Bench.done(ids[0], nonce: 2)]) == [ids[0]])
                #expect(try await bench.complete([Bench.done(ids[0], nonce: 2)]) == [])
            }
        }

        @Test("a job whose row is being written while it completes is completed all the same, and runs once")
        func movingRow() async throws {
            try await Shop.open { shop in
                let isHeld = Gate()
                let isBlocked = Gate()
                let work = Work { _, context in
                    shop.journal.write("ran")
                    Task {
                        try await shop.asSystem { transaction in
                            try await transaction.query("update igny8_jobs set progress = 0.5 where id = \(context.id)")
                            isHeld.open()
                            await isBlocked.wait()
                        }
                    }
                    await isHeld.wait()
                }
                try await shop.with(shop.worker(work)) {
                    let id = try await shop.enqueue(shop.job())
                    // Not on a shared connection: it may be the one that is held up.
                    try await shop.until {
                        try await shop.asSystem { transaction in
                            try await !transaction.query(
                                """
                                select from pg_stat_activity
                                where datname = current_database() and wait_event_type = 'Lock'
                                """
                            ).isEmpty
                        }
                    }
                    isBlocked.open()
                    try await shop.until(id, is: .completed)
                    #expect(try await shop.find(id)?.progress == 0.5)
                }
                #expect(shop.journal.entries == ["ran"])
            }
        }

        @Test("a suspect is claimed alone, beside others that are not")
        func suspects() async throws {
            try await Shop.open { shop in
                let bench = try await Bench(shop)
                let ids = try await shop.enqueue((0..<4).map { shop.job($0) }).compactMap { $0 }
                _ = try await shop.query("update igny8_jobs set crashes = 2 where id = any (\([ids[1], ids[2]]))")
                #expect(try await bench.claimed(ids, nonce: 1) == [ids[0], ids[1], ids[3]])
                #expect(try await bench.claimed(ids, nonce: 2) == [])
                #expect(try await bench.complete([Bench.done(ids[1], nonce: 1)]) == [ids[1]])
                #expect(try await bench.claimed(ids, nonce: 3) == [ids[2]])
            }
        }

        @Test("a claim does not wait for the disk unless it is told to; an acknowledgement always does")
        func commitModes() async throws {
            for (mode, expected) in [(CommitMode.asynchronous, "off"), (.durable, "on")] {
                try await TestDatabase.withDatabase(.schema) { test in
                    try await test.owner.script(Self.witness)
                    try await Shop.open(on: test.service, redisURL: try TestRedis.url()) { shop in
                        var configuration = Shop.calm
                        configuration.claimCommit = mode
                        try await shop.with(shop.worker(Work { _, _ in }, configuration: configuration)) {
                            let id = try await shop.enqueue(shop.job())
                            try await shop.until(id, is: .completed)
                        }
                        let row = try await shop.query("select traceparent, note from igny8_job_history")[0]
                        #expect(try row.decode("traceparent", as: String.self) == expected)
                        #expect(try row.decode("note", as: String.self) == "on")
                    }
                }
            }
        }

        @Test("outcomes of every kind that come together are all written")
        func mixedBatch() async throws {
            try await Shop.open { shop in
                let gate = Gate()
                let work = Work { payload, _ in
                    shop.journal.write("began")
                    await gate.wait()
                    if payload.number % 2 == 1 { throw JobError.permanent("odd") }
                }
                try await shop.with(shop.worker(work)) {
                    let ids = try await shop.enqueue((0..<8).map { shop.job($0) })
                    await shop.journal.wait(for: "began", times: 8)
                    gate.open()
                    for (number, id) in ids.enumerated() {
                        try await shop.until(id, is: number % 2 == 1 ? .dead : .completed)
                    }
                }
            }
        }

        /// Notes in each row under which commit mode it was claimed, and in its history under which it was completed.
        private static let witness = """
            do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$;
            create function witness_claim() returns trigger language plpgsql as
            $$ begin new.traceparent := current_setting('synchronous_commit'); return new; end $$;
            create trigger witness before update on igny8_jobs for each row when (new.state = 'running')
                execute function witness_claim();
            create function witness_end() returns trigger language plpgsql as
            $$ begin new.note := current_setting('synchronous_commit'); return new; end $$;
            create trigger witness before insert on igny8_job_history for each row execute function witness_end();
            """
    }
}
