import Logging
import Postgres
import Redis

/// Says every sixth of a lease that this worker lives, and hears what PostgreSQL believes about it: whether it was
/// declared dead, which jobs it runs, which of them are to be cancelled.
///
/// The self-audit: rows that are said to be ours and that we do not know (a claim whose answer was lost) are given back;
/// attempts that two answers in a row do not know (a claim that PostgreSQL lost in a crash, a job taken away after its
/// deadline) are cancelled. Two, because an attempt may end while the answer is on its way.
struct Heartbeat: Sendable {
    let worker: WorkerIdentity
    let configuration: WorkerConfiguration
    let database: QueueDatabase
    let hints: HintList?
    let attempts: Attempts
    let pulse: Pulse
    let failpoints: Failpoints
    let logger: Logger
    /// Gives back rows that nobody here knows.
    let giveBack: @Sendable ([Outcome]) async -> Void

    /// Returns when the worker was declared dead, or the task is cancelled.
    func run() async {
        var missing: [Int64: Int64] = [:]
        while !Task.isCancelled {
            await tellRedis()
            do {
                try await failpoints.reach(.beforeBeat)
                let askedAt = Instant.now
                guard try await beat(&missing) else { return }
                if askedAt.duration(to: .now) > configuration.lease / 3 { pulse.missed() }
                pulse.answered()
            } catch {
                pulse.missed()
                logger.warning("heartbeat failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: configuration.beat)
        }
    }

    private func tellRedis() async {
        try? await hints?.present(worker.id, running: attempts.count, lifetime: configuration.lease / 3)
    }

    /// False when the worker was declared dead. `missing`: the attempts, with their nonces, that the answer before did
    /// not know.
    private func beat(_ missing: inout [Int64: Int64]) async throws -> Bool {
        let inHand = attempts.all
        let answers = try await database.batch([
            """
            update igny8_workers set beat_at = now(), running = \(attempts.count)
            where id = \(worker.id) and state = 'alive'
            """,
            """
            select id, claim_nonce, cancel_requested_at is not null from igny8_jobs
            where worker_id = \(worker.id) and state = 'running'
            """,
        ])
        try await failpoints.reach(.beatBeforeAudit)
        guard answers[0].affected == 1 else { return false }
        var unknown: [Outcome] = []
        var said: [Int64: Int64] = [:]
        for row in answers[1] {
            let job: Int64 = try row.decode(0)
            let nonce: Int64 = try row.decode(1)
            said[job] = nonce
            if !attempts.knows(job, nonce: nonce) {
                unknown.append(Outcome(job: job, nonce: nonce, verdict: .released))
            } else if try row.decode(2, as: Bool.self) {
                attempts.find(job, nonce: nonce)?.cancel(.requested)
            }
        }
        unknown = try await stillRunning(unknown)
        if !unknown.isEmpty {
            logger.warning("rows are said to be ours that we do not know", metadata: ["jobs": "\(unknown.count)"])
            await giveBack(unknown)
        }
        var silent: [Int64: Int64] = [:]
        for attempt in inHand where said[attempt.job.id] != attempt.job.nonce {
            silent[attempt.job.id] = attempt.job.nonce
            guard missing[attempt.job.id] == attempt.job.nonce else { continue }
            attempts.find(attempt.job.id, nonce: attempt.job.nonce)?.cancel(.lost)
        }
        missing = silent
        return true
    }

    /// Those of `unknown` that PostgreSQL still says run here: the others were acknowledged while the first answer was
    /// on its way.
    private func stillRunning(_ unknown: [Outcome]) async throws -> [Outcome] {
        if unknown.isEmpty { return [] }
        let rows = try await database.query(
            """
            select id from igny8_jobs
            where id = any (\(unknown.map(\.job))) and worker_id = \(worker.id) and state = 'running'
            """
        )
        let running = Set(try rows.map { row throws(PostgresError) in try row.decode(0, as: Int64.self) })
        return unknown.filter { running.contains($0.job) && !attempts.knows($0.job, nonce: $0.nonce) }
    }
}
