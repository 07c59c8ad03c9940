import EventLoop
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("The shared connections")
    struct PipelineTests {
        @Test("a failing statement leaves its neighbours alone")
        func failingNeighbour() async throws {
            try await TestDatabase.withDatabase { test in
                async let failing = failure { try await test.service.query("select 1 / \(0)") }
                async let next = test.service.value("select \(2)", as: Int.self)
                async let afterwards = test.service.value("select \(3)", as: Int.self)
                #expect(await failing?.sqlState == .divisionByZero)
                let answers = try await [next, afterwards]
                #expect(answers == [2, 3])
            }
        }

        @Test("a thousand tasks share one connection")
        func manyTasks() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) { $0.sharedConnections = 1 }
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1000 {
                        group.addTask { try await one.value("select \(number)") == number }
                    }
                    for try await same in group { #expect(same) }
                }
                let connections: Int = try await one.value(
                    "select count(*) from pg_stat_activity where application_name = 'postgres-tests' and datname = current_database()"
                )
                #expect(connections == 1)
                await one.close()
            }
        }

        @Test("what comes while a statement takes long goes over another connection, and does not wait for it")
        func longStatement() async throws {
            try await TestDatabase.withDatabase { test in
                let shared = database(test.serviceURL, on: TestDatabase.loop) {
                    $0.sharedConnections = 2
                    // The one that waits must outlast the others on a machine that does much besides.
                    $0.statementTimeout = .seconds(300)
                }
                try await test.owner.query("create table gate (id int)")
                try await test.owner.query("grant select on gate to igny8_service")
                let held = AsyncStream.makeStream(of: Void.self)
                let release = AsyncStream.makeStream(of: Void.self)
                async let holding: Void = test.owner.transaction { tx in
                    try await tx.query("lock table gate in access exclusive mode")
                    held.continuation.finish()
                    for await _ in release.stream {}
                }
                for await _ in held.stream {}
                async let long = shared.query("select * from gate")
                // Answers arrive all the while: none of them stands behind the one that waits for the lock.
                for number in 0..<100 { #expect(try await shared.value("select \(number)") == number) }
                release.continuation.finish()
                #expect(try await long.isEmpty)
                try await holding
                await shared.close()
            }
        }

        @Test("a failed preparation hurts neither the same text later nor its neighbours")
        func failedPreparation() async throws {
            try await TestDatabase.withDatabase { test in
                await withTaskGroup(of: SQLState?.self) { group in
                    for _ in 0..<20 {
                        group.addTask { await failure { try await test.owner.query("select * from later") }?.sqlState }
                    }
                    for await state in group { #expect(state == .undefinedTable) }
                }
                try await test.owner.query("create table later (id int)")
                #expect(try await test.owner.query("select * from later").isEmpty)
            }
        }

        @Test("a table that changes under a prepared statement is no error")
        func changedTable() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query("create table growing (a int)")
                try await test.owner.query("insert into growing values (1)")
                #expect(try await test.owner.query("select * from growing").columns == ["a"])
                try await test.owner.query("alter table growing add b int")
                #expect(try await test.owner.query("select * from growing").columns == ["a", "b"])
            }
        }

        @Test("more statements than the cache holds still run")
        func evictions() async throws {
            try await TestDatabase.withDatabase { test in
                let small = database(test.serviceURL, on: TestDatabase.loop) {
                    $0.preparedStatements = 4
                    $0.sharedConnections = 1
                }
                for round in 0..<3 {
                    for number in 0..<20 {
                        #expect(try await small.value("select \(unsafeRaw: "\(number)") + \(round)") == number + round)
                    }
                }
                let kept: Int = try await small.value("select count(*) from pg_prepared_statements")
                #expect(kept <= 4)
                await small.close()
            }
        }

        @Test("large rows and large parameters arrive whole")
        func large() async throws {
            try await TestDatabase.withDatabase { test in
                let rows = try await test.service.query("select repeat('x', 1000000) from generate_series(1, 8)")
                #expect(try rows.last?.decode(0, as: String.self).utf8.count == 1_000_000)
                let value = String(repeating: "y", count: 4_000_000)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<6 {
                        group.addTask { try await test.service.value("select \(value)", as: String.self).utf8.count }
                    }
                    for try await count in group { #expect(count == 4_000_000) }
                }
            }
        }

        @Test("a batch is one transaction: all or nothing, and the error is that of the one that failed")
        func batchIsAtomic() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query("create table entries (id int primary key)")
                let error = await failure {
                    try await test.owner.batch([
                        "insert into entries values (\(1))", "insert into entries values (\(1))",
                        "insert into entries values (\(2))",
                    ])
                }
                #expect(error?.sqlState == .uniqueViolation)
                #expect(error?.constraint == "entries_pkey")
                #expect(try await test.owner.query("select * from entries").isEmpty)
                let results = try await test.owner.batch([
                    "insert into entries values (1), (2)", "select * from entries",
                ])
                #expect(results.map(\.affected) == [2, 2])
            }
        }

        @Test("settings hold for their batch and for nobody else on the connection")
        func settingsDoNotLeak() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) { $0.sharedConnections = 1 }
                let setting: SQL = "select coalesce(current_setting('igny8.account', true), '')"
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let settings =
                                number.isMultiple(of: 2) ? [PostgresSetting("igny8.account", "\(number)")] : []
                            let seen = try? await one.batch([setting], settings: settings)[0].first?.decode(
                                0,
                                as: String.self
                            )
                            #expect(seen == (settings.first?.value ?? ""))
                        }
                        // A batch that fails after its settings were made must not leave them behind either.
                        group.addTask {
                            let settings = [PostgresSetting("igny8.account", "failed")]
                            _ = try? await one.batch(["select 1 / \(0)"], settings: settings)
                        }
                    }
                }
                let left: String = try await one.value(setting)
                #expect(left == "")
                await one.close()
            }
        }

        @Test("a cancelled task stops waiting, and its neighbours go on")
        func cancellation() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) { $0.sharedConnections = 1 }
                let pid: Int32 = try await one.value("select pg_backend_pid()")
                let waiting = Task { await failure { try await one.query("select pg_sleep(30)") } }
                try await until {
                    try await test.service.value(
                        "select count(*) from pg_stat_activity where pid = \(pid) and wait_event = 'PgSleep'"
                    ) == 1
                }
                let behind = Task { try await one.value("select 7", as: Int.self) }
                waiting.cancel()
                #expect(await waiting.value == .cancelled)
                try await test.service.query("select pg_cancel_backend(\(pid))")
                #expect(try await behind.value == 7)
                await one.close()
            }
        }

        @Test("a task that is cancelled already sends nothing")
        func cancelledBefore() async throws {
            try await TestDatabase.withDatabase { test in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await failure { try await test.service.query("select 1") }
                }
                #expect(await task.value == .cancelled)
            }
        }

        @Test("COPY and more values than the protocol counts are refused with an error")
        func refusals() async throws {
            try await TestDatabase.withDatabase { test in
                var sql: SQL = "select 1 where 1 in (0"
                for number in 0..<65_536 { sql += ", \(number)" }
                sql += ")"
                let error = await failure { [sql] in try await test.service.query(sql) }
                #expect(error?.sqlState == .tooManyArguments)
                try await test.owner.query("create table t (a int)")
                #expect(await failure { try await test.owner.query("copy t from stdin") } != nil)
                #expect(try await test.owner.value("select 1") == 1)
            }
        }

        @Test("the server, too, notices within 25 seconds that a client's host has died")
        func serverKeepalives() async throws {
            try await TestDatabase.withDatabase { test in
                let row = try await test.service.query(
                    """
                    select current_setting('tcp_keepalives_idle')::int
                         + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int
                           as silence, current_setting('tcp_user_timeout') as unanswered
                    """
                )[0]
                #expect(try row.decode("silence", as: Int.self) == 25)
                // The kernel's own figure, in milliseconds: of a setting of the socket PostgreSQL shows no unit.
                #expect(try row.decode("unanswered", as: String.self) == "25000")
            }
        }

        @Test("statement_timeout ends a long statement, and the connection lives on")
        func statementTimeout() async throws {
            try await TestDatabase.withDatabase { test in
                let hasty = database(test.serviceURL, on: TestDatabase.loop) {
                    $0.statementTimeout = .milliseconds(50)
                    $0.sharedConnections = 1
                }
                let error = await failure { try await hasty.query("select pg_sleep(30)") }
                #expect(error?.sqlState == .queryCanceled)
                let alive: Int = try await hasty.value("select 1")
                #expect(alive == 1)
                await hasty.close()
            }
        }
    }
}
