public import Postgres

/// Reading jobs, and the few things people may do to them. Everything runs in the caller's transaction or connection,
/// under its row security: scope `system` sees all, scope `account` its own.
public enum JobStore {
    /// The jobs that match, newest first.
    public static func list(
        _ filter: JobFilter = JobFilter(),
        limit: Int = 50,
        offset: Int = 0,
        in queries: some PostgresQuerying
    ) async throws -> [JobRecord] {
        let rows = try await queries.query(
            """
            select * from (\(fragment: everywhere(filter))) every_job
            order by id desc limit \(limit) offset \(offset)
            """
        )
        return try rows.map(JobRecord.init)
    }

    /// How many jobs match.
    public static func count(_ filter: JobFilter = JobFilter(), in queries: some PostgresQuerying) async throws -> Int {
        let rows = try await queries.query("select count(*) as n from (\(fragment: everywhere(filter))) every_job")
        return try rows[0].decode("n")
    }

    /// The job of this id, wherever it is in its life; nil when there is none, or none that this caller may see.
    public static func find(_ id: Int64, in queries: some PostgresQuerying) async throws -> JobRecord? {
        let rows = try await queries.query(
            """
            select * from (\(fragment: everywhere(JobFilter()))) every_job where id = \(id)
            order by finished_at desc nulls first limit 1
            """
        )
        return try rows.first.map(JobRecord.init)
    }

    /// The three tables a job may be in, as one. The filters stand inside, so that each table's index serves.
    private static func everywhere(_ filter: JobFilter) -> SQL {
        let table = { (columns: SQL, source: SQL, status: SQL) -> SQL in
            """
            select id, queue, task, account_id, \(fragment: status) as status, attempt, max_attempts,
                   priority::int as priority, unique_key, run_at, created_at, errors, traceparent, \(fragment: columns)
            from \(fragment: source)
            where (\(filter.queue)::text is null or queue = \(filter.queue))
              and (\(filter.task)::text is null or task = \(filter.task))
              and (\(filter.status?.rawValue)::text is null or \(fragment: status) = \(filter.status?.rawValue))
              and (\(filter.account)::bigint is null or account_id = \(filter.account))
              and (\(filter.before)::bigint is null or id < \(filter.before))
            """
        }
        let live = table(
            """
            progress, note, retry_at, started_at, null::timestamptz as finished_at,
            cancel_requested_at is not null as cancel_requested, null::jsonb as result, payload, held, limit_keys
            """,
            "igny8_jobs",
            "state"
        )
        let finished = table(
            """
            progress, note, null::timestamptz as retry_at, started_at, finished_on as finished_at,
            false as cancel_requested, result, null::jsonb as payload, null::text as held, null::text as limit_keys
            """,
            "igny8_job_history",
            "outcome"
        )
        let dead = table(
            """
            null::float8 as progress, null::text as note, null::timestamptz as retry_at,
            null::timestamptz as started_at, died_on as finished_at, false as cancel_requested,
            null::jsonb as result, payload, null::text as held, limit_keys
            """,
            "igny8_dead_jobs",
            "'dead'"
        )
        return live + " union all " + finished + " union all " + dead
    }
}
