import Postgres

/// T1, ∅ → pending or queued: many jobs in one statement of the caller's own transaction and row security.
///
/// A job is `queued` at once when it is due, falls under no limit, nothing of it is paused and its list has room; else it
/// waits as `pending` for the relay. Of jobs that wait for their time the relay is told at commit: the business clock may
/// have been moved between this statement and the commit. Of the others it is told only with `nudging`: NOTIFY takes a
/// lock that all commits share, so not every job of a flood may ask for it.
///
/// Gives for each job, in order: `id` (null when its unique key is taken), `state`.
enum EnqueueStatement {
    static func make(_ jobs: [EncodedJob], nudging: Bool) -> SQL {
        let hasWindows = jobs.contains { $0.uniqueWindow != nil }
        return """
            with given as materialized (
                select nextval('igny8_jobs_id_seq') as id, n, queue, task, account_id, payload,
                       coalesce(run_at, (select igny8_now())) as run_at, priority, max_attempts, traceparent,
                       limit_keys, fast,
                       \(fragment: hasWindows ? windowedKey : "unique_key")
                from unnest(
                    \(jobs.map(\.queue))::text[], \(jobs.map(\.task))::text[], \(jobs.map(\.account))::bigint[],
                    \(jobs.map(\.payload))::jsonb[], \(jobs.map(\.uniqueKey))::text[],
                    \(jobs.map(\.runAt))::timestamptz[], \(jobs.map(\.priority))::int[],
                    \(jobs.map(\.maxAttempts))::int[], \(jobs.map(\.traceparent))::text[],
                    \(jobs.map(\.limitKeys))::text[], \(jobs.map(\.isFast))::bool[]
                    \(fragment: hasWindows ? ", \(jobs.map(\.uniqueWindow))::float8[]" : "")
                ) with ordinality as g (queue, task, account_id, payload, unique_key, run_at, priority, max_attempts,
                                        traceparent, limit_keys, fast\(fragment: hasWindows ? ", unique_window" : ""), n)
            ), \(fragment: hasWindows ? takingWindows : "")
            judged as (
                select given.*, given.run_at <= (select igny8_now()) as due,
                       exists (select from igny8_queues q where q.name = given.queue and q.paused_at is not null)
                           as stopped,
                       exists (select from igny8_paused_tasks p where p.queue = given.queue and p.task = given.task)
                           as task_paused
                from given \(fragment: hasWindows ? onlyFirst : "")
            ), inserted as (
                insert into igny8_jobs
                    (id, queue, task, state, priority, account_id, payload, unique_key, run_at, max_attempts, queued_at,
                     traceparent, limit_keys, held)
                select id, queue, task, case when due and fast and not stopped and not task_paused then 'queued'
                                             else 'pending' end,
                       priority, account_id, payload, unique_key, run_at, max_attempts,
                       case when due and fast and not stopped and not task_paused then now() end, traceparent,
                       limit_keys, case when task_paused then 'task' when not due then 'time' end
                from judged
                order by n
                on conflict (task, unique_key) where unique_key is not null do nothing
                returning id, state
            ), told as (
                select pg_notify(\(QueueDatabase.jobsChannel), queue)
                from (select distinct j.queue from inserted i join judged j using (id)
                      where i.state = 'pending' and (not j.due or \(nudging))) waiting
            )
            select i.id, i.state, (select count(*) from told) as told
            from given g left join inserted i using (id)
            order by g.n
            """
    }

    /// The window stands in the key, so that the next window's key is another.
    private static var windowedKey: SQL {
        """
        case when unique_window is null then unique_key
             else unique_key || '@' || floor(extract(epoch from coalesce(run_at, (select igny8_now())))::float8
                                             / unique_window)::bigint * unique_window end as unique_key,
        to_timestamp((floor(extract(epoch from coalesce(run_at, (select igny8_now())))::float8 / unique_window) + 1)
                     * unique_window) as window_ends_at
        """
    }

    private static var takingWindows: SQL {
        """
        windows as (
            insert into igny8_job_windows (task, unique_key, account_id, ends_at)
            select task, unique_key, account_id, window_ends_at from given where window_ends_at is not null
            on conflict do nothing
            returning task, unique_key
        ),
        """
    }

    private static var onlyFirst: SQL {
        "where window_ends_at is null or exists (select from windows w where (w.task, w.unique_key) = (given.task, given.unique_key))"
    }
}
