import Logging
import Metrics
import Postgres

/// Declares silent workers dead and gives their jobs to others.
///
/// After an outage it first stays connected for a full lease before it judges: the others could not beat either. An outage
/// is what the worker's own heartbeat has missed, also before it was the queue's keeper.
struct Reaper: Sendable {
    let worker: WorkerIdentity
    let configuration: WorkerConfiguration
    let database: QueueDatabase
    let metrics: QueueMetrics
    let pulse: Pulse
    let failpoints: Failpoints
    let logger: Logger
    /// Rings the relay: reaped jobs wait for admission.
    let stirred: Wakeup

    /// Rows in one statement: short enough not to hold locks for long.
    private static let chunk = 500

    /// Runs until the task is cancelled.
    func run(_ lease: Lease) async {
        var judgeFrom = Instant.now
        while !Task.isCancelled {
            do {
                if Instant.now >= judgeFrom, pulse.isSteady(for: configuration.lease) {
                    try await round(lease)
                } else {
                    try await database.query("select 1")
                }
                metrics.record(try await JobStore.status(ofQueue: worker.queue, in: database))
            } catch {
                if Task.isCancelled { return }
                judgeFrom = .now + configuration.lease
                logger.warning("reaper failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: configuration.beat)
        }
    }

    private func round(_ lease: Lease) async throws {
        try await failpoints.reach(.beforeReap)
        let dead = try await database.query(ReapStatement.workers(queue: worker.queue, lease: lease)).affected
        if dead > 0 { logger.warning("workers declared dead", metadata: ["workers": "\(dead)"]) }
        try await failpoints.reach(.declaredBeforeReap)
        var taken = Self.chunk
        while taken == Self.chunk {
            let rows = try await database.query(
                ReapStatement.jobs(
                    queue: worker.queue,
                    grace: configuration.deadlineGrace,
                    crashLimit: configuration.crashLimit,
                    limit: Self.chunk,
                    lease: lease
                )
            )
            taken = rows.count
            guard taken > 0 else { return }
            metrics.reaped.increment(by: taken)
            logger.warning("jobs taken from dead workers or past their deadline", metadata: ["jobs": "\(taken)"])
            stirred.ring()
        }
    }
}
