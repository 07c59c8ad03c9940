import Postgres

/// What waits and what is dead of one task.
struct TaskBacklog: Sendable {
    /// Seconds, machine time, for which its oldest due job has been waiting for a worker.
    var oldestWaiting = 0.0
    var dead = 0

    static func all(ofQueue queue: String, in database: QueueDatabase) async throws -> [String: TaskBacklog] {
        let answers = try await database.batch([
            """
            select task, extract(epoch from now() - min(case when state = 'queued' then queued_at else enqueued_at end))::float8
            from igny8_jobs
            where queue = \(queue) and (state = 'queued' or state = 'pending' and held is null and retry_at is null)
            group by task
            """,
            "select task, count(*) from igny8_dead_jobs where queue = \(queue) group by task",
        ])
        var backlogs: [String: TaskBacklog] = [:]
        for row in answers[0] { backlogs[try row.decode(0), default: TaskBacklog()].oldestWaiting = try row.decode(1) }
        for row in answers[1] { backlogs[try row.decode(0), default: TaskBacklog()].dead = try row.decode(1) }
        return backlogs
    }
}
