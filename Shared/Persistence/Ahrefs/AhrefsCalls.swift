public import DomainModel
public import Postgres

/// `igny8_ahrefs_calls` and `igny8_ahrefs_budgets`: what calls were to cost, what they did cost, and the limit that none of
/// them passes. A call is written before it is sent, so that one whose process dies still counts.
public enum AhrefsCalls {
    /// A call that is about to be made.
    public struct Intent: Sendable {
        /// Whose units.
        public var account: Account.ID
        /// For which site; nil for the account's own questions.
        public var site: Site.ID?
        /// The job that makes it.
        public var job: Int64
        /// The job's task.
        public var task: String
        /// What is called.
        public var endpoint: AhrefsEndpoint
        /// About whom: a domain, or how many of them.
        public var target: String
        /// What it costs at most.
        public var forecast: Int

        /// Describes a call.
        public init(
            account: Account.ID,
            site: Site.ID? = nil,
            job: Int64,
            task: String,
            endpoint: AhrefsEndpoint,
            target: String,
            forecast: Int
        ) {
            self.account = account
            self.site = site
            self.job = job
            self.task = task
            self.endpoint = endpoint
            self.target = target
            self.forecast = forecast
        }
    }

    /// What became of a call.
    public struct Outcome: Sendable, Hashable {
        /// How it ended.
        public enum Status: String, Sendable {
            case done
            case failed
            /// Sent, and nothing came back: its forecast counts as spent.
            case unknown
        }

        /// How it ended.
        public var status: Status
        /// Of the answer, where there was one.
        public var httpStatus: Int?
        /// From the headers; nil where they say nothing.
        public var units: Int?
        /// From the headers.
        public var rows: Int?
        /// From the headers: `hit`, `miss`, `no_cache`.
        public var cache: String?
        /// How long it took.
        public var milliseconds: Int
        /// Why it failed, without anything secret.
        public var error: String?

        /// Records an outcome.
        public init(
            _ status: Status,
            httpStatus: Int? = nil,
            units: Int? = nil,
            rows: Int? = nil,
            cache: String? = nil,
            milliseconds: Int,
            error: String? = nil
        ) {
            self.status = status
            self.httpStatus = httpStatus
            self.units = units
            self.rows = rows
            self.cache = cache
            self.milliseconds = milliseconds
            self.error = error
        }
    }

