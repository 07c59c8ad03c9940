import Postgres

/// The statements of limits: what they are, what is in flight under them, what waits, and T2 for what may go.
enum LimitStatement {
    /// Lanes that are looked at in one round, and jobs in each; the next round goes on behind them.
    static let lanes = 500
    private static let depth = 32

    /// Writes the limits that this binary's tasks declare. What an operator has set stays.
    static func declare(_ limits: [JobLimit], queue: String, lease: Lease) -> [SQL] {
        [
            """
            delete from igny8_job_limits
            where queue = \(queue) and not is_set_by_operator and name <> all (\(limits.map(\.name))::text[])
              and \(fragment: lease.holds)
            """,
            """
            insert into igny8_job_limits as l (queue, name, concurrency, rate, period, burst)
            select \(queue), name, concurrency, rate, make_interval(secs => period), burst
            from unnest(
                \(limits.map(\.name))::text[], \(limits.map(\.concurrency))::int[],
                \(limits.map { $0.rate?.count })::int[], \(limits.map { $0.rate?.period.seconds })::float8[],
                \(limits.map { $0.rate?.burst ?? 1 })::int[]
            ) as g (name, concurrency, rate, period, burst)
            where \(fragment: lease.holds)
            on conflict (queue, name) do update
            set concurrency = excluded.concurrency, rate = excluded.rate, period = excluded.period, burst = excluded.burst
            where not l.is_set_by_operator
              and (l.concurrency, l.rate, l.period, l.burst)
                  is distinct from (excluded.concurrency, excluded.rate, excluded.period, excluded.burst)
            """,
        ]
    }

    static func limits(queue: String) -> SQL {
        """
        select name, concurrency, rate, extract(epoch from period)::float8 as period, burst
        from igny8_job_limits where queue = \(queue)
        """
    }

    static func inFlight(queue: String) -> SQL {
        """
        select key, count(*) filter (where state = 'queued') as queued, count(*) as in_flight
        from igny8_jobs, unnest(string_to_array(limit_keys, ' ')) as key
        where queue = \(queue) and state in ('queued', 'running') and limit_keys is not null
        group by key
        """
    }

    /// Whether any job waits under a limit.
    static func isNeeded(queue: String) -> SQL {
        "select exists (select from igny8_jobs where queue = \(queue) and \(fragment: isWaiting)) as needed"
    }

    /// The heads of the lanes behind the keys `after`, round robin over the tenants of each key.
    /// Gives `id`, `tenant`, `limit_keys` in the order in which they should go, and in each row `last`: the keys behind
    /// which the next round goes on, null when it begins anew.
    static func candidates(queue: String, after: String) -> SQL {
        """
        with recursive lane as (
            (select limit_keys, tenant, urgency, 1 as turn from igny8_jobs
             where queue = \(queue) and \(fragment: isWaiting) and limit_keys > \(after)
             order by limit_keys, tenant, urgency limit 1)
            union all
            select next.limit_keys, next.tenant, next.urgency, lane.turn + 1
            from lane cross join lateral (
                select limit_keys, tenant, urgency from igny8_jobs
                where queue = \(queue) and \(fragment: isWaiting)
                  and (limit_keys, tenant, urgency) > (lane.limit_keys, lane.tenant, lane.urgency)
                order by limit_keys, tenant, urgency limit 1) next
            where lane.turn < \(lanes)
        ), due as (
            select l.limit_keys, l.tenant, l.turn, j.id, j.run_at,
                   l.urgency - extract(epoch from (select igny8_now()) - j.run_at)::float8
                               / \(AdmitStatement.ageingSeconds) as urgency
            from lane l
            cross join lateral (
                select id, run_at from igny8_jobs
                where queue = \(queue) and \(fragment: isWaiting) and limit_keys = l.limit_keys and tenant = l.tenant
                  and urgency = l.urgency and run_at <= (select igny8_now())
                order by run_at, id limit \(depth)) j
        ), placed as (
            select id, tenant, limit_keys, turn,
                   row_number() over (partition by limit_keys, tenant order by urgency, run_at, id) as place
            from due
        )
        select id, tenant, limit_keys, (select limit_keys from lane where turn = \(lanes)) as last
        from placed where place <= \(depth) order by place, turn
        """
    }

    /// T2 for `ids`, in order. The lease is locked, not only looked at: its next holder begins after this is committed and
    /// sees it, so that no limit is ever exceeded. Gives `id` (null for what was parked) and `tenant`.
    static func admit(_ ids: [Int64], queue: String, lease: Lease) -> SQL {
        """
        with held_lease as materialized (\(fragment: lease.locked)),
        chosen as (
            select j.id, given.position, p.task is not null as is_paused
            from unnest(\(ids)::bigint[]) with ordinality as given (id, position)
            join igny8_jobs j on j.id = given.id
            left join igny8_paused_tasks p on p.queue = j.queue and p.task = j.task
            where j.queue = \(queue) and \(fragment: isWaiting) and exists (select from held_lease)
              and not exists (select from igny8_queues where name = \(queue) and paused_at is not null)
            order by j.id
            for update of j skip locked
        ), admitted as (
            update igny8_jobs j
            set state = case when c.is_paused then 'pending' else 'queued' end,
                held = case when c.is_paused then 'task' end, queued_at = case when not c.is_paused then now() end
            from chosen c where j.id = c.id
            returning case when not c.is_paused then j.id end as id, j.tenant, c.position
        )
        select id, tenant from admitted order by position
        """
    }

    /// The condition of the index `igny8_jobs_limited`, word for word.
    private static var isWaiting: SQL {
        "state = 'pending' and retry_at is null and held is null and limit_keys is not null"
    }
}
