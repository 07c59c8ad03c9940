import Postgres

/// T2, pending → queued: whose job goes next. Fenced by the lease.
///
/// - **Between tenants** round robin with a quantum: from where the last round ended, up to `room` lanes (a tenant's jobs of
///   one priority) are found by a loose index scan, each step one descent of the index, however many jobs lie in between.
///   Each tenant gets an equal share of the room; what it cannot use goes to the others in the next round, at once.
/// - **Within a tenant** by effective priority: a minute of waiting is worth one point, so nothing waits for ever behind
///   what is more urgent. Then by due time. In each lane that is the order of the index, so only the heads are compared.
///
/// A job whose task is paused is parked (`held`) when its turn comes, and is not looked at again before it is resumed.
///
/// Gives `id` and `tenant` of what was admitted, in the order in which they should start (`id` is null in a row for what
/// was parked, and in the only row when nothing is due), and in each row `last`, where the next round goes on.
enum AdmitStatement {
    /// One point of priority.
    static let ageingSeconds = 60.0

    /// - Parameters:
    ///   - after: the tenant at which the round before ended.
    ///   - excluding: tenants that get nothing in this round.
    static func make(queue: String, room: Int, after: Int64, excluding: [Int64] = [], lease: Lease) -> SQL {
        """
        with recursive lane as (
            (\(fragment: first(queue, after)))
            union all
            select next.tenant, next.urgency, lane.turn + 1, next.wrapped
            from lane cross join lateral (
                (select tenant, urgency, lane.wrapped as wrapped from igny8_jobs
                 where queue = \(queue) and \(fragment: isWaiting)
                   and (tenant, urgency) > (lane.tenant, lane.urgency) and (not lane.wrapped or tenant <= \(after))
                 order by tenant, urgency limit 1)
                union all
                (select tenant, urgency, true from igny8_jobs
                 where queue = \(queue) and \(fragment: isWaiting) and tenant <= \(after) and not lane.wrapped
                 order by tenant, urgency limit 1)
                limit 1) next
            where lane.turn < \(room)
        ), open_lane as (
            select * from lane where tenant <> all (\(excluding)::bigint[])
        ), share as materialized (
            select greatest(ceil(\(room)::float8 / greatest(count(distinct tenant), 1))::int, 1) as size from open_lane
        ), due as (
            select l.tenant, l.turn, j.id, j.run_at,
                   l.urgency - extract(epoch from (select igny8_now()) - j.run_at)::float8 / \(ageingSeconds) as urgency
            from open_lane l
            cross join lateral (
                select id, run_at from igny8_jobs
                where queue = \(queue) and \(fragment: isWaiting) and tenant = l.tenant and urgency = l.urgency
                  and run_at <= (select igny8_now())
                order by run_at, id limit (select size from share)) j
        ), placed as (
            select id, tenant, min(turn) over (partition by tenant) as turn,
                   row_number() over (partition by tenant order by urgency, run_at, id) as place
            from due
        ), dealt as (
            select id, tenant, row_number() over (order by place, turn) as position from placed
            where place <= (select size from share) order by place, turn limit \(room)
        ), chosen as (
            select j.id, d.position, p.task is not null as is_paused
            from igny8_jobs j join dealt d on d.id = j.id
            left join igny8_paused_tasks p on p.queue = j.queue and p.task = j.task
            where j.state = 'pending' and \(fragment: lease.holds)
              and not exists (select from igny8_queues where name = \(queue) and paused_at is not null)
            order by j.id
            for update of j skip locked
        ), admitted as (
            update igny8_jobs j
            set state = case when c.is_paused then 'pending' else 'queued' end,
                held = case when c.is_paused then 'task' end,
                -- In the order of admission also for those who have only this to go by.
                queued_at = case when c.is_paused then null
                                 else now() - (\(room) - c.position) * interval '1 microsecond' end
            from chosen c where j.id = c.id
            returning case when c.is_paused then null else j.id end as id, j.tenant, c.position
        )
        select id, a.tenant, l.tenant as last
        from (select tenant from lane order by turn desc limit 1) l left join admitted a on true
        order by position
        """
    }

    /// The lane to begin with: the first behind `after`, or else the first of all.
    private static func first(_ queue: String, _ after: Int64) -> SQL {
        """
        select tenant, urgency, 1 as turn, wrapped from (
            (select tenant, urgency, false as wrapped from igny8_jobs
             where queue = \(queue) and \(fragment: isWaiting) and tenant > \(after)
             order by tenant, urgency limit 1)
            union all
            (select tenant, urgency, true from igny8_jobs
             where queue = \(queue) and \(fragment: isWaiting) and tenant <= \(after)
             order by tenant, urgency limit 1)
            limit 1) first
        """
    }

    /// The condition of the index `igny8_jobs_lanes`, word for word.
    private static var isWaiting: SQL {
        "state = 'pending' and retry_at is null and held is null and limit_keys is null"
    }

    /// What the living workers of the queue can hold.
    static func capacity(queue: String) -> SQL {
        "select coalesce(sum(capacity), 0)::bigint as capacity from igny8_workers where queue = \(queue) and state = 'alive'"
    }
}
