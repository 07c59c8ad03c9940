import ChaosLedger
import EventLoop
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import Redis
import TestSupport

/// The servers and the workers of one run.
final class Stage: Sendable {
    static let queue = "chaos"

    let cluster: TestCluster
    let redis: TestRedisServer
    let database: PostgresDatabase
    let client: RedisClient
    let producer: JobProducer
    let crew: Crew
    private let loop = EventLoop(name: "chaos")

    init(_ plan: Plan, _ cluster: TestCluster, _ redis: TestRedisServer) async throws {
        self.cluster = cluster
        self.redis = redis
        var logger = Logger(label: "chaos")
        logger.logLevel = .critical
        let owner = PostgresDatabase(
            configuration: PostgresConfiguration(url: cluster.url),
            loop: loop,
            logger: logger
        )
        _ = try await Migrations.run(owner)
        try await owner.script(Ledger.schema)
        await owner.close()
        guard var parts = URLComponents(string: cluster.url) else { throw TestSetupError("no URL: \(cluster.url)") }
        parts.user = "igny8_service"
        let url = parts.string ?? ""
        database = PostgresDatabase(
            configuration: PostgresConfiguration(url: url),
            loop: loop,
            logger: logger
        )
        client = RedisClient(configuration: try RedisConfiguration(url: redis.url), loop: loop, logger: logger)
        producer = JobProducer(redis: client, logger: logger)
        crew = Crew(
            plan,
            database: url,
            redis: "redis://\(plan.address):\(redis.port)/0"
        )
    }

    /// Starts the workers.
    func hire() async throws { try await crew.hire() }

    /// Whether no job is left.
    func isEmpty() async throws -> Bool {
        let rows = try await database.batch(["select from igny8_jobs limit 1"], settings: Ledger.settings)[0]
        return rows.isEmpty
    }

    /// Ends the workers and closes the connections.
    func close() async {
        await crew.dismiss()
        await client.close()
        await database.close()
    }
}
