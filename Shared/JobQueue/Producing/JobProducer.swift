public import Logging
import Metrics
public import Postgres
public import Redis

/// Writes jobs, each in the transaction of the change that causes it, and tells the workers after the commit.
///
/// P1 INSERT in the caller's transaction → P2 COMMIT → P3 hints to Redis → P4 return. A failing P3 is counted and logged
/// only: repair pushes the missing hints within about four seconds.
public final class JobProducer: Sendable {
    private let redis: RedisClient?
    private let logger: Logger
    private let failpoints: Failpoints
    private let rooms: ListRooms

    /// A producer; without `redis` (a migration, a test) the workers' relay finds the jobs, a little later.
    public convenience init(redis: RedisClient?, logger: Logger) {
        self.init(redis: redis, logger: logger, failpoints: .none)
    }

    package init(redis: RedisClient?, logger: Logger, failpoints: Failpoints) {
        self.redis = redis
        self.logger = logger
        self.failpoints = failpoints
        rooms = ListRooms(redis)
    }

    /// Adds `jobs` to the transaction. They exist when it commits, and not otherwise.
    ///
    /// Gives their ids in order; nil where an unfinished job of the same task already has the unique key. In scope
    /// `account` only jobs of that account can be added (row security refuses others).
    @discardableResult
    public func enqueue(_ jobs: [NewJob], in transaction: PostgresTransaction) async throws -> [Int64?] {
        guard !jobs.isEmpty else { return [] }
        try await failpoints.reach(.beforeInsert)
        let (encoded, isNudging) = try await encode(jobs)
        let rows = try await transaction.query(EnqueueStatement.make(encoded, nudging: isNudging))
        var ids: [Int64?] = []
        var hints: [String: [Int64]] = [:]
        var counts: [TaskName: Int] = [:]
        for (job, row) in zip(encoded, rows) {
            let id = try row.decode("id", as: Int64?.self)
            ids.append(id)
            guard let id else { continue }
            counts[TaskName(queue: job.queue, task: job.task), default: 0] += 1
            if try row.decode("state", as: String?.self) == "queued" { hints[job.queue, default: []].append(id) }
        }
        if !counts.isEmpty {
            transaction.afterCommit { [hints, counts] in await self.tell(hints, counts) }
        }
        try await failpoints.reach(.insertedBeforeCommit)
        return ids
    }

    /// Adds one job; see ``enqueue(_:in:)-([NewJob],_)``.
    @discardableResult
    public func enqueue(_ job: NewJob, in transaction: PostgresTransaction) async throws -> Int64? {
        try await enqueue([job], in: transaction)[0]
    }

    /// The first of the jobs are hinted at once, as far as their lists have room; the rest waits for the relay.
    private func encode(_ jobs: [NewJob]) async throws -> (jobs: [EncodedJob], isNudging: Bool) {
        let trace = TraceCarrier.current
        var room: [String: Int] = [:]
        for (queue, jobs) in Dictionary(grouping: jobs.filter(\.limitKeys.isEmpty), by: \.queue) {
            room[queue] = await rooms.take(jobs.count, of: queue)
        }
        var waiting: Set<String> = []
        let encoded = try jobs.map { job in
            let hasRoom = room[job.queue, default: 0] > 0
            if job.limitKeys.isEmpty { room[job.queue, default: 0] -= 1 }
            let encoded = try EncodedJob(job, traceparent: job.trace ?? trace, hasRoom: hasRoom)
            if !encoded.isFast { waiting.insert(job.queue) }
            return encoded
        }
        return (encoded, waiting.reduce(false) { rooms.mayNudge($1) || $0 })
    }

    private struct TaskName: Hashable {
        let queue: String
        let task: String
    }

    private func tell(_ hints: [String: [Int64]], _ counts: [TaskName: Int]) async {
        for (name, count) in counts {
            Counter(label: "igny8_jobs_enqueued_total", dimensions: [("queue", name.queue), ("task", name.task)])
                .increment(by: count)
        }
        guard let redis, !hints.isEmpty else { return }
        for (queue, ids) in hints {
            // The caller does not wait for a Redis that hangs; the push goes on without it.
            let done = Wakeup()
            Task {
                await push(ids, to: queue, redis)
                done.ring()
            }
            await done.wait(upTo: ListRooms.patience)
        }
    }

    private func push(_ ids: [Int64], to queue: String, _ redis: RedisClient) async {
        do {
            try await failpoints.reach(.committedBeforeHint)
            rooms.note(try await HintList(queue: queue, redis: redis).push(ids), of: queue)
            try await failpoints.reach(.hintedBeforeReturn)
        } catch {
            Counter(label: "igny8_job_hints_failed_total", dimensions: [("queue", queue)]).increment(by: ids.count)
            logger.warning(
                "no hint for new jobs, repair will find them",
                metadata: ["queue": "\(queue)", "jobs": "\(ids.count)", "error": "\(error)"]
            )
        }
    }
}
