import Logging
import Postgres

/// Makes the days of history ahead and drops those that have passed their time; thins out dead letters, spent unique
/// windows and the rows of workers that are gone. Each of it may happen twice, or be late by days, without harm.
struct Housekeeper: Sendable {
    let queue: String
    let retention: Retention
    let database: QueueDatabase
    let logger: Logger

    private static let tick: Duration = .seconds(3600)
    private static let soon: Duration = .seconds(60)
    /// Rows in one statement: short enough not to hold locks for long.
    private static let chunk = 1000

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            var wait = Self.tick
            do {
                try await round()
            } catch {
                if Task.isCancelled { return }
                // Most likely history was locked.
                wait = Self.soon
                logger.warning("housekeeping failed, again in a minute", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: wait)
        }
    }

    private func round() async throws {
        let days = try await database.query(
            """
            select made, dropped
            from igny8_keep_job_history((now() at time zone 'UTC')::date, \(Retention.daysAhead)::int,
                                        \(retention.historyDays)::int)
            """
        )
        let dropped: Int = try days[0].decode("dropped")
        if dropped > 0 { logger.info("days of history dropped", metadata: ["days": "\(dropped)"]) }
        var buried = Self.chunk
        while buried >= Self.chunk {
            buried = try await database.query(tooOld).count + database.query(tooMany).count
        }
        try await database.batch([
            "delete from igny8_job_windows where ends_at <= (select igny8_now())",
            """
            delete from igny8_workers
            where queue = \(queue) and state <> 'alive' and beat_at < now() - interval '1 day'
            """,
        ])
    }

    private var tooOld: SQL {
        bury(
            """
            select id from igny8_dead_jobs
            where queue = \(queue) and died_at < now() - make_interval(days => \(retention.deadDays)::int)
            order by id limit \(Self.chunk)
            """
        )
    }

    private var tooMany: SQL {
        bury(
            """
            select id from igny8_dead_jobs where queue = \(queue)
            order by id desc offset \(retention.deadJobs) limit \(Self.chunk)
            """
        )
    }

    private func bury(_ ids: SQL) -> SQL {
        """
        with gone as (delete from igny8_dead_jobs where id in (\(fragment: ids)) returning id),
        steps as (delete from igny8_job_steps s using gone g where s.job_id = g.id)
        select id from gone
        """
    }
}
