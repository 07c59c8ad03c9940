import Postgres

/// T2, pending → queued: the jobs that are due, up to `room`, by priority and then by due time; fenced by the lease.
///
/// Priorities are few, so each is looked up by itself and read in the order of the index: jobs far in the future cost
/// nothing. Jobs in back-off come by their own index.
///
/// Gives the admitted `id`s in the order in which they should start.
enum AdmitStatement {
    static func make(queue: String, room: Int, lease: Lease) -> SQL {
        """
        with recursive priorities as (
            (select priority from igny8_jobs where queue = \(queue) and state = 'pending' and retry_at is null
             order by priority desc limit 1)
            union all
            select (select j.priority from igny8_jobs j
                    where j.queue = \(queue) and j.state = 'pending' and j.retry_at is null
                      and j.priority < p.priority
                    order by j.priority desc limit 1)
            from priorities p where p.priority is not null
        ), due as (
            (select j.id, p.priority, j.run_at
             from priorities p
             cross join lateral (
                 select id, run_at from igny8_jobs
                 where queue = \(queue) and state = 'pending' and retry_at is null and priority = p.priority
                   and run_at <= (select igny8_now())
                 order by run_at, id limit \(room)) j)
            union all
            (select id, priority, run_at from igny8_jobs
             where queue = \(queue) and state = 'pending' and retry_at <= now() and run_at <= (select igny8_now())
             order by retry_at limit \(room))
        ), chosen as (
            -- By id and then by place: no join, so no plan that statistics of an empty queue could spoil.
            select j.id, j.ctid as place from igny8_jobs j
            where j.id = any (array(select id from due order by priority desc, run_at, id limit \(room)))
              and j.state is not distinct from 'pending'
              and \(fragment: lease.holds)
              and not exists (select from igny8_queues where name = \(queue) and paused_at is not null)
            order by j.id
            for update of j skip locked
        ), admitted as (
            update igny8_jobs j set state = 'queued', queued_at = now(), retry_at = null
            where j.ctid = any (array(select place from chosen))
            returning j.id, j.priority, j.run_at
        )
        select id from admitted order by priority desc, run_at, id
        """
    }

    /// When the next job in back-off may be admitted, in seconds from now; null without one.
    static func nextRetry(queue: String) -> SQL {
        """
        select extract(epoch from min(retry_at) - now())::float8 as seconds
        from igny8_jobs where queue = \(queue) and state = 'pending' and retry_at is not null
        """
    }

    /// What the living workers of the queue can hold.
    static func capacity(queue: String) -> SQL {
        "select coalesce(sum(capacity), 0)::bigint as capacity from igny8_workers where queue = \(queue) and state = 'alive'"
    }
}
