import ArgumentParser
import Glibc
import JobQueue
import Postgres
import Redis

/// Jobs that arrive by the clock, whether or not the workers keep up: the moments are fixed beforehand, and what has
/// come due since the last transaction was begun goes with the next.
struct Arrive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enqueues jobs at a fixed rate, by the clock.",
        discussion: "Example: igny8-bench-queue arrive --rate 10000 --seconds 10"
    )

    @Option(help: "Jobs a second.")
    var rate: Double
    @Option(help: "For how long.")
    var seconds = 10.0
    @Option(help: "A file for the times of the commits.")
    var commits: String?

    /// As many transactions at a time as a gateway has connections for them.
    private static let lanes = 4
    private static let largestBatch = 1000
    /// Nanoseconds.
    private static let tick: Int64 = 1_000_000

    func run() async throws {
        let database = try Place.database()
        let redis = try Place.redis()
        try await redis.waitUntilReachable()
        let producer = JobProducer(redis: redis, logger: Place.logger)
        let total = Int(rate * seconds)
        let path = commits ?? "/dev/shm/bench-queue-commits-\(getpid())"
        let times = try CommitTimes(writing: path, start: Moment.now + 50_000_000, rate: rate, count: total)
        defer { if commits == nil { unlink(path) } }
        let sent = try await withThrowingTaskGroup(of: Void.self) { group in
            var sent = 0
            var underWay = 0
            while sent < total {
                let now = Moment.now
                var next = sent
                while next < total, next - sent < Self.largestBatch, times.due(next) <= now { next += 1 }
                guard next > sent else {
                    try await Task.sleep(for: .nanoseconds(max(times.due(sent) - now, Self.tick)))
                    continue
                }
                if underWay == Self.lanes {
                    try await group.next()
                    underWay -= 1
                }
                let batch = sent..<next
                group.addTask {
                    try await Arrivals.enqueue(batch.map(times.due), by: producer, in: database) {
                        times.committed(batch)
                    }
                }
                underWay += 1
                sent = next
            }
            try await group.waitForAll()
            return sent
        }
        print(sent)
        await redis.close()
        await database.close()
    }
}

enum Arrivals {
    /// One transaction, as a request of the gateway would have it.
    static func enqueue(
        _ due: [Int64],
        by producer: JobProducer,
        in database: PostgresDatabase,
        committed: @escaping @Sendable () -> Void = {}
    ) async throws {
        let jobs = due.map {
            NewJob(queue: Place.queue, task: NoOp.name, account: nil, payload: NoOp.Payload(due: $0))
        }
        try await database.transaction(settings: Place.settings) { transaction in
            // Before the producer's own, which sends the hints.
            transaction.afterCommit { committed() }
            _ = try await producer.enqueue(jobs, in: transaction)
        }
    }
}
