import Postgres

/// Hears from PostgreSQL that the business clock was moved, that a queue has work that no hint tells of, or that a job
/// is to be cancelled. All of it is found without this too, a little later.
struct Listener: Sendable {
    let worker: WorkerIdentity
    let database: QueueDatabase
    let attempts: Attempts
    let bells: Bells

    /// Runs until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask {
                for await _ in database.listen(QueueDatabase.clockChannel) { bells.ring() }
            }
            group.addTask {
                for await id in database.listen(QueueDatabase.cancelChannel) {
                    if let job = Int64(id) { attempts.find(job)?.cancel(.requested) } else { await lookForCancelled() }
                }
            }
            group.addTask {
                // An empty payload: notifications may have been missed.
                for await queue in database.listen(QueueDatabase.jobsChannel) where queue == worker.queue || queue == ""
                {
                    bells.ring()
                }
            }
        }
    }

    /// Listening has begun, or begun again: wishes of before were not heard.
    private func lookForCancelled() async {
        let rows = try? await database.query(
            """
            select id, claim_nonce from igny8_jobs
            where worker_id = \(worker.id) and state = 'running' and cancel_requested_at is not null
            """
        )
        guard let rows else { return }
        for row in rows {
            guard let job: Int64 = try? row.decode(0), let nonce: Int64 = try? row.decode(1) else { continue }
            attempts.find(job, nonce: nonce)?.cancel(.requested)
        }
    }
}
