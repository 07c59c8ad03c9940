import Logging
import Postgres
import Redis

/// Says every sixth of a lease that this worker lives, and hears what PostgreSQL believes about it: whether it was
/// declared dead, which jobs it runs, which of them are to be cancelled.
///
/// Rows that are said to be ours and that we do not know (a claim whose answer was lost) are given back: the self-audit.
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
        while !Task.isCancelled {
            await tellRedis()
            do {
                try await failpoints.reach(.beforeBeat)
                guard try await beat() else { return }
                pulse.answered()
            } catch {
                logger.warning("heartbeat failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: configuration.beat)
        }
    }

    private func tellRedis() async {
        try? await hints?.present(worker.id, running: attempts.count, lifetime: configuration.lease / 3)
    }

    /// False when the worker was declared dead.
    private func beat() async throws -> Bool {
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
        for row in answers[1] {
            let job: Int64 = try row.decode(0)
            let nonce: Int64 = try row.decode(1)
            if !attempts.knows(job, nonce: nonce) {
                unknown.append(Outcome(job: job, nonce: nonce, verdict: .released))
            } else if try row.decode(2, as: Bool.self) {
                attempts.find(job, nonce: nonce)?.cancel(.requested)
            }
        }
        if !unknown.isEmpty {
            logger.warning("rows are said to be ours that we do not know", metadata: ["jobs": "\(unknown.count)"])
            await giveBack(unknown)
        }
        return true
    }
}
