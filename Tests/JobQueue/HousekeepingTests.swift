import JobQueue
import Postgres
import Testing

extension JobQueueTests {
    /// What has ended is kept for its time, and goes then.
    @Suite struct HousekeepingTests {
        private static func days(_ shop: Shop) async throws -> [String] {
            try await shop.query(
                """
                select relname::text as name from pg_inherits join pg_class on oid = inhrelid
                where inhparent = 'igny8_job_history'::regclass order by relname
                """
            ).map { try $0.decode("name") }
        }

        private static func keep(_ shop: Shop, today: SQL, ahead: Int, kept: Int) async throws -> [Int] {
            let row = try await shop.query(
                "select made, dropped from igny8_keep_job_history(\(fragment: today), \(ahead)::int, \(kept)::int)"
            )[0]
            return [try row.decode("made"), try row.decode("dropped")]
        }

        @Test("a finished job lies in the table of its day, which is under the same row security")
        func today() async throws {
            try await Shop.open { shop in
                try await shop.with(shop.worker(Work { _, _ in })) {
                    let id = try await shop.enqueue(shop.job(account: 7))
                    try await shop.until(id, is: .completed)
                }
                let row = try await shop.query("select tableoid::regclass::text as day from igny8_job_history")[0]
                let day: String = try row.decode("day")
                #expect(day != "igny8_job_history_default")
                let tenant = [PostgresSetting("igny8.scope", "account"), PostgresSetting("igny8.account", "8")]
                // The service has no right to a day's table by itself at all.
                await #expect(throws: PostgresError.self) {
                    try await shop.database.batch(["select from \(identifier: day)"], settings: tenant)
                }
            }
        }

        @Test(
            "days are made ahead once and dropped when their time has passed; what has no day goes to the default table"
        )
        func days() async throws {
            try await Shop.open { shop in
                #expect(try await Self.days(shop).count == 9, "today, seven days ahead, and the default")
                let today: SQL = "(now() at time zone 'UTC')::date"
                #expect(try await Self.keep(shop, today: today, ahead: 7, kept: 30) == [0, 0])
                #expect(try await Self.keep(shop, today: today, ahead: 9, kept: 30) == [2, 0])
                // A hundred days on: all of these are too old, four new ones are made.
                let later: SQL = "(now() at time zone 'UTC')::date + 100"
                #expect(try await Self.keep(shop, today: later, ahead: 3, kept: 30) == [4, 10])
                #expect(try await Self.days(shop).count == 5)
                try await shop.with(shop.worker(Work { _, _ in })) {
                    let id = try await shop.enqueue(shop.job())
                    try await shop.until(id, is: .completed)
                }
            }
        }

        @Test("a day that has rows in the default table already stays there until it is too old")
        func defaultDay() async throws {
            try await Shop.open { shop in
                _ = try await shop.query(
                    """
                    insert into igny8_job_history
                        (id, queue, task, outcome, attempt, priority, errors, run_at, created_at, finished_at)
                    values (1, 'q', 't', 'completed', 1, 0, '[]', now(), now(), date '2031-05-05' + time '12:00')
                    """
                )
                #expect(try await Self.keep(shop, today: "date '2031-05-05'", ahead: 1, kept: 3000) == [1, 0])
                #expect(try await shop.query("select from igny8_job_history").count == 1)
                _ = try await Self.keep(shop, today: "date '2031-06-05'", ahead: 0, kept: 30)
                #expect(try await shop.query("select from igny8_job_history").isEmpty)
            }
        }

        @Test("dead letters go by age and by number, with their steps; windows and workers' rows go when they are over")
        func deadLetters() async throws {
            try await Shop.open { shop in
                _ = try await shop.query("insert into igny8_queues (name) values (\(shop.queue))")
                _ = try await shop.query(
                    """
                    insert into igny8_dead_jobs (id, queue, task, priority, payload, run_at, attempt, crashes, claim_seq,
                                                 errors, created_at, died_at)
                    select n, \(shop.queue), 'work', 0, '{}', now(), 1, 0, 1, '[]', now(),
                           now() - case when n <= 3 then interval '40 days' else interval '0' end
                    from generate_series(1, 2510) n
                    """
                )
                _ = try await shop.query("insert into igny8_job_steps (job_id, step, result) values (1, 'a', '[1]')")
                _ = try await shop.query(
                    "insert into igny8_job_windows (task, unique_key, ends_at) values ('work', 'k', now() - interval '1 s')"
                )
                var configuration = Shop.calm
                configuration.retention = Retention(deadDays: 30, deadJobs: 10)
                try await shop.with(shop.worker(Work { _, _ in }, configuration: configuration)) {
                    try await shop.until { try await shop.query("select from igny8_job_windows").isEmpty }
                }
                let ids = try await shop.query("select id from igny8_dead_jobs order by id")
                #expect(try ids.map { try $0.decode("id", as: Int.self) } == Array(2501...2510))
                #expect(try await shop.query("select from igny8_job_steps").isEmpty)
            }
        }
    }
}
