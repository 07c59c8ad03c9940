public import FoundationEssentials
public import Postgres

/// A job as people see it, wherever its row is by now.
public struct JobRecord: Sendable, Hashable {
    /// Where a job is in its life.
    public enum Status: String, Sendable, CaseIterable {
        /// Waits for its time, for its back-off, or for room in the list.
        case pending
        /// Due, waits for a worker.
        case queued
        /// A worker has it.
        case running
        /// Done.
        case completed
        /// Cancelled before it was done.
        case cancelled
        /// Given up without being a dead letter.
        case discarded
        /// Failed for good; staff may let it run again.
        case dead
    }

    /// What a pending job waits for before it is anybody's turn.
    public enum Hold: String, Sendable {
        /// Its time, ``JobRecord/runAt``.
        case time
        /// Its task, which is paused.
        case task
    }

    /// One failed attempt.
    public struct Failure: Codable, Sendable, Hashable {
        /// Which attempt; the first is 1.
        public let attempt: Int
        /// When, in machine time, as PostgreSQL writes it (ISO 8601 with offset).
        public let at: String
        /// What it said.
        public let error: String
    }

    /// The id, the same through retries, also out of death.
    public let id: Int64
    /// The queue.
    public let queue: String
    /// The task.
    public let task: String
    /// The tenant; nil is the system.
    public let account: Int64?
    /// Where it is in its life.
    public let status: Status
    /// How far it is, 0 to 1, where the task tells.
    public let progress: Double?
    /// What it is at, where the task tells.
    public let note: String?
    /// Attempts begun so far.
    public let attempt: Int
    /// Attempts it has; nil before the first claim, when the task's policy decides.
    public let maxAttempts: Int?
    /// Higher goes first.
    public let priority: Int
    /// Of which there is one unfinished job at most.
    public let uniqueKey: String?
    /// When it fell or falls due, business time.
    public let runAt: Date
    /// Not before, after a failure; machine time.
    public let retryAt: Date?
    /// When it was written, business time.
    public let createdAt: Date
    /// When its last attempt began, machine time.
    public let startedAt: Date?
    /// When it ended, business time.
    public let finishedAt: Date?
    /// Whether someone has asked to cancel it while it ran.
    public let isCancelRequested: Bool
    /// What the task gave to ``JobContext/complete(result:in:)``.
    public let result: PostgresJSON?
    /// What it carries; nil once it is finished.
    public let payload: PostgresJSON?
    /// The failed attempts, oldest first.
    public let failures: [Failure]
    /// Why a pending job is not even considered; nil when it is, or is not pending.
    public let hold: Hold?
    /// What it shares limits with, such as `ahrefs:7`.
    public let limitKeys: [String]
    /// The W3C trace it belongs to.
    public let traceparent: String?

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        queue = try row.decode("queue")
        task = try row.decode("task")
        account = try row.decode("account_id")
        let word: String = try row.decode("status")
        guard let status = Status(rawValue: word) else {
            throw PostgresError.decoding(column: "status", reason: "unknown status \(word)")
        }
        self.status = status
        progress = try row.decode("progress")
        note = try row.decode("note")
        attempt = try row.decode("attempt")
        maxAttempts = try row.decode("max_attempts")
        priority = try row.decode("priority")
        uniqueKey = try row.decode("unique_key")
        runAt = try row.decode("run_at")
        retryAt = try row.decode("retry_at")
        createdAt = try row.decode("created_at")
        startedAt = try row.decode("started_at")
        finishedAt = try row.decode("finished_at")
        isCancelRequested = try row.decode("cancel_requested")
        result = try row.decode("result")
        payload = try row.decode("payload")
        failures = try row.decode("errors", as: PostgresJSON.self).decode([Failure].self)
        traceparent = try row.decode("traceparent")
        hold = try row.decode("held", as: String?.self).flatMap { Hold(rawValue: $0) }
        limitKeys = try row.decode("limit_keys", as: String?.self)?.split(separator: " ").map { String($0) } ?? []
    }
}
