public import DomainModel
public import Foundation
public import Postgres

/// `igny8_indexing_batches`: what is sent to a service in one request, written before it is sent.
public enum IndexingBatches {
    /// What is asked of the service.
    public enum Purpose: String, Sendable {
        case submit
        /// Whether the pages are in the index.
        case check
    }

    /// How far it has come.
    public enum State: String, Sendable {
        case prepared
        /// It is on its way, or its worker has died.
        case sending
        /// It may have arrived.
        case unsure
        case sent
        /// The service refused it: its requests have gone elsewhere.
        case abandoned
    }

    /// A batch.
    public struct Batch: Sendable {
        /// The row's id.
        public let id: Int64
        /// What the service calls it.
        public let title: String
        /// Whose.
        public let service: IndexingServiceKey
        /// What for.
        public let purpose: Purpose
        /// Of an IndexNow batch.
        public let host: String
        /// How far it has come.
        public let state: State
        /// What the service calls the task, if it has names.
        public let providerTask: String?
        /// Business time.
        public let createdAt: Date
    }

    private static let columns: SQL = "id, title, service, purpose, host, state, provider_task, created_at"

    private static func decode(_ row: PostgresRow) throws -> Batch {
        try Batch(
            id: row.decode("id"),
            title: row.decode("title"),
            service: row.word("service"),
            purpose: row.word("purpose"),
            host: row.decode("host"),
            state: row.word("state"),
            providerTask: row.decode("provider_task"),
            createdAt: row.decode("created_at")
        )
    }

    /// A batch by its id.
    public static func find(
        _ id: Int64,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Batch? {
        try await queries.query(
            "select \(fragment: columns) from igny8_indexing_batches where id = \(id)\(fragment: lock.clause)"
        ).first.map(decode)
    }

    /// A new batch; its requests are the caller's to place.
    public static func create(
        _ purpose: Purpose,
        of service: IndexingServiceKey,
        host: String = "",
        count: Int,
        in queries: some PostgresQuerying
    ) async throws -> Batch {
        try await decode(
            queries.query(
                """
                insert into igny8_indexing_batches (service, purpose, host, url_count)
                values (\(service.rawValue), \(purpose.rawValue), \(host), \(count))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// The pages of a batch that have not been sent yet, each once.
    public static func urls(of batch: Batch, in queries: some PostgresQuerying) async throws -> [String] {
        let which: SQL =
            batch.purpose == .check
            ? "report_id = \(batch.id)" : "batch_id = \(batch.id) and (status = 'queued' or must_resubmit)"
        return try await queries.query(
            """
            select url, min(id) as first from igny8_backlink_indexing_requests where \(fragment: which)
            group by url order by first
            """
        ).map { row in try row.decode("url", as: String.self) }
    }

    /// Notes that a batch is about to be sent, and that nobody else may for as long as a request takes.
    /// - Returns: whether it was prepared, or nobody knows of it; false where another run is sending it, perhaps.
    public static func begin(_ batch: Int64, in queries: some PostgresQuerying) async throws -> State? {
        try await queries.query(
            """
            with before as (
                select id, state from igny8_indexing_batches
                where id = \(batch) and (state in ('prepared', 'unsure')
                    or state = 'sending' and sending_at < now() - interval '90 seconds')
                for no key update
            )
            update igny8_indexing_batches b set state = 'sending', sending_at = now()
            from before where b.id = before.id
            returning before.state as was
            """
        ).first.map { row in try row.word("was") }
    }

    /// Notes that a batch is back where it was: nothing of it has arrived.
    public static func restore(_ batch: Int64, because error: String, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_indexing_batches set state = 'prepared', last_error = \(error)
            where id = \(batch) and state = 'sending'
            """
        )
    }

    /// Notes why nobody knows whether it has arrived.
    public static func note(_ error: String, of batch: Int64, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_indexing_batches set state = 'unsure', last_error = \(error)
            where id = \(batch) and state = 'sending'
            """
        )
    }

    /// Ends a batch.
    /// - Returns: whether it was open until now.
    public static func end(
        _ batch: Int64,
        _ state: State,
        task: String? = nil,
        error: String? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_indexing_batches set state = \(state.rawValue), provider_task = \(task),
                last_error = coalesce(\(error), last_error),
                sent_at = case when \(state == .sent) then igny8_now() end
            where id = \(batch) and state in ('prepared', 'sending', 'unsure')
            """
        ).affected > 0
    }

    /// Batches that nobody has sent for a day: their jobs are dead.
    public static func stuck(in queries: some PostgresQuerying) async throws -> [Int64] {
        try await queries.query(
            """
            select id from igny8_indexing_batches
            where state in ('prepared', 'sending', 'unsure') and created_at < igny8_now() - interval '20 hours' order by id
            """
        ).map { row in try row.decode("id") }
    }
}
