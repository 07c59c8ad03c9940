public import Postgres

extension JobStore {
    /// Stops workers from claiming jobs of the queue; what runs goes on. T11: what was queued waits again.
    public static func pause(queue: String, in transaction: PostgresTransaction) async throws {
        try await transaction.query(
            """
            insert into igny8_queues (name, paused_at) values (\(queue), now())
            on conflict (name) do update set paused_at = coalesce(igny8_queues.paused_at, now())
            """
        )
        try await transaction.query(
            """
            update igny8_jobs set state = 'pending', queued_at = null where queue = \(queue) and state = 'queued'
            """
        )
    }

    /// Lets a paused queue go on. Tasks that are paused by themselves stay so.
    public static func resume(queue: String, in transaction: PostgresTransaction) async throws {
        try await transaction.query("update igny8_queues set paused_at = null where name = \(queue)")
        try await transaction.query("select pg_notify(\(QueueDatabase.jobsChannel), \(queue))")
    }

    /// Stops workers from claiming jobs of one task; what runs goes on, and so do the queue's other tasks.
    public static func pause(task: String, of queue: String, in transaction: PostgresTransaction) async throws {
        try await transaction.query("insert into igny8_queues (name) values (\(queue)) on conflict do nothing")
        try await transaction.query(
            "insert into igny8_paused_tasks (queue, task) values (\(queue), \(task)) on conflict do nothing"
        )
        // Out of the lanes: however many they are, the relay does not look at them again.
        try await transaction.query(
            """
            update igny8_jobs set state = 'pending', queued_at = null, held = 'task'
            where queue = \(queue) and task = \(task) and state in ('pending', 'queued')
            """
        )
    }

    /// Lets a paused task go on.
    public static func resume(task: String, of queue: String, in transaction: PostgresTransaction) async throws {
        try await transaction.query("delete from igny8_paused_tasks where queue = \(queue) and task = \(task)")
        try await transaction.query(
            """
            update igny8_jobs set held = case when run_at > (select igny8_now()) then 'time' end
            where queue = \(queue) and task = \(task) and state = 'pending' and held = 'task'
            """
        )
        try await transaction.query("select pg_notify(\(QueueDatabase.jobsChannel), \(queue))")
    }
}
