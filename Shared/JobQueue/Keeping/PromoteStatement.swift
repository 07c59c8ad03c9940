import Postgres

/// Puts pending jobs whose time or back-off has come into their lanes, where ``AdmitStatement`` finds them; fenced by the
/// lease. A round of the relay thus costs what is due, not what waits for next month.
enum PromoteStatement {
    /// More come with the next round, which follows at once.
    private static let limit = 1000

    static func make(queue: String, lease: Lease) -> SQL {
        """
        with ripe as (
            (select id from igny8_jobs
             where queue = \(queue) and state = 'pending' and held = 'time' and run_at <= (select igny8_now())
             order by run_at limit \(limit))
            union all
            (select id from igny8_jobs
             where queue = \(queue) and state = 'pending' and retry_at <= now() and held is null
             order by retry_at limit \(limit))
        ), taken as (
            select j.id from igny8_jobs j
            where j.id in (select id from ripe) and j.state = 'pending' and \(fragment: lease.holds)
            order by j.id
            for update of j skip locked
        )
        update igny8_jobs j set held = null, retry_at = case when retry_at > now() then retry_at end
        from taken t where j.id = t.id
        """
    }

    /// When the next job in back-off is ripe, in seconds from now; null without one. (Of due times the clock tells.)
    static func nextRetry(queue: String) -> SQL {
        """
        select extract(epoch from min(retry_at) - now())::float8 as seconds
        from igny8_jobs where queue = \(queue) and state = 'pending' and retry_at is not null and held is null
        """
    }

    /// When the next job falls due, in seconds from now if the business clock runs; null without one.
    static func nextDue(queue: String) -> SQL {
        """
        select extract(epoch from min(run_at) - (select igny8_now()))::float8 as seconds
        from igny8_jobs where queue = \(queue) and state = 'pending' and held = 'time'
        """
    }
}
