package import Postgres

/// The queue's own way to PostgreSQL: every statement runs in scope `system`, because the queue serves all tenants.
package struct QueueDatabase: Sendable {
    private let database: PostgresDatabase

    /// What row security reads; see `0002_context.sql`.
    static let settings = [PostgresSetting("igny8.scope", "system"), PostgresSetting("igny8.actor", "queue")]

    /// Nothing but index scans and nested loops, planned once. Statistics of a queue are always wrong: taken while it
    /// was empty, used while it is full, and a plan that reads the whole queue for each batch is twenty times slower.
    private static let keyedSettings =
        settings
        + ["enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"].map {
            PostgresSetting($0, "off")
        } + [PostgresSetting("plan_cache_mode", "force_generic_plan")]

    private static let asynchronous = PostgresSetting("synchronous_commit", "off")

    /// The channel on which whoever moves the business clock says so.
    static let clockChannel = "igny8_clock"

    /// The channel on which changes are told that no hint tells: a job for later, a queue resumed. Payload: the queue.
    static let jobsChannel = "igny8_jobs"

    /// The channel on which the id of a running job is told that someone wishes to cancel.
    static let cancelChannel = "igny8_job_cancel"

    package init(_ database: PostgresDatabase) { self.database = database }

    /// One statement, one transaction, one round trip.
    @discardableResult
    package func query(_ statement: SQL) async throws(PostgresError) -> PostgresRows {
        try await database.batch([statement], settings: Self.settings, waitsForDisk: true)[0]
    }

    /// A claim or an acknowledgement: rows by their ids, planned once a connection, see ``keyedSettings``.
    @discardableResult
    package func keyed(_ statement: SQL, commit: CommitMode) async throws(PostgresError) -> PostgresRows {
        let settings = commit == .durable ? Self.keyedSettings : Self.keyedSettings + [Self.asynchronous]
        return try await database.batch([statement], settings: settings, waitsForDisk: true)[0]
    }

    /// Several statements in one transaction and one round trip.
    @discardableResult
    func batch(_ statements: [SQL]) async throws(PostgresError) -> [PostgresRows] {
        try await database.batch(statements, settings: Self.settings, waitsForDisk: true)
    }

    func transaction<Value: Sendable>(
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await database.transaction(settings: Self.settings, body)
    }

    func listen(_ channel: String) -> AsyncStream<String> { database.listen(channel) }
}
