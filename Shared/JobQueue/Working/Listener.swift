import Postgres

/// Hears from PostgreSQL that the business clock was moved, that a queue has work that no hint tells of, or that a job
/// is to be cancelled. All of it is found without this too, a little later.
struct Listener: Sendable {
    let queue: String
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
                    if let job = Int64(id) { attempts.find(job)?.cancel(.requested) }
                }
            }
            group.addTask {
                // An empty payload: notifications may have been missed.
                for await queue in database.listen(QueueDatabase.jobsChannel) where queue == self.queue || queue == "" {
                    bells.ring()
                }
            }
        }
    }
}
