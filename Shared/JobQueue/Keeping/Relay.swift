import Logging
import Postgres

/// Admits jobs: R1 wait for a bell or a while → R2 room = window − length of the list → R3 due jobs become queued → R4
/// their hints are pushed.
struct Relay: Sendable {
    let worker: WorkerIdentity
    let database: QueueDatabase
    let hints: HintList?
    let failpoints: Failpoints
    let logger: Logger
    /// Rung when the business clock was moved, a job for later was written, a retry was noted, a queue was resumed.
    let stirred: Wakeup

    /// Between two looks at a queue that has nothing to admit.
    private static let idle: Duration = .seconds(1)
    /// Between two looks while more is due than the list has room for: a full window of 256 is worked off no faster.
    private static let busy: Duration = .milliseconds(5)

    /// Runs until the task is cancelled.
    func run(_ lease: Lease) async {
        while !Task.isCancelled {
            var wait = Self.idle
            do {
                wait = try await round(lease)
            } catch {
                if Task.isCancelled { return }
                logger.warning("relay failed", metadata: ["error": "\(error)"])
            }
            if wait > .zero { await stirred.wait(upTo: wait) }
        }
    }

    /// One round; gives how long to wait before the next.
    private func round(_ lease: Lease) async throws -> Duration {
        // Without Redis nobody reads the list: workers claim what is due by themselves.
        guard let hints else { return Self.idle }
        try await failpoints.reach(.awakeBeforeCredit)
        let answers = try await database.batch([
            AdmitStatement.capacity(queue: worker.queue), AdmitStatement.nextRetry(queue: worker.queue),
        ])
        let capacity: Int = try answers[0][0].decode("capacity")
        let length = try await hints.length()
        let room = HintWindow.size(capacity: capacity) - length
        guard room > 0 else { return Self.busy }
        try await failpoints.reach(.creditBeforeAdmit)
        let admitted = try await database.query(
            AdmitStatement.make(queue: worker.queue, room: room, lease: lease)
        )
        var ids: [Int64] = []
        ids.reserveCapacity(admitted.count)
        for row in admitted { ids.append(try row.decode(0)) }
        guard !ids.isEmpty else {
            let retry = try answers[1].first?.decode("seconds", as: Double?.self)
            return min(Self.idle, .seconds(max(retry ?? 1, 0.001)))
        }
        try await failpoints.reach(.queuedBeforeHint)
        try await hints.push(ids)
        try await failpoints.reach(.hintedBeforeWait)
        // Fewer than there was room for: all that is due is admitted, and another look tells when to come again.
        return ids.count < room ? .zero : Self.busy
    }
}
