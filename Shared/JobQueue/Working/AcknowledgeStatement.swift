package import Postgres

/// T4–T7 for a batch of attempts in one statement: each row changes only while its claim is current (I4).
///
/// Rows are locked in the order of their ids. A retry of a job that was cancelled meanwhile ends it. Gives `id` and the
/// verdict that was written for each accepted outcome; the others were stale.
package enum AcknowledgeStatement {
    package static func make(_ outcomes: [Outcome], worker: Int64) -> SQL {
        """
        with given as (
            select * from unnest(
                \(outcomes.map(\.job))::bigint[], \(outcomes.map(\.nonce))::bigint[],
                \(outcomes.map(\.verdict.rawValue))::text[], \(outcomes.map(\.delay.seconds))::float8[],
                \(outcomes.map(\.result))::jsonb[], \(outcomes.map(\.error))::text[]
            ) as g (id, nonce, verdict, delay, result, error)
        ), current as (
            select g.id, g.delay, g.result, g.error, j.attempt,
                   case when g.verdict in ('retried', 'snoozed', 'released') and j.cancel_requested_at is not null
                        then 'cancelled' else g.verdict end as verdict
            from given g join igny8_jobs j on j.id = g.id
            where j.claim_nonce = g.nonce and j.worker_id is not distinct from \(worker)
              and j.state is not distinct from 'running'
            order by j.id
            for update of j
        ), told as (
            select id, verdict, delay, result,
                   case when error is null then '[]'::jsonb
                        else jsonb_build_array(jsonb_build_object(
                            'attempt', attempt, 'at', now(), 'error', error)) end as error
            from current
        ), gone as (
            delete from igny8_jobs j using told t
            where j.id = t.id and t.verdict in ('completed', 'cancelled', 'dead')
            returning j.*, t.verdict, t.result, j.errors || t.error as all_errors
        ), steps as (
            delete from igny8_job_steps s using gone g where s.job_id = g.id and g.verdict <> 'dead'
        ), history as (
            insert into igny8_job_history
                (id, queue, task, outcome, account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                 worker_id, result, progress, note, errors, traceparent, run_at, created_at, started_at)
            select id, queue, task, verdict, account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                   worker_id, result, progress, note, all_errors, traceparent, run_at, created_at, started_at
            from gone where verdict <> 'dead'
        ), dead as (
            insert into igny8_dead_jobs
                (id, queue, task, account_id, priority, payload, unique_key, run_at, attempt, max_attempts, crashes,
                 claim_seq, errors, traceparent, created_at, limit_keys)
            select id, queue, task, account_id, priority, payload, unique_key, run_at, attempt, max_attempts, crashes,
                   claim_seq, all_errors, traceparent, created_at, limit_keys
            from gone where verdict = 'dead'
        ), back as (
            update igny8_jobs j
            set state = case t.verdict when 'released' then 'queued' else 'pending' end,
                attempt = case t.verdict when 'retried' then j.attempt else greatest(j.attempt - 1, 0) end,
                interruptions = j.interruptions + case t.verdict when 'released' then 1 else 0 end,
                retry_at = case t.verdict when 'released' then null else now() + make_interval(secs => t.delay) end,
                queued_at = now(), errors = j.errors || t.error,
                claim_nonce = null, worker_id = null, deadline_at = null
            from told t
            where j.id = t.id and t.verdict in ('retried', 'snoozed', 'released')
        )
        select id, verdict from told
        """
    }

    /// Those of `jobs` that history has under the same nonce: an answer was lost, not the acknowledgement.
    static func alreadyWritten(_ outcomes: [Outcome]) -> SQL {
        """
        select h.id
        from igny8_job_history h
        join unnest(\(outcomes.map(\.job))::bigint[], \(outcomes.map(\.nonce))::bigint[]) as g (id, nonce)
            on h.id = g.id and h.claim_nonce = g.nonce
        """
    }
}
