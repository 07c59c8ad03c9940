import Postgres

/// T8, running → pending or dead: what dead workers had in hand, and what has outlived its deadline.
///
/// - A worker is dead when its beat is older than its own lease, and PostgreSQL itself has been up for that long: after
///   an outage everybody gets the time to beat again.
/// - A dead worker's jobs start again at once and keep their attempts: the worker failed, not they. `crashes` counts, and
///   a job that was in hand as the only suspect for the `crashLimit`-th time is a dead letter.
/// - An outlived deadline (its worker ignores the cancellation) is a failed attempt.
enum ReapStatement {
    /// Declares workers dead; gives how many.
    static func workers(queue: String, lease: Lease) -> SQL {
        """
        update igny8_workers set state = 'dead'
        where queue = \(queue) and state = 'alive' and beat_at < now() - igny8_workers.lease
          and pg_postmaster_start_time() < now() - igny8_workers.lease and \(fragment: lease.holds)
        """
    }

    /// Takes up to `limit` rows away; gives `id` and whether it `died`.
    static func jobs(queue: String, grace: Duration, crashLimit: Int, limit: Int, lease: Lease) -> SQL {
        """
        with orphan as (
            select j.id, w.state is distinct from 'alive' as crashed,
                   j.crashes >= \(ClaimStatement.suspectCrashes) and 1 = (
                       select count(*) from igny8_jobs o
                       where o.worker_id = j.worker_id and o.state = 'running'
                         and o.crashes >= \(ClaimStatement.suspectCrashes))
                   or 1 = (select count(*) from igny8_jobs o
                           where o.worker_id = j.worker_id and o.state = 'running') as alone
            from igny8_jobs j left join igny8_workers w on w.id = j.worker_id
            where j.queue = \(queue) and j.state = 'running'
              and (w.state is distinct from 'alive'
                   or j.deadline_at < now() - make_interval(secs => \(grace.seconds)))
              and \(fragment: lease.holds)
            order by j.id limit \(limit)
            for update of j skip locked
        ), judged as (
            select o.id, o.crashed,
                   case when o.crashed then o.alone and j.crashes + 1 >= \(crashLimit)
                        else j.attempt >= coalesce(j.max_attempts, 15) end as died,
                   j.cancel_requested_at is not null as cancelled,
                   j.errors || jsonb_build_array(jsonb_build_object(
                       'attempt', j.attempt, 'at', now(),
                       'error', case when o.crashed then 'its worker died' else 'outlived its deadline' end)) as errors
            from orphan o join igny8_jobs j on j.id = o.id
        ), gone as (
            delete from igny8_jobs j using judged o
            where j.id = o.id and (o.died or o.cancelled)
            returning j.*, o.cancelled, o.errors as all_errors
        ), dead as (
            insert into igny8_dead_jobs
                (id, queue, task, account_id, priority, payload, unique_key, run_at, attempt, max_attempts, crashes,
                 claim_seq, errors, traceparent, created_at, limit_keys)
            select id, queue, task, account_id, priority, payload, unique_key, run_at, attempt, max_attempts,
                   crashes + 1, claim_seq, all_errors, traceparent, created_at, limit_keys
            from gone where not cancelled
        ), history as (
            insert into igny8_job_history
                (id, queue, task, outcome, account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                 worker_id, progress, note, errors, traceparent, run_at, created_at, started_at)
            select id, queue, task, 'cancelled', account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                   worker_id, progress, note, all_errors, traceparent, run_at, created_at, started_at
            from gone where cancelled
        ), back as (
            update igny8_jobs j
            set state = 'pending', claim_nonce = null, worker_id = null, deadline_at = null, errors = o.errors,
                crashes = j.crashes + case when o.crashed then 1 else 0 end,
                attempt = j.attempt - case when o.crashed then 1 else 0 end
            from judged o
            where j.id = o.id and not (o.died or o.cancelled)
        )
        select id, died from judged
        """
    }
}
