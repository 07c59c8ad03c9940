import ArgumentParser
import JobQueue
import Postgres
import Redis

/// Enqueues as fast as it goes: so many jobs to a transaction, two transactions under way.
struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enqueues jobs as fast as it goes.",
        discussion: "Prints jobs a second. Example: igny8-bench-queue fill --jobs 50000 --batch 1000"
    )

    @Option(help: "How many jobs.")
    var jobs = 50_000
    @Option(help: "Jobs to a transaction.")
    var batch = 1000

    func run() async throws {
        let database = try Place.database()
        let redis = try Place.redis()
        try await redis.waitUntilReachable()
        let producer = JobProducer(redis: redis, logger: Place.logger)
        let began = Moment.now
        try await withThrowingTaskGroup { group in
            for lane in 0..<2 {
                group.addTask {
                    for first in stride(from: lane * batch, to: jobs, by: 2 * batch) {
                        let count = min(batch, jobs - first)
                        let due = Array(repeating: Int64(0), count: count)
                        try await Arrivals.enqueue(due, by: producer, in: database)
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = Double(Moment.now - began) / 1e9
        print(Double(jobs) / seconds)
        await redis.close()
        await database.close()
    }
}
