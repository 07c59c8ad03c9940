import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import Redis
import TestSupport

extension TestTemplate {
    /// The whole schema.
    static let schema = TestTemplate("schema") { database in
        try await Migrations.run(database)
    }
}

/// A database of the test's own, a queue that no other test has, and workers to hire.
struct Shop: Sendable {
    let database: PostgresDatabase
    let redis: RedisClient
    /// The same two for other processes, and for wires.
    let databaseURL: String
    let redisURL: String
    let queue: String
    let journal = Journal()
    let producer: JobProducer

    static let system = [PostgresSetting("igny8.scope", "system"), PostgresSetting("igny8.actor", "test")]

    /// Opens a shop on the shared Redis, or on the one of `redisURL`.
    static func open<Value: Sendable>(
        redisURL: String? = nil,
        _ body: (Shop) async throws -> Value
    ) async throws -> Value {
        let url = try redisURL ?? TestRedis.url()
        return try await TestDatabase.withDatabase(.schema) { test in
            try await open(on: test.service, at: test.serviceURL, redisURL: url, body)
        }
    }

    static func open<Value: Sendable>(
        on database: PostgresDatabase,
        at databaseURL: String = "",
        redisURL: String,
        _ body: (Shop) async throws -> Value
    ) async throws -> Value {
        try await TestRedis.withClient(of: try RedisConfiguration(url: redisURL)) { redis in
            try await redis.command(["PING"])
            let shop = Shop(database: database, redis: redis, databaseURL: databaseURL, redisURL: redisURL)
            return try await body(shop)
        }
    }

    init(database: PostgresDatabase, redis: RedisClient, databaseURL: String, redisURL: String) {
        self.database = database
        self.redis = redis
        self.databaseURL = databaseURL
        self.redisURL = redisURL
        queue = "q" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        producer = JobProducer(redis: redis, logger: Self.logger)
    }

    static var logger: Logger {
        var logger = Logger(label: "tests.jobs")
        logger.logLevel = ProcessInfo.processInfo.environment["IGNY8_TEST_LOG"] == nil ? .critical : .debug
        return logger
    }

    /// A lease that a busy machine keeps.
    static let calm = WorkerConfiguration(capacity: 8, lease: .seconds(9), grace: .seconds(5))

    /// A lease of two seconds: dead workers are found within a test's patience.
    static let brief = WorkerConfiguration(capacity: 8, lease: .seconds(2), grace: .seconds(5))

    // MARK: Jobs

    func job(
        _ number: Int = 0,
        _ word: String = "",
        account: Int64? = nil,
        uniqueKey: String? = nil,
        runAt: Date? = nil,
        priority: Int = 0,
        maxAttempts: Int? = nil,
        uniqueWindow: UniqueWindow? = nil,
        limitKeys: [String] = []
    ) -> NewJob {
        NewJob(
            queue: queue,
            task: Work.name,
            account: account,
            payload: Work.Payload(word: word, number: number),
            uniqueKey: uniqueKey,
            runAt: runAt,
            priority: priority,
            maxAttempts: maxAttempts,
            uniqueWindow: uniqueWindow,
            limitKeys: limitKeys
        )
    }

    @discardableResult
    func enqueue(_ jobs: [NewJob], by producer: JobProducer? = nil) async throws -> [Int64?] {
        let producer = producer ?? self.producer
        return try await asSystem { try await producer.enqueue(jobs, in: $0) }
    }

    @discardableResult
    func enqueue(_ job: NewJob) async throws -> Int64? { try await enqueue([job])[0] }

    func asSystem<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try await database.transaction(settings: Self.system, body)
    }

    func query(_ sql: SQL) async throws -> PostgresRows { try await database.batch([sql], settings: Self.system)[0] }

    func find(_ id: Int64?) async throws -> JobRecord? {
        guard let id else { return nil }
        return try await asSystem { try await JobStore.find(id, in: $0) }
    }

    /// Asks PostgreSQL again and again; each question is a wait of its own.
    func until(_ isSo: () async throws -> Bool) async throws {
        while try await !isSo() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    func until(_ id: Int64?, is status: JobRecord.Status) async throws {
        try await until { try await find(id)?.status == status }
    }

    // MARK: Workers

    func worker(
        _ work: Work,
        schedules: [Schedule] = [],
        zones: @escaping @Sendable () async throws -> [String] = { [] },
        database: PostgresDatabase? = nil,
        redis: RedisClient?? = .none,
        configuration: WorkerConfiguration = calm,
        failpoints: Failpoints = .none
    ) -> JobWorker {
        JobWorker(
            queue: queue,
            tasks: [work],
            schedules: schedules,
            zones: zones,
            database: database ?? self.database,
            redis: redis ?? self.redis,
            configuration: configuration,
            logger: Self.logger,
            failpoints: failpoints
        )
    }

    /// Runs `body` while `workers` work, and lets them go afterwards.
    func with<Value: Sendable>(_ workers: JobWorker..., body: () async throws -> Value) async throws -> Value {
        let lives = workers.map { worker in Task { try await worker.run() } }
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        for life in lives { life.cancel() }
        for life in lives { try await life.value }
        return try outcome.get()
    }
}
