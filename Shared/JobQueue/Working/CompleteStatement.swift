package import Postgres

/// T4 for a batch of attempts that are simply done, which nearly all are: the same as ``AcknowledgeStatement`` writes for
/// them, at a third of the cost.
///
/// Each row is looked up by id together with its nonce, whatever the planner believes about the table (`offset 0`), and
/// deleted where it was found. Gives the ids that were current (I4). A row that somebody writes at that very moment (its
/// progress, a cancellation) has moved: ``AcknowledgeStatement`` finds it again. (PostgreSQL before 15.15 follows the row, so
/// its claim is judged here too: its nonce must be one of the batch.)
package enum CompleteStatement {
    package static func make(_ outcomes: [Outcome], worker: Int64) -> SQL {
        """
        with current as (
            select j.place
            from unnest(\(outcomes.map(\.job))::bigint[], \(outcomes.map(\.nonce))::bigint[]) as g (id, nonce)
            cross join lateral (
                select ctid as place from igny8_jobs
                where id = g.id and claim_nonce = g.nonce and worker_id is not distinct from \(worker)
                  and state is not distinct from 'running'
                offset 0) j
        ), gone as (
            delete from igny8_jobs
            where ctid = any (array(select place from current))
              and claim_nonce = any (\(Array(Set(outcomes.map(\.nonce))))::bigint[])
              and worker_id is not distinct from \(worker) and state is not distinct from 'running'
            returning id, queue, task, account_id, attempt, max_attempts, priority, unique_key, claim_nonce, worker_id,
                      progress, note, errors, traceparent, run_at, created_at, started_at
        ), steps as (
            delete from igny8_job_steps where job_id = any (array(select id from gone))
        ), history as (
            insert into igny8_job_history
                (id, queue, task, outcome, account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                 worker_id, progress, note, errors, traceparent, run_at, created_at, started_at, finished_on)
            select id, queue, task, 'completed', account_id, attempt, max_attempts, priority, unique_key, claim_nonce,
                   worker_id, progress, note, errors, traceparent, run_at, created_at, started_at, (select igny8_now())
            from gone
        )
        select id from gone
        """
    }

    /// Whether an outcome says no more than that its job is done.
    static func suits(_ outcome: Outcome) -> Bool {
        outcome.verdict == .completed && outcome.result == nil && outcome.error == nil
    }
}
