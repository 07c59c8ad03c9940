import Postgres

/// T3, queued → running: one statement for the whole batch.
///
/// The rows are locked in the order of their ids and those that another worker holds are skipped. A job that was in hand
/// when two workers died is a suspect: a worker claims at most one, so that a job that kills its process cannot take
/// other suspects with it again and again. Once is no suspicion: processes are killed, and then everything they held must
/// go on at once.
enum ClaimStatement {
    /// As many workers have died with a suspect in hand.
    static let suspectCrashes: Int32 = 2

    struct Claimant: Sendable {
        let worker: Int64
        let queue: String
        let nonce: Int64
        let tasks: TaskTable
    }

    /// The tasks as columns: what the claim writes into the row about each.
    struct TaskTable: Sendable {
        let names: [String]
        let timeouts: [Double]
        let maxAttempts: [Int]

        init(_ tasks: some Collection<AnyTask>) {
            names = tasks.map(\.name)
            timeouts = tasks.map(\.timeout.seconds)
            maxAttempts = tasks.map(\.retry.maxAttempts)
        }
    }

    /// Claims those of `ids` that are still to be had.
    static func hinted(_ ids: [Int64], _ claimant: Claimant) -> SQL {
        claim(
            """
            select id, task, crashes from igny8_jobs
            where id = any (\(ids)::bigint[]) and queue = \(claimant.queue) and state = 'queued'
            order by id
            for update skip locked
            """,
            claimant
        )
    }

    /// Claims up to `count` jobs without any hint: the way without Redis.
    static func unhinted(_ count: Int, _ claimant: Claimant) -> SQL {
        claim(
            """
            select id, task, crashes from igny8_jobs
            where queue = \(claimant.queue)
              and (state = 'queued' or state = 'pending' and run_at <= (select igny8_now())
                   and (retry_at is null or retry_at <= now()))
            order by priority desc, run_at, id
            limit \(count)
            for update skip locked
            """,
            claimant
        )
    }

    private static func claim(_ candidates: SQL, _ claimant: Claimant) -> SQL {
        """
        with candidate as (\(fragment: candidates)),
        place as (
            select id, task, crashes, row_number() over (partition by crashes >= \(suspectCrashes) order by id) as place
            from candidate
        ), chosen as (
            select id, task from place
            where exists (select from igny8_workers where id = \(claimant.worker) and state = 'alive')
              and not exists (select from igny8_queues where name = \(claimant.queue) and paused_at is not null)
              and (crashes < \(suspectCrashes) or place = 1 and not exists (
                      select from igny8_jobs held
                      where held.worker_id = \(claimant.worker) and held.state = 'running'
                        and held.crashes >= \(suspectCrashes)))
        )
        update igny8_jobs j
        set state = 'running', worker_id = \(claimant.worker), claim_nonce = \(claimant.nonce),
            claim_seq = claim_seq + 1, attempt = attempt + 1, max_attempts = coalesce(j.max_attempts, t.max_attempts, 15),
            started_at = now(), deadline_at = now() + make_interval(secs => coalesce(t.timeout, 60)), retry_at = null,
            progress = null, note = null
        from chosen c
        left join unnest(
            \(claimant.tasks.names)::text[], \(claimant.tasks.timeouts)::float8[], \(claimant.tasks.maxAttempts)::int[]
        ) as t (task, timeout, max_attempts) using (task)
        where j.id = c.id
        returning j.id, j.task, j.account_id, j.payload, j.attempt, j.max_attempts, j.claim_seq, j.traceparent, j.run_at,
                  extract(epoch from now() - coalesce(j.queued_at, now()))::float8, j.crashes
        """
    }
}
