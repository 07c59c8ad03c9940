public import Postgres

extension JobStore {
    /// A limit as it holds, and what is in flight under it.
    public struct LimitStatus: Sendable, Hashable {
        /// The queue.
        public let queue: String
        /// What it allows.
        public let limit: JobLimit
        /// Whether an operator has set it, above what the task declares.
        public let isSetByOperator: Bool
        /// Its keys with jobs in flight or waiting.
        public let keys: Int
        /// Jobs under it in the list or running, over all keys.
        public let inFlight: Int
        /// Jobs under it that wait to be admitted, over all keys.
        public let waiting: Int
    }

    /// The limits of one queue, or of all, by name.
    public static func limits(
        of queue: String? = nil,
        in queries: some PostgresQuerying
    ) async throws -> [LimitStatus] {
        let rows = try await queries.query(
            """
            select l.queue, l.name, l.concurrency, l.rate, extract(epoch from l.period)::float8 as period, l.burst,
                   l.is_set_by_operator, count(distinct u.key) as keys,
                   count(u.key) filter (where u.state in ('queued', 'running')) as in_flight,
                   count(u.key) filter (where u.state = 'pending') as waiting
            from igny8_job_limits l
            left join (
                select j.queue, j.state, key from igny8_jobs j, unnest(string_to_array(j.limit_keys, ' ')) key
                where j.limit_keys is not null) u on u.queue = l.queue and split_part(u.key, ':', 1) = l.name
            where \(queue)::text is null or l.queue = \(queue)
            group by l.queue, l.name
            order by l.queue, l.name
            """
        )
        return try rows.map { row in
            LimitStatus(
                queue: try row.decode("queue"),
                limit: try JobLimit(row),
                isSetByOperator: try row.decode("is_set_by_operator"),
                keys: try row.decode("keys"),
                inFlight: try row.decode("in_flight"),
                waiting: try row.decode("waiting")
            )
        }
    }

    /// Sets a limit, above what the task declares, until ``clearLimit(_:of:in:)``. It holds from the next round on; what
    /// is in flight is not called back.
    public static func setLimit(_ limit: JobLimit, of queue: String, in transaction: PostgresTransaction) async throws {
        try await transaction.query("insert into igny8_queues (name) values (\(queue)) on conflict do nothing")
        try await transaction.query(
            """
            insert into igny8_job_limits (queue, name, concurrency, rate, period, burst, is_set_by_operator)
            values (\(queue), \(limit.name), \(limit.concurrency), \(limit.rate?.count),
                    make_interval(secs => \(limit.rate?.period.seconds)), \(limit.rate?.burst ?? 1), true)
            on conflict (queue, name) do update
            set concurrency = excluded.concurrency, rate = excluded.rate, period = excluded.period,
                burst = excluded.burst, is_set_by_operator = true
            """
        )
        try await transaction.query("select pg_notify(\(QueueDatabase.jobsChannel), \(queue))")
    }

    /// Gives a limit back to the task that declares it; false when no operator has set one of this name.
    @discardableResult
    public static func clearLimit(
        _ name: String,
        of queue: String,
        in transaction: PostgresTransaction
    ) async throws -> Bool {
        let cleared = try await transaction.query(
            "delete from igny8_job_limits where queue = \(queue) and name = \(name) and is_set_by_operator"
        ).affected
        try await transaction.query("select pg_notify(\(QueueDatabase.jobsChannel), \(queue))")
        return cleared > 0
    }
}

extension JobLimit {
    /// A row of `igny8_job_limits`, its period in seconds.
    init(_ row: PostgresRow) throws {
        let period = try row.decode("period", as: Double?.self)
        let count = try row.decode("rate", as: Int?.self)
        let burst: Int = try row.decode("burst")
        self.init(
            try row.decode("name"),
            concurrency: try row.decode("concurrency"),
            rate: count.flatMap { count in period.map { Rate(count, per: .seconds($0), burst: burst) } }
        )
    }
}
