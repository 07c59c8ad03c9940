public import FoundationEssentials
public import Postgres

/// Whether the queues have anything to do at this business moment, and when they will.
public struct Quiet: Sendable, Hashable {
    /// Nothing is due, nothing runs, no schedule is due.
    public let isQuiet: Bool
    /// The next business moment at which a job or a schedule falls due; nil when there is none.
    public let next: Date?
    /// Business time of this answer.
    public let now: Date
}

extension JobStore {
    /// One statement over all queues, for a simulation that moves the business clock from one due moment to the next.
    /// Needs scope `system`.
    ///
    /// A job in back-off counts as due: machine time will bring it. Jobs of a paused queue or task do not count, nor do dead
    /// letters.
    public static func quiet(in queries: some PostgresQuerying) async throws -> Quiet {
        let rows = try await queries.query(
            """
            with clock as materialized (select igny8_now() as now),
            paused as materialized (select name from igny8_queues where paused_at is not null)
            select clock.now,
                   exists (select from igny8_jobs where state = 'running')
                   or exists (select from igny8_jobs
                              where state = 'queued' and queue not in (select name from paused))
                   or exists (select from igny8_jobs
                              where state = 'pending' and run_at <= (select now from clock)
                                and held is distinct from 'task'
                                and queue not in (select name from paused))
                   or exists (select from igny8_schedules
                              where zone <> '*' and (next_at is null or next_at <= (select now from clock))) as busy,
                   least(
                       (select min(run_at) from igny8_jobs
                        where state = 'pending' and run_at > (select now from clock) and held is distinct from 'task'
                          and queue not in (select name from paused)),
                       (select min(next_at) from igny8_schedules
                        where zone <> '*' and next_at > (select now from clock))) as next
            from clock
            """
        )
        return Quiet(
            isQuiet: try !rows[0].decode("busy", as: Bool.self),
            next: try rows[0].decode("next"),
            now: try rows[0].decode("now")
        )
    }
}
