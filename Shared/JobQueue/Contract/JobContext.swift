public import Logging

/// What a running task knows about its attempt, and how it makes its effect happen once.
///
/// | Level | Offered | Guarantee |
/// |---|---|---|
/// | 0 | ``idempotencyKey`` | at least once; the callee deduplicates |
/// | 1 | ``complete(in:)`` | effects in PostgreSQL exactly once; a stale claim undoes them |
/// | 2 | ``step(_:_:)`` | a finished step is not repeated after a crash |
/// | 3 | ``fence`` | a paused worker's late write is refused by a system that compares |
/// | 4 | effect rows written at level 1, sent by jobs of their own | one durable intent, one effect |
///
/// A worker that is frozen longer than its lease can still be in the middle of an outside call: only levels 0, 3 and 4
/// cover that.
public struct JobContext: Sendable {
    /// The job's id.
    public var id: Int64 { current.job.id }
    /// Its queue.
    public var queue: String { worker.queue }
    /// Its task.
    public var task: String { current.job.task }
    /// The tenant it works for; nil is the system.
    public var account: Int64? { current.job.account }
    /// Which attempt this is; the first is 1. Snoozes, drains and dead workers do not count.
    public var attempt: Int { current.job.attempt }
    /// How many attempts it has.
    public var maxAttempts: Int { current.job.maxAttempts }
    /// The same for every attempt of this job: hand it to providers that know idempotency keys.
    public var idempotencyKey: String { "igny8-job-\(current.job.id)" }
    /// Grows with every claim of this job: hand it to systems that refuse a smaller one than they have seen.
    public var fence: Int64 { current.job.fence }
    /// The W3C `traceparent` of what caused the job.
    public var trace: String? { current.job.traceparent }
    /// Carries the job's id, task, account, attempt and trace.
    public var logger: Logger {
        // Made when asked for: most jobs have nothing to say.
        var logger = workerLogger
        logger[metadataKey: "job"] = "\(id)"
        logger[metadataKey: "task"] = "\(task)"
        logger[metadataKey: "attempt"] = "\(attempt)"
        if let account { logger[metadataKey: "account"] = "\(account)" }
        if let trace = TraceCarrier.traceID(trace) { logger[metadataKey: "trace"] = "\(trace)" }
        return logger
    }

    let current: Attempt
    let worker: WorkerIdentity
    let database: QueueDatabase
    private let workerLogger: Logger

    init(_ current: Attempt, worker: WorkerIdentity, database: QueueDatabase, logger: Logger) {
        self.current = current
        self.worker = worker
        self.database = database
        workerLogger = logger
    }
}
