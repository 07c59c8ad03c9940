import ChaosLedger
import EventLoop
import Foundation
import JobQueue
import Persistence
import Postgres
import Redis
import TestSupport
import Testing

extension Shop {
    /// `brief`'s lease, in seconds, for other processes.
    static let briefSeconds = 2

    /// Opens a shop in a cluster of the test's own.
    static func open<Value: Sendable>(
        in cluster: TestCluster,
        through port: Int? = nil,
        _ body: (Shop) async throws -> Value
    ) async throws -> Value {
        let setup = try await connect(cluster.url)
        try await setup.script("create database shop")
        await setup.close()
        var parts = try #require(URLComponents(string: cluster.url))
        parts.path = "/shop"
        let owner = try await connect(parts.string ?? "")
        try await Migrations.run(owner)
        await owner.close()
        parts.user = "igny8_service"
        parts.port = port ?? parts.port
        let url = parts.string ?? ""
        return try await use(url) { database in
            try await open(on: database, at: url, redisURL: TestRedis.url(), body)
        }
    }

    private static func connect(_ url: String) async throws -> PostgresDatabase {
        var configuration = PostgresConfiguration(url: url)
        // A test that breaks its database must not wait for it as long as production would.
        configuration.acquireTimeout = .seconds(2)
        return PostgresDatabase(configuration: configuration, loop: TestDatabase.loop, logger: logger)
    }

    /// Runs `body` with another way to a database, and closes it.
    static func use<Value: Sendable>(
        _ url: String,
        _ body: (PostgresDatabase) async throws -> Value
    ) async throws -> Value {
        let database = try await connect(url)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(database))
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        return try outcome.get()
    }

    /// Runs `body` with a way to the database through a wire of its own.
    func withWire<Value: Sendable>(_ body: (Wire, PostgresDatabase) async throws -> Value) async throws -> Value {
        let wire = try Wire(to: try #require(URLComponents(string: databaseURL)?.port))
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await Self.use(try wire.url(of: databaseURL)) { try await body(wire, $0) })
        } catch {
            outcome = .failure(error)
        }
        wire.close()
        return try outcome.get()
    }

    // MARK: Other processes

    /// Makes the ledger's tables.
    func openLedger() async throws {
        var parts = try #require(URLComponents(string: databaseURL))
        parts.user = "igny8_owner"
        try await Self.use(parts.string ?? "") { try await $0.script(Ledger.schema) }
    }

    /// A worker in a process of its own.
    func process(_ name: String, capacity: Int = 8, environment: [String: String] = [:]) throws -> TestProcess {
        try TestProcess(
            [
                TestProcess.buildFolder + "/igny8-chaos-worker", "--database", databaseURL, "--redis", redisURL,
                "--queue", queue, "--lease", "\(Self.briefSeconds)", "--capacity", "\(capacity)", "--name", name,
            ],
            environment: environment,
            log: ProcessInfo.processInfo.environment["IGNY8_TEST_LOG"] == nil ? "/dev/null" : "/dev/stderr"
        )
    }

    /// Runs `body` while such a worker works, and kills it.
    func withProcess<Value: Sendable>(
        _ name: String,
        environment: [String: String] = [:],
        _ body: (TestProcess) async throws -> Value
    ) async throws -> Value {
        let process = try process(name, environment: environment)
        defer { process.kill() }
        return try await body(process)
    }

    /// Enqueues ledger jobs.
    func ask(_ parts: [LedgerTask.Payload]) async throws {
        try await asSystem { try await Ledger.enqueue(parts, queue: queue, by: producer, in: $0) }
    }

    /// The rows of `chaos_starts` or `chaos_effects`, as "number worker".
    func ledger(_ table: String) async throws -> [String] {
        let rows = try await query(
            "select number || ' ' || worker as line from \(identifier: "chaos_" + table) order by number, worker"
        )
        return try rows.map { try $0.decode("line") }
    }

    /// An effect in the ledger, one with the job's end.
    func takeEffect(_ number: Int, _ context: JobContext) async throws {
        try await asSystem { transaction in
            try await transaction.query(
                """
                insert into chaos_effects (number, job, fence, worker)
                values (\(number), \(context.id), \(context.fence), 'test')
                """
            )
            try await context.complete(in: transaction)
        }
    }

    /// How often the job was claimed.
    func claims(of id: Int64?) async throws -> Int? {
        try await query("select claim_seq from igny8_jobs where id = \(id)").first?.decode("claim_seq")
    }

    // MARK: Outcomes

    /// Waits until no job is left.
    func untilEmpty() async throws { try await until { try await query("select from igny8_jobs").isEmpty } }

    /// The ledger adds up: every job done, no effect twice, none lost.
    func expectBalance(_ location: SourceLocation = #_sourceLocation) async throws {
        let balance = try await Balance.of(database)
        #expect(balance.isRight, "\(balance)", sourceLocation: location)
    }

    /// Waits until these jobs are done, and that nothing is left.
    func untilDone(_ ids: [Int64?]) async throws {
        for id in ids { try await until(id, is: .completed) }
    }

    /// Each of these jobs has ended once, as completed; nothing else has.
    func expectEachOnce(_ ids: [Int64?], _ location: SourceLocation = #_sourceLocation) async throws {
        let rows = try await query("select id from igny8_job_history where outcome = 'completed' order by id")
        let ended: [Int64] = try rows.map { try $0.decode("id") }
        #expect(ended == ids.compactMap { $0 }.sorted(), "lost or doubled", sourceLocation: location)
        #expect(try await query("select from igny8_jobs").isEmpty, "something is left", sourceLocation: location)
        #expect(try await query("select from igny8_dead_jobs").isEmpty, "something died", sourceLocation: location)
    }

    /// The length of the list.
    func hints() async throws -> Int {
        Int(try await redis.command(["LLEN", RedisArgument("jq:{\(queue)}:ready")]).integer ?? 0)
    }
}

/// How long `body` took to come true.
func measured(_ body: () async throws -> Void) async rethrows -> Duration {
    let began = ContinuousClock.now
    try await body()
    return began.duration(to: .now)
}
