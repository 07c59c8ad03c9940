package import Postgres

/// T3, queued → running: one statement for the whole batch.
///
/// The rows are locked in the order of their ids and those that another worker holds are skipped. A job that was in hand
/// when two workers died is a suspect: a worker claims at most one, so that a job that kills its process cannot take
/// other suspects with it again and again. Once is no suspicion: processes are killed, and then everything they held must
/// go on at once.
package enum ClaimStatement {
    /// As many workers have died with a suspect in hand.
    static let suspectCrashes: Int32 = 2

    package struct Claimant: Sendable {
        let worker: Int64
        let queue: String
        let nonce: Int64
        let tasks: TaskTable

        package init(worker: Int64, queue: String, nonce: Int64, tasks: TaskTable) {
            self.worker = worker
            self.queue = queue
            self.nonce = nonce
            self.tasks = tasks
        }
    }

    /// The tasks as columns: what the claim writes into the row about each.
    package struct TaskTable: Sendable {
        let names: [String]
        let timeouts: [Double]
        let maxAttempts: [Int]

        package init(_ tasks: some Collection<AnyTask>) {
            names = tasks.map(\.name)
            timeouts = tasks.map(\.timeout.seconds)
            maxAttempts = tasks.map(\.retry.maxAttempts)
        }
    }

    /// Claims those of `ids` that are still to be had.
    ///
    /// `is not distinct from` is `=` that no index serves: the partial index of the queued jobs would be read from end to
    /// end for each batch whenever statistics say that the queue is short.
    package static func hinted(_ ids: [Int64], _ claimant: Claimant) -> SQL {
        claim(
            """
            select id, ctid as place, crashes from igny8_jobs
            where id = any (\(ids)::bigint[]) and queue is not distinct from \(claimant.queue)
              and state is not distinct from 'queued'
            order by id
            for update skip locked
            """,
            claimant
        )
    }

    /// Claims up to `count` queued jobs without any hint, in the order in which they were admitted: the way without Redis.
    /// What is pending is left to the relay, so that fairness and limits hold without Redis too.
    static func unhinted(_ count: Int, _ claimant: Claimant) -> SQL {
        claim(
            """
            select id, ctid as place, crashes from igny8_jobs
            where queue = \(claimant.queue) and state = 'queued'
            order by queued_at, id
            limit \(count)
            for update skip locked
            """,
            claimant
        )
    }

    /// The rows are locked, so they are where they were seen: found again by place, without a second look into an index.
    private static func claim(_ candidates: SQL, _ claimant: Claimant) -> SQL {
        """
        with candidate as (\(fragment: candidates)),
        chosen as (
            select place from candidate
            where crashes < \(suspectCrashes)
               or id = (select min(id) from candidate where crashes >= \(suspectCrashes))
                  and not exists (
                      select from igny8_jobs held
                      where held.worker_id = \(claimant.worker) and held.state = 'running'
                        and held.crashes >= \(suspectCrashes))
        )
        update igny8_jobs j
        set state = 'running', worker_id = \(claimant.worker), claim_nonce = \(claimant.nonce),
            claim_seq = claim_seq + 1, attempt = attempt + 1,
            max_attempts = coalesce(
                j.max_attempts,
                (\(claimant.tasks.maxAttempts)::int[])[array_position(\(claimant.tasks.names)::text[], j.task)], 15),
            started_at = now(),
            deadline_at = now() + make_interval(secs => coalesce(
                (\(claimant.tasks.timeouts)::float8[])[array_position(\(claimant.tasks.names)::text[], j.task)], 60)),
            retry_at = null, progress = null, note = null
        where j.ctid = any (array(select place from chosen))
          and exists (select from igny8_workers where id = \(claimant.worker) and state = 'alive')
          and not exists (select from igny8_queues where name = \(claimant.queue) and paused_at is not null)
          and not exists (select from igny8_paused_tasks p where p.queue = \(claimant.queue) and p.task = j.task)
        returning j.id, j.task, j.account_id, j.payload, j.attempt, j.max_attempts, j.claim_seq, j.traceparent, j.run_at,
                  extract(epoch from now() - coalesce(j.queued_at, now()))::float8, j.crashes
        """
    }
}
