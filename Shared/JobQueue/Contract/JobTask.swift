/// One kind of work: a file, a name, a payload, a function that may be run twice and changes the world once.
///
/// The usual body: read → call the provider outside any transaction → one transaction that stores the result and calls
/// ``JobContext/complete(in:)``, so that the effect in our books happens exactly once.
public protocol JobTask: Sendable {
    /// What the job carries. Keep it small: ids, not documents.
    associatedtype Payload: Codable & Sendable

    /// The name in rows, logs and metrics, such as `collect_payment`. Never changed while jobs of it wait.
    static var name: String { get }

    /// How failures are retried.
    var retry: RetryPolicy { get }

    /// How long one attempt may take; then it is cancelled and counts as failed.
    var timeout: Duration { get }

    /// What its jobs may not do all at once. Two tasks that declare a limit of the same name share it.
    var limits: [JobLimit] { get }

    /// Does the work. Returning completes the job; ``JobError`` decides its fate; any other error means: try again later.
    func run(_ payload: Payload, _ context: JobContext) async throws
}

extension JobTask {
    /// ``RetryPolicy/standard``.
    public var retry: RetryPolicy { .standard }

    /// A minute: twice what the slowest provider call may take.
    public var timeout: Duration { .seconds(60) }

    /// None.
    public var limits: [JobLimit] { [] }
}
