import EventLoop
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Postgres

private struct Refused: Error {}

extension PostgresTests {
    @Suite("Transactions")
    struct TransactionTests {
        /// One leased connection, so that each transaction follows the other on it.
        private func withOne(_ body: (PostgresDatabase, TestDatabase) async throws -> Void) async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.ownerURL, on: TestDatabase.loop) { $0.leasedConnections = 1 }
                try await one.query(
                    "create table entries (id int primary key deferrable initially deferred, note text)"
                )
                try await body(one, test)
                await one.close()
            }
        }

        @Test("what is committed stays, what threw is gone")
        func commitAndRollback() async throws {
            try await withOne { one, test in
                let answer = try await one.transaction { tx in
                    try await tx.query("insert into entries values (\(1))")
                    return 42
                }
                #expect(answer == 42)
                await #expect(throws: Refused.self) {
                    try await one.transaction { tx in
                        try await tx.query("insert into entries values (\(2))")
                        throw Refused()
                    }
                }
                #expect(try await test.owner.value("select array_agg(id) from entries") == [1])
            }
        }

        @Test("settings are there from the first statement and gone with the transaction")
        func settings() async throws {
            try await withOne { one, _ in
                let setting: SQL = "select coalesce(current_setting('igny8.account', true), '')"
                let seen: String = try await one.transaction(settings: [PostgresSetting("igny8.account", "7")]) { tx in
                    try await tx.value(setting)
                }
                #expect(seen == "7")
                #expect(try await one.transaction { try await $0.value(setting, as: String.self) } == "")
                await #expect(throws: Refused.self) {
                    try await one.transaction(settings: [PostgresSetting("igny8.account", "8")]) { tx in
                        try await tx.query("select 1")
                        throw Refused()
                    }
                }
                #expect(try await one.transaction { try await $0.value(setting, as: String.self) } == "")
                try await one.transaction(settings: [PostgresSetting("igny8.account", "9")]) { _ in }
                #expect(try await one.transaction { try await $0.value(setting, as: String.self) } == "")
            }
        }

        @Test("row security shows an account its own rows, and nothing without a setting")
        func rowSecurity() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.script(
                    """
                    create table notes (account_id bigint, note text);
                    insert into notes values (1, 'one'), (2, 'two');
                    alter table notes enable row level security;
                    alter table notes force row level security;
                    create policy tenant on notes using
                        (account_id = nullif(current_setting('igny8.account', true), '')::bigint);
                    grant select, insert on notes to igny8_service;
                    """
                )
                let own = [PostgresSetting("igny8.account", "2")]
                let all: SQL = "select note from notes"
                #expect(try await test.service.query(all).isEmpty)
                #expect(try await test.service.batch([all], settings: own)[0].count == 1)
                let seen = try await test.service.transaction(settings: own) { try await $0.query(all) }
                #expect(try seen.map { try $0.decode("note", as: String.self) } == ["two"])
                let error = await failure {
                    try await test.service.batch(["insert into notes values (1, 'theft')"], settings: own)
                }
                #expect(error?.sqlState == .insufficientPrivilege)
                #expect(try await test.service.query(all).isEmpty)
            }
        }

        @Test("after a commit the hooks run in order; after a rollback they do not")
        func hooks() async throws {
            try await withOne { one, test in
                let calls = NIOLockedValueBox<[String]>([])
                try await one.transaction { tx in
                    try await tx.query("insert into entries values (\(1))")
                    tx.afterCommit {
                        let visible = try? await test.owner.value("select count(*) from entries", as: Int.self)
                        calls.withLockedValue { $0.append("first, \(visible ?? 0) visible") }
                    }
                    tx.afterCommit { calls.withLockedValue { $0.append("second") } }
                    #expect(calls.withLockedValue { $0.isEmpty })
                }
                _ = try? await one.transaction { tx in
                    tx.afterCommit { calls.withLockedValue { $0.append("never") } }
                    throw Refused()
                }
                #expect(calls.withLockedValue { $0 } == ["first, 1 visible", "second"])
            }
        }

        @Test("a body that swallows a failed statement's error does not commit in silence")
        func swallowedError() async throws {
            try await withOne { one, test in
                let error = await failure {
                    try await one.transaction { tx in
                        try await tx.query("insert into entries values (\(1))")
                        _ = try? await tx.query("select 1 / \(0)")
                    }
                }
                #expect(error?.sqlState == .inFailedTransaction)
                #expect(try await test.owner.query("select * from entries").isEmpty)
                let alive: Int = try await one.transaction { try await $0.value("select 1") }
                #expect(alive == 1)
            }
        }

        @Test("a constraint that is checked at COMMIT fails the transaction")
        func deferredConstraint() async throws {
            try await withOne { one, _ in
                let error = await failure {
                    try await one.transaction { tx in
                        try await tx.batch(["insert into entries values (1)", "insert into entries values (1)"])
                    }
                }
                #expect(error?.sqlState == .uniqueViolation)
                let alive: Int = try await one.transaction { try await $0.value("select 1") }
                #expect(alive == 1)
            }
        }

        @Test("a transaction used after its end says so")
        func usedAfterEnd() async throws {
            try await withOne { one, _ in
                let kept = try await one.transaction { tx in
                    try await tx.query("select 1")
                    return tx
                }
                #expect(await failure { try await kept.query("select 1") } == .connection("the transaction has ended"))
            }
        }

        @Test("children of a transaction share its pipeline")
        func concurrentStatements() async throws {
            try await withOne { one, test in
                try await one.transaction { tx in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for id in 0..<100 {
                            group.addTask { _ = try await tx.query("insert into entries values (\(id))") }
                        }
                        try await group.waitForAll()
                    }
                }
                #expect(try await test.owner.value("select count(*) from entries") == 100)
            }
        }

        @Test("who finds no connection free waits in line, and not for ever")
        func line() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) {
                    $0.leasedConnections = 1
                    $0.acquireTimeout = .milliseconds(200)
                }
                try await one.transaction { tx in
                    try await tx.query("select 1")
                    #expect(await failure { try await one.transaction { try await $0.query("select 1") } } == .timeout)
                    let cancelled = Task {
                        await failure { try await one.transaction { try await $0.query("select 1") } }
                    }
                    cancelled.cancel()
                    #expect(await cancelled.value == .cancelled)
                }
                await one.close()
                let patient = database(test.serviceURL, on: TestDatabase.loop) {
                    $0.leasedConnections = 1
                    $0.acquireTimeout = .seconds(60)
                }
                let order = NIOLockedValueBox<[Int]>([])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            try await patient.transaction { tx in
                                try await tx.query("select 1")
                                order.withLockedValue { $0.append(number) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(order.withLockedValue { $0.count } == 50)
                await patient.close()
            }
        }

        @Test("a cancelled transaction has the server cancel its statement and leaves a clean connection")
        func cancellation() async throws {
            try await withOne { one, test in
                let started = NIOLockedValueBox<Int32>(0)
                let waiting = Task {
                    await failure {
                        try await one.transaction { tx in
                            let pid: Int32 = try await tx.value("select pg_backend_pid()")
                            started.withLockedValue { $0 = pid }
                            try await tx.query("insert into entries values (1)")
                            try await tx.query("select pg_sleep(60)")
                        }
                    }
                }
                let sleeping: SQL = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and pid = "
                try await until {
                    let pid = started.withLockedValue { $0 }
                    return try await test.owner.value(sleeping + "\(pid)") == 1
                }
                waiting.cancel()
                #expect(await waiting.value == .cancelled)
                let pid: Int32 = try await one.transaction { tx in try await tx.value("select pg_backend_pid()") }
                #expect(pid == started.withLockedValue { $0 })
                #expect(try await one.query("select * from entries").isEmpty)
            }
        }
    }
}
