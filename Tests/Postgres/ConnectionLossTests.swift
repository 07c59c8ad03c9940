import EventLoop
import Glibc
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Lost connections", .serialized)
    struct ConnectionLossTests {
        private let sleeping: SQL = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and pid = "

        @Test("when the server ends a connection, all its statements fail, and the next one reconnects")
        func termination() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) { $0.sharedConnections = 1 }
                let pid: Int32 = try await one.value("select pg_backend_pid()")
                let first = Task { await failure { try await one.query("select pg_sleep(60)") } }
                try await until { try await test.service.value(sleeping + "\(pid)") == 1 }
                let second = Task { await failure { try await one.query("select 1") } }
                let superuser = database(test.superuserURL, on: TestDatabase.loop)
                try await superuser.query("select pg_terminate_backend(\(pid))")
                for task in [first, second] {
                    guard case .connection = await task.value else {
                        return #expect(Bool(false), "not a connection error")
                    }
                }
                #expect(try await one.value("select \(pid) <> pg_backend_pid()") == true)
                await superuser.close()
                await one.close()
            }
        }

        @Test("a transaction whose connection is lost fails, and its connection is not used again")
        func terminatedTransaction() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop) { $0.leasedConnections = 1 }
                let superuser = database(test.superuserURL, on: TestDatabase.loop)
                let error = await failure {
                    try await one.transaction { tx in
                        let pid: Int32 = try await tx.value("select pg_backend_pid()")
                        try await superuser.query("select pg_terminate_backend(\(pid))")
                        try await until {
                            try await superuser.query("select 1 from pg_stat_activity where pid = \(pid)").isEmpty
                        }
                        try await tx.query("select 1")
                    }
                }
                guard case .connection = error else { return #expect(Bool(false), "\(String(describing: error))") }
                let oneMore: Int = try await one.transaction { try await $0.value("select 1") }
                #expect(oneMore == 1)
                await superuser.close()
                await one.close()
            }
        }

        @Test("a COMMIT whose answer is lost says that its outcome is unknown")
        func lostCommit() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.script(
                    """
                    create table entries (id int);
                    create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
                    create constraint trigger slow after insert on entries deferrable initially deferred
                        for each row execute function slow();
                    """
                )
                let one = database(test.ownerURL, on: TestDatabase.loop) { $0.leasedConnections = 1 }
                let superuser = database(test.superuserURL, on: TestDatabase.loop)
                let backend = NIOLockedValueBox<Int32>(0)
                let committing = Task {
                    await failure {
                        try await one.transaction { tx in
                            let pid: Int32 = try await tx.value("select pg_backend_pid()")
                            backend.withLockedValue { $0 = pid }
                            try await tx.query("insert into entries values (1)")
                        }
                    }
                }
                try await until { try await superuser.value(sleeping + "\(backend.withLockedValue { $0 })") == 1 }
                try await superuser.query("select pg_terminate_backend(\(backend.withLockedValue { $0 }))")
                guard case .outcomeUnknown = await committing.value else {
                    return #expect(Bool(false), "the outcome is not called unknown")
                }
                await superuser.close()
                await one.close()
            }
        }

        @Test("after a restart of the server in mid-flight everything comes back by itself")
        func restart() async throws {
            try await TestCluster.withCluster { cluster in
                let database = database(cluster.url, on: TestDatabase.loop) { $0.acquireTimeout = .seconds(30) }
                let heard = NIOLockedValueBox<[String]>([])
                let listening = Task {
                    for await payload in database.listen("news") { heard.withLockedValue { $0.append(payload) } }
                }
                try await database.query("create table entries (id int)")
                try await until { heard.withLockedValue { $0 == [""] } }

                let pid: Int32 = try await database.value("select pg_backend_pid()")
                let underWay = Task { await failure { try await database.query("select pg_sleep(60)") } }
                let inTransaction = Task {
                    await failure {
                        try await database.transaction { tx in
                            try await tx.query("insert into entries values (1)")
                            try await tx.query("select pg_sleep(60)")
                        }
                    }
                }
                let observer = Postgres.PostgresDatabase(
                    configuration: PostgresConfiguration(url: cluster.url),
                    loop: TestDatabase.loop,
                    logger: quiet
                )
                try await until {
                    try await observer.value("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") == 2
                }
                await observer.close()
                try await cluster.crash()
                for task in [underWay, inTransaction] {
                    guard case .connection = await task.value else {
                        return #expect(Bool(false), "not a connection error")
                    }
                }
                // Asked while the server is down: answered when it is back.
                let patient = Task { try await database.value("select pg_backend_pid()", as: Int32.self) }
                try await cluster.start()
                #expect(try await patient.value != pid)
                #expect(try await database.transaction { try await $0.value("select count(*) from entries") } == 0)
                try await until { heard.withLockedValue { $0 == ["", ""] } }
                try await database.query("notify news, 'hello'")
                try await until { heard.withLockedValue { $0.last == "hello" } }
                await database.close()
                await listening.value
            }
        }

        @Test("a server that is not there is an error within the limit")
        func absent() async throws {
            let nowhere = database("postgresql://u@127.0.0.1:1/d", on: TestDatabase.loop) { $0.acquireTimeout = .zero }
            for error in [
                await failure { try await nowhere.query("select 1") },
                await failure { try await nowhere.transaction { try await $0.query("select 1") } },
                await failure { try await nowhere.script("select 1") },
            ] {
                guard case .connection = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
            await nowhere.close()
        }

        @Test("a server that accepts and says nothing is given up")
        func silent() async throws {
            // A listening socket whose backlog takes the connection while nobody ever answers.
            let listener = try SilentListener()
            let mute = database("postgresql://u@127.0.0.1:\(listener.port)/d", on: TestDatabase.loop) {
                $0.connectTimeout = .milliseconds(100)
                $0.acquireTimeout = .zero
            }
            #expect(
                await failure { try await mute.query("select 1") }
                    == .connection("no connection within the time limit")
            )
            await mute.close()
        }

        @Test("closing leaves no connection half open, though its opening was under way")
        func closedWhileOpening() async throws {
            let listener = try SilentListener()
            // A loop of its own that stops right afterwards: it forgets whatever closing has left behind.
            let loop = EventLoop(name: "closing")
            let mute = database("postgresql://u@127.0.0.1:\(listener.port)/d", on: loop)
            let asking = Task { await failure { try await mute.query("select 1") } }
            let hearing = Task { for await _ in mute.listen("news") {} }
            let sockets = [try await listener.accept(), try await listener.accept()]
            let began = ContinuousClock.now
            await mute.close()
            #expect(began.duration(to: .now) < .seconds(2), "not only at the connection's own time-out of 5 s")
            loop.stop()
            for socket in sockets { #expect(await listener.isClosedByPeer(socket)) }
            guard case .connection = await asking.value else { return #expect(Bool(false), "not a connection error") }
            await hearing.value
        }

        @Test("a server that freezes is given up, and used again once it thaws")
        func frozen() async throws {
            try await TestCluster.withCluster { cluster in
                let database = database(cluster.url, on: TestDatabase.loop) {
                    $0.statementTimeout = .milliseconds(400)
                    $0.answerGrace = .milliseconds(100)
                    $0.acquireTimeout = .seconds(30)
                    $0.sharedConnections = 1
                }
                let pid: Int32 = try await database.value("select pg_backend_pid()")
                kill(pid, SIGSTOP)
                let error = await failure { try await database.query("select 1") }
                #expect(error == .connection("the server does not answer"))
                kill(pid, SIGCONT)
                let other: Int32 = try await database.value("select pg_backend_pid()")
                #expect(other != pid)
                await database.close()
            }
        }

        @Test("names are looked up, and the unknown ones named in the error")
        func names() async throws {
            try await TestDatabase.withDatabase { test in
                let named = database(
                    test.serviceURL.replacing("127.0.0.1", with: "localhost"),
                    on: TestDatabase.loop
                )
                let answer: Int = try await named.value("select 1")
                #expect(answer == 1)
                await named.close()
            }
            let unknown = database("postgresql://u@no-such-host.invalid/d", on: TestDatabase.loop) {
                $0.acquireTimeout = .zero
            }
            let error = await failure { try await unknown.query("select 1") }
            #expect(error?.description.contains("no-such-host.invalid") == true)
        }

        @Test("a closed database refuses, and its listeners end")
        func closed() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.serviceURL, on: TestDatabase.loop)
                var notifications = one.listen("news").makeAsyncIterator()
                #expect(await notifications.next() == "")
                try await one.query("select pg_notify('news', \("with 'quotes'"))")
                #expect(await notifications.next() == "with 'quotes'")
                await one.close()
                #expect(await notifications.next() == nil)
                #expect(await failure { try await one.query("select 1") } == .connection("closed"))
                #expect(
                    await failure { try await one.transaction { try await $0.query("select 1") } }
                        == .connection("closed")
                )
            }
        }
    }
}
