public import JobQueue

/// What a change leaves behind beside its rows, for whoever holds the transaction: jobs to queue in it, and audit events to
/// write last, because an account's chain is held from the first of them to the commit.
public struct Aftermath: Sendable {
    /// In their order.
    public var events: [AuditEvent] = []
    /// In their order.
    public var jobs: [NewJob] = []

    /// Nothing yet.
    public init() {}

    /// Both together.
    public static func += (left: inout Aftermath, right: Aftermath) {
        left.events += right.events
        left.jobs += right.jobs
    }
}
