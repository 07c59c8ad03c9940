public import Foundation

/// A job that does not exist yet: hand it to ``JobProducer/enqueue(_:in:)`` inside the transaction of its cause.
public struct NewJob: Sendable {
    /// The queue, which names the workers: `subscriptions`, `core`, ….
    public var queue: String
    /// The task that will run, see ``JobTask/name``.
    public var task: String
    /// The tenant the job works for, or nil for the system's own.
    public var account: Int64?
    /// What the task is given, kept as JSON.
    public var payload: any Encodable & Sendable
    /// While an unfinished job of the same task has the same key, another one is not accepted.
    public var uniqueKey: String?
    /// When it falls due, in business time; nil is at once.
    public var runAt: Date?
    /// Higher goes first among the jobs that are due; -100 to 100, usually 0.
    public var priority: Int
    /// With it, the key stays taken until the window has passed, also after the job has ended; business time.
    public var uniqueWindow: UniqueWindow?
    /// What it shares limits with, such as `ahrefs:7`; see ``JobLimit``.
    public var limitKeys: [String]
    /// The W3C `traceparent` it goes on with; nil is that of who enqueues it.
    public var trace: String?
    /// How often it may be attempted, where that differs from the task's own ``RetryPolicy``.
    public var maxAttempts: Int?

    /// A job for `task` of `queue`.
    public init(
        queue: String,
        task: String,
        account: Int64?,
        payload: some Encodable & Sendable,
        uniqueKey: String? = nil,
        runAt: Date? = nil,
        priority: Int = 0,
        maxAttempts: Int? = nil,
        uniqueWindow: UniqueWindow? = nil,
        limitKeys: [String] = []
    ) {
        self.queue = queue
        self.task = task
        self.account = account
        self.payload = payload
        self.uniqueKey = uniqueKey
        self.runAt = runAt
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.uniqueWindow = uniqueWindow
        self.limitKeys = limitKeys
    }
}
