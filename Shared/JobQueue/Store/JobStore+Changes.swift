public import Postgres

extension JobStore {
    /// What became of a wish to cancel.
    public enum Cancelling: Sendable, Hashable {
        /// It had not begun: it is cancelled.
        case cancelled
        /// It runs: its handler is told at once, or within a heartbeat; should it fail instead, it is cancelled then.
        case requested
        /// There is no unfinished job of this id that the caller may see.
        case notFound
    }

    /// What became of a wish to run a dead job again.
    public enum Reviving: Sendable, Hashable {
        /// It waits again, with all its attempts before it and its finished steps kept.
        case revived
        /// An unfinished job of the task has its unique key.
        case uniqueKeyTaken
        /// No dead job has this id, or none that the caller may see.
        case notFound
    }

    /// T9: cancels a waiting job, or asks a running one to stop.
    public static func cancel(_ id: Int64, in transaction: PostgresTransaction) async throws -> Cancelling {
        let gone = try await transaction.query(
            """
            with gone as (
                delete from igny8_jobs where id = \(id) and state in ('pending', 'queued') returning *
            ), steps as (
                delete from igny8_job_steps s using gone g where s.job_id = g.id
            )
            insert into igny8_job_history
                (id, queue, task, outcome, account_id, attempt, max_attempts, priority, unique_key, errors, traceparent,
                 run_at, created_at, started_at)
            select id, queue, task, 'cancelled', account_id, attempt, max_attempts, priority, unique_key, errors,
                   traceparent, run_at, created_at, started_at
            from gone
            """
        ).affected
        if gone > 0 { return .cancelled }
        let asked = try await transaction.query(
            """
            with asked as (
                update igny8_jobs set cancel_requested_at = coalesce(cancel_requested_at, now())
                where id = \(id) and state = 'running'
                returning id
            )
            select pg_notify(\(QueueDatabase.cancelChannel), id::text) from asked
            """
        )
        return asked.isEmpty ? .notFound : .requested
    }

    /// T10: lets a dead job run again.
    public static func retry(_ id: Int64, in transaction: PostgresTransaction) async throws -> Reviving {
        let (found, revived) = try await revive("id = \(id)", limit: 1, in: transaction)
        return found == 0 ? .notFound : revived.isEmpty ? .uniqueKeyTaken : .revived
    }

    /// T10 for the oldest dead jobs that match, up to `limit`: how many were found, and which of them wait again. The
    /// others stay, because an unfinished job of the task has their unique key. The filter's status does not count.
    ///
    /// To see beforehand which they are, roll the transaction back: nobody is told before it commits.
    public static func retryDead(
        _ filter: JobFilter,
        limit: Int,
        in transaction: PostgresTransaction
    ) async throws -> (found: Int, revived: [Int64]) {
        try await revive(
            """
            (\(filter.queue)::text is null or queue = \(filter.queue))
            and (\(filter.task)::text is null or task = \(filter.task))
            and (\(filter.account)::bigint is null or account_id = \(filter.account))
            and (\(filter.before)::bigint is null or id < \(filter.before))
            """,
            limit: limit,
            in: transaction
        )
    }

    private static func revive(
        _ which: SQL,
        limit: Int,
        in transaction: PostgresTransaction
    ) async throws -> (found: Int, revived: [Int64]) {
        let rows = try await transaction.query(
            """
            with dead as (
                select * from igny8_dead_jobs where \(fragment: which) order by id limit \(limit) for update
            ), revived as (
                insert into igny8_jobs
                    (id, queue, task, state, priority, account_id, payload, unique_key, run_at, max_attempts, claim_seq,
                     errors, traceparent, created_at, limit_keys, held)
                select id, queue, task, 'pending', priority, account_id, payload, unique_key, run_at, max_attempts,
                       claim_seq, errors, traceparent, created_at, limit_keys,
                       case when exists (select from igny8_paused_tasks p where p.queue = dead.queue and p.task = dead.task)
                            then 'task' when run_at > (select igny8_now()) then 'time' end
                from dead
                on conflict (task, unique_key) where unique_key is not null do nothing
                returning id, queue
            ), buried as (
                delete from igny8_dead_jobs d using revived r where d.id = r.id
            ), told as (
                select pg_notify(\(QueueDatabase.jobsChannel), queue) from (select distinct queue from revived) queues
            )
            select r.id, (select count(*) from told) as told
            from dead d left join revived r on r.id = d.id order by d.id
            """
        )
        return (rows.count, try rows.compactMap { try $0.decode("id", as: Int64?.self) })
    }
}
