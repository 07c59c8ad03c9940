import Logging
import Metrics
import Postgres
import Redis

/// W1 and W2: takes hints for the free slots, claims their jobs, starts them. Never more than free slots: nothing waits
/// inside a worker behind a long job.
///
/// Without Redis for two seconds it claims without hints, by looking every 250 ms.
struct Fetcher: Sendable {
    let worker: WorkerIdentity
    let hints: HintList?
    let database: QueueDatabase
    let claimTasks: ClaimStatement.TaskTable
    let attempts: Attempts
    let pulse: Pulse
    /// Feels each round of this loop.
    let fetching: Pulse
    let runner: Runner
    let claimCommit: CommitMode
    let patienceWithRedis: Duration
    /// A beat, 5 s: a worker that is cut from PostgreSQL leaves hints alone long before its lease ends.
    let longestWait: Duration
    let metrics: QueueMetrics
    let failpoints: Failpoints
    let logger: Logger
    /// Rung when something may have fallen due; only heard while Redis is gone.
    let stirred: Wakeup

    /// What is claimed in about 10 ms: more would only make the first of them wait for the last.
    private static let largestClaim = 1000

    /// Runs until the task is cancelled.
    func run() async {
        var isSettled = true
        var redisLostAt: Instant?
        while !Task.isCancelled {
            fetching.answered()
            if pulse.isLost {
                await stirred.wait(upTo: .milliseconds(100))
                continue
            }
            let free = min(attempts.free, Self.largestClaim)
            if free == 0 {
                if !isSettled, let hints {
                    // No take follows at once: the claimed list must not outlive its claim, or it would hide lost hints.
                    isSettled = (try? await hints.settle(worker.id)) != nil
                }
                await attempts.slotFreed.wait(upTo: .seconds(1))
                continue
            }
            do {
                guard let hints else { throw RedisError.connection("none configured") }
                let ids = try await take(free, hints)
                isSettled = false
                if redisLostAt != nil {
                    redisLostAt = nil
                    metrics.degraded.record(0)
                    logger.notice("Redis is back, hints are used again")
                }
                if !ids.isEmpty { try await claim { ClaimStatement.hinted(ids, $0) } }
            } catch let error as RedisError {
                if Task.isCancelled { return }
                await withoutRedis(error, free, since: &redisLostAt)
            } catch {
                if Task.isCancelled { return }
                logger.warning("claim failed", metadata: ["error": "\(error)"])
                await stirred.wait(upTo: .milliseconds(200))
            }
        }
    }

    private func take(_ free: Int, _ hints: HintList) async throws -> [Int64] {
        try await failpoints.reach(.beforeTake)
        var ids = try await hints.take(free, for: worker.id, clearing: true)
        if ids.isEmpty {
            guard let first = try await hints.waitForOne(for: worker.id, upTo: longestWait) else { return [] }
            ids = [first]
            if free > 1 { ids += try await hints.take(free - 1, for: worker.id, clearing: false) }
        }
        try await failpoints.reach(.takenBeforeClaim)
        return ids
    }

    private func claim(_ statement: (ClaimStatement.Claimant) -> SQL) async throws {
        let nonce = Int64.random(in: Int64.min...Int64.max)
        attempts.beginClaim(nonce)
        // On failure the answer may be lost and the rows be ours: the self-audit gives them back.
        defer { attempts.endClaim(nonce) }
        let claimant = ClaimStatement.Claimant(
            worker: worker.id,
            queue: worker.queue,
            nonce: nonce,
            tasks: claimTasks
        )
        let rows = try await database.keyed(statement(claimant), commit: claimCommit)
        try await failpoints.reach(.claimedBeforeStart)
        runner.start(try rows.map { row throws(PostgresError) in try ClaimedJob(row, nonce: nonce) })
    }

    private func withoutRedis(_ error: RedisError, _ free: Int, since lostAt: inout Instant?) async {
        let since = lostAt ?? .now
        if lostAt == nil {
            lostAt = since
            logger.warning("no Redis", metadata: ["error": "\(error)"])
        }
        guard since.duration(to: .now) >= patienceWithRedis else {
            return await stirred.wait(upTo: .milliseconds(100))
        }
        metrics.degraded.record(1)
        do {
            let before = attempts.count
            try await claim { ClaimStatement.unhinted(free, $0) }
            // More may wait: look again at once, else later. Chance keeps workers from looking all at the same time.
            if attempts.count > before { return }
        } catch {
            logger.warning("claim without hints failed", metadata: ["error": "\(error)"])
        }
        await stirred.wait(upTo: .milliseconds(Int.random(in: 200...300)))
    }
}
