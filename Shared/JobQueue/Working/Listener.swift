import Postgres

/// Hears from PostgreSQL that the business clock was moved, or that a queue has work that no hint tells of.
struct Listener: Sendable {
    let queue: String
    let database: QueueDatabase
    let bells: Bells

    /// Runs until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask {
                for await _ in database.listen(QueueDatabase.clockChannel) { bells.ring() }
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