    /// The month's budget of an account that has a connection, without a lock: for a plan, and for who looks.
    public static func budget(
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> AhrefsBudget? {
        try await queries.query(
            """
            select c.monthly_units, c.credits_remaining, coalesce(b.units_reserved, 0) as reserved,
                coalesce(b.units_spent, 0) as spent
            from igny8_ahrefs_connections c
            join igny8_accounts a on a.id = c.account_id
            left join igny8_ahrefs_budgets b on b.account_id = c.account_id
                and b.month = date_trunc('month', igny8_now() at time zone a.time_zone)::date
            where c.account_id = \(account.rawValue)
            """
        ).first.map(budget)
    }

    private static func budget(_ row: PostgresRow) throws -> AhrefsBudget {
        try AhrefsBudget(
            limit: row.decode("monthly_units"),
            keyRemaining: row.decode("credits_remaining"),
            reserved: row.decode("reserved"),
            spent: row.decode("spent")
        )
    }

    /// Reserves a call's forecast under the lock of its account's month. A reservation that an earlier attempt of the same
    /// job has left behind counts as spent from now on: that call may have been made.
    /// - Returns: the call's id; nil where it would pass the limit, which is counted.
    public static func reserve(_ intent: Intent, in tx: PostgresTransaction) async throws -> Int64? {
        try await tx.query(
            """
            insert into igny8_ahrefs_budgets (account_id, month, unit_limit)
            select c.account_id, date_trunc('month', igny8_now() at time zone a.time_zone)::date, c.monthly_units
            from igny8_ahrefs_connections c join igny8_accounts a on a.id = c.account_id
            where c.account_id = \(intent.account.rawValue)
            on conflict (account_id, month) do nothing
            """
        )
        let locked: SQL = """
            select b.id, b.month, c.monthly_units, c.credits_remaining, b.units_reserved as reserved,
                b.units_spent as spent
            from igny8_ahrefs_budgets b
            join igny8_ahrefs_connections c on c.account_id = b.account_id
            join igny8_accounts a on a.id = b.account_id
            where b.account_id = \(intent.account.rawValue)
                and b.month = date_trunc('month', igny8_now() at time zone a.time_zone)::date
            for no key update of b
            """
        guard let found = try await tx.query(locked).first else { return nil }
        let rows = try await forget("job_id = \(intent.job)", in: tx) > 0 ? tx.query(locked).first : found
        guard let row = rows else { return nil }
        let id: Int64 = try row.decode("id")
        let budget = try budget(row)
        guard budget.allows(intent.forecast) else {
            try await tx.query(
                """
                update igny8_ahrefs_budgets set stops = stops + 1, stopped_at = igny8_now(),
                    unit_limit = \(budget.limit) where id = \(id)
                """
            )
            return nil
        }
        return try await tx.query(
            """
            with budget as (
                update igny8_ahrefs_budgets set units_reserved = units_reserved + \(intent.forecast),
                    calls = calls + 1, unit_limit = \(budget.limit)
                where id = \(id) returning account_id, month
            )
            insert into igny8_ahrefs_calls (account_id, month, site_id, job_id, task, endpoint, target, units_forecast)
            select account_id, month, \(intent.site?.rawValue)::bigint, \(intent.job)::bigint, \(intent.task),
                \(intent.endpoint.rawValue), \(intent.target), \(intent.forecast)::bigint
            from budget
            returning id
            """
        ).only().decode("id")
    }

    /// Turns a reservation into what was spent, once, and books what it cost. What the headers said is also taken off what
    /// is left of the key.
    public static func settle(_ call: Int64, _ outcome: Outcome, in tx: PostgresTransaction) async throws {
        let isUnknown = outcome.status == .unknown
        let settled = try await tx.query(
            """
            with call as (
                update igny8_ahrefs_calls set status = \(outcome.status.rawValue),
                    http_status = \(outcome.httpStatus),
                    units = coalesce(\(outcome.units)::bigint, case when \(isUnknown) then units_forecast else 0 end),
                    rows = \(outcome.rows), cache = \(outcome.cache), duration_ms = \(outcome.milliseconds),
                    error = \(outcome.error)
                where id = \(call) and status = 'reserved'
                returning id, account_id, month, units_forecast, units
            ), budget as (
                update igny8_ahrefs_budgets b
                set units_reserved = b.units_reserved - call.units_forecast, units_spent = b.units_spent + call.units
                from call where b.account_id = call.account_id and b.month = call.month
            ), connection as (
                update igny8_ahrefs_connections c
                set credits_remaining = greatest(c.credits_remaining - call.units, 0)
                from call where c.account_id = call.account_id and call.units > 0
            )
            select id from call
            """
        )
        try await AhrefsCosts.book(settled.map { row in try row.decode("id") }, in: tx)
    }

    /// Gives up waiting for calls whose attempt is over: each counts as it was forecast.
    /// - Returns: how many.
    @discardableResult
    private static func forget(_ which: SQL, in tx: PostgresTransaction) async throws -> Int {
        let calls = try await tx.query(
            """
            with lost as (
                update igny8_ahrefs_calls set status = 'unknown', units = units_forecast, error = 'nobody knows'
                where status = 'reserved' and \(fragment: which)
                returning id, account_id, month, units_forecast
            ), sums as (
                select account_id, month, sum(units_forecast)::bigint as units
                from lost group by account_id, month
            ), budgets as (
                update igny8_ahrefs_budgets b
                set units_reserved = b.units_reserved - sums.units, units_spent = b.units_spent + sums.units
                from sums where b.account_id = sums.account_id and b.month = sums.month
            )
            select id from lost
            """
        )
        try await AhrefsCosts.book(calls.map { row in try row.decode("id") }, in: tx)
        return calls.count
    }

    /// Settles reservations of jobs that never came back, a day of machine time old; forgets what is older than thirteen
    /// months (the months' sums stay), and lists that nobody has refreshed for a quarter. Under the system.
    public static func tidy(in tx: PostgresTransaction) async throws {
        try await forget("reserved_at < now() - interval '1 day'", in: tx)
        try await tx.query("delete from igny8_ahrefs_calls where called_at < igny8_now() - interval '13 months'")
        try await tx.query("delete from igny8_ahrefs_cache where fetched_at < igny8_now() - interval '92 days'")
    }
}
