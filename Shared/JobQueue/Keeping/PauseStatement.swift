import Postgres

/// T11, queued → pending: what was queued while its task, or its whole queue, was being paused. Its hint, if there is one,
/// is stale and does no harm. Fenced by the lease.
enum PauseStatement {
    static func sweep(queue: String, lease: Lease) -> SQL {
        """
        with late as (
            select j.id, p.task is not null as of_task
            from igny8_jobs j left join igny8_paused_tasks p on p.queue = j.queue and p.task = j.task
            where j.queue = \(queue) and j.state = 'queued'
              and (exists (select from igny8_paused_tasks where queue = \(queue))
                   or exists (select from igny8_queues where name = \(queue) and paused_at is not null))
              and (p.task is not null
                   or exists (select from igny8_queues where name = \(queue) and paused_at is not null))
              and \(fragment: lease.holds)
            order by j.id limit 1000
            for update of j skip locked
        )
        update igny8_jobs j set state = 'pending', queued_at = null, held = case when late.of_task then 'task' end
        from late where j.id = late.id
        """
    }
}
