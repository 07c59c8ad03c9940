import Foundation
import Postgres

/// T1, ∅ → pending or queued: many jobs in one statement of the caller's own transaction and row security.
///
/// A job is `queued` at once when it is due, its queue is not paused and its list has room; else it waits as `pending`
/// for the relay. For jobs that wait for their time the relay is told at commit: the business clock may have been moved
/// between this statement and the commit. (Not for each job: NOTIFY takes a lock that all commits share.)
///
/// Gives for each job, in order: `id` (null when its unique key is taken), `queue`, `state`.
enum EnqueueStatement {
    static func make(_ jobs: [EncodedJob], fullQueues: [String]) -> SQL {
        """
        with given as materialized (
            select nextval('igny8_jobs_id_seq') as id, n, queue, task, account_id, payload, unique_key,
                   coalesce(run_at, (select igny8_now())) as run_at, priority, max_attempts, traceparent
            from unnest(
                \(jobs.map(\.queue))::text[], \(jobs.map(\.task))::text[], \(jobs.map(\.account))::bigint[],
                \(jobs.map(\.payload))::jsonb[], \(jobs.map(\.uniqueKey))::text[], \(jobs.map(\.runAt))::timestamptz[],
                \(jobs.map(\.priority))::int[], \(jobs.map(\.maxAttempts))::int[], \(jobs.map(\.traceparent))::text[]
            ) with ordinality as g (queue, task, account_id, payload, unique_key, run_at, priority, max_attempts,
                                    traceparent, n)
        ), judged as (
            select given.*, given.run_at <= (select igny8_now()) as due,
                   given.queue <> all (\(fullQueues)::text[])
                   and not exists (
                       select from igny8_queues q where q.name = given.queue and q.paused_at is not null) as open
            from given
        ), inserted as (
            insert into igny8_jobs
                (id, queue, task, state, priority, account_id, payload, unique_key, run_at, max_attempts, queued_at,
                 traceparent)
            select id, queue, task, case when due and open then 'queued' else 'pending' end, priority, account_id,
                   payload, unique_key, run_at, max_attempts, case when due and open then now() end, traceparent
            from judged
            order by n
            on conflict (task, unique_key) where unique_key is not null do nothing
            returning id, state
        ), told as (
            select pg_notify(\(QueueDatabase.jobsChannel), queue)
            from (select distinct j.queue from inserted i join judged j using (id) where not j.due) waiting
        )
        select i.id, g.queue, i.state, (select count(*) from told) as told
        from given g left join inserted i using (id)
        order by g.n
        """
    }
}

/// A new job with its payload as it is stored.
struct EncodedJob: Sendable {
    let queue: String
    let task: String
    let account: Int64?
    let payload: PostgresJSON
    let uniqueKey: String?
    let runAt: Date?
    let priority: Int
    let maxAttempts: Int?
    let traceparent: String?

    init(_ job: NewJob, traceparent: String?) throws {
        queue = job.queue
        task = job.task
        account = job.account
        payload = try PostgresJSON(job.payload)
        uniqueKey = job.uniqueKey
        runAt = job.runAt
        priority = max(-100, min(job.priority, 100))
        maxAttempts = job.maxAttempts
        self.traceparent = traceparent
    }
}
