import Logging
import Postgres

/// W5 and W6: writes outcomes in batches. A batch is whatever has come together while the one before was on its way, so
/// a lone outcome goes at once and a thousand go together.
actor Acker {
    private let worker: WorkerIdentity
    private let database: QueueDatabase
    private let attempts: Attempts
    private let metrics: [String: TaskMetrics]
    private let failpoints: Failpoints
    private let logger: Logger
    /// Called after outcomes that leave work to the relay (a retry to time, a job given back).
    private let leftWork: @Sendable ([Int64]) async -> Void

    private var waiting: [(outcome: Outcome, attempt: Attempt)] = []
    private let arrived = Wakeup()
    private let drained = Wakeup()
    private var isWriting = false
    private var isDiscarding = false

    /// 256 rows are written in about 5 ms: more would only make the first of them wait.
    private static let largestBatch = 256

    init(
        worker: WorkerIdentity,
        database: QueueDatabase,
        attempts: Attempts,
        metrics: [String: TaskMetrics],
        failpoints: Failpoints,
        logger: Logger,
        leftWork: @escaping @Sendable ([Int64]) async -> Void
    ) {
        self.worker = worker
        self.database = database
        self.attempts = attempts
        self.metrics = metrics
        self.failpoints = failpoints
        self.logger = logger
        self.leftWork = leftWork
    }

    func add(_ outcome: Outcome, of attempt: Attempt) {
        guard !isDiscarding else { return attempts.end(attempt) }
        waiting.append((outcome, attempt))
        arrived.ring()
    }

    /// The worker was declared dead: its outcomes count for nothing.
    func discard() {
        isDiscarding = true
        let dropped = waiting
        waiting = []
        for (_, attempt) in dropped { attempts.end(attempt) }
        arrived.ring()
    }

    func run() async {
        while !Task.isCancelled {
            if waiting.isEmpty { await arrived.wait() }
            let batch = Array(waiting.prefix(Self.largestBatch))
            guard !batch.isEmpty else { continue }
            waiting.removeFirst(batch.count)
            isWriting = true
            await write(batch)
            isWriting = false
            if waiting.isEmpty { drained.ring() }
        }
    }

    /// Returns when everything added so far is written, or after `limit`.
    func flush(upTo limit: Duration) async {
        let end = Instant.now + limit
        while !waiting.isEmpty || isWriting, Instant.now < end {
            await drained.wait(upTo: Instant.now.duration(to: end))
        }
    }

    /// Sends a batch until PostgreSQL has answered: its outcomes must not be lost while the worker lives.
    private func write(_ batch: [(outcome: Outcome, attempt: Attempt)]) async {
        let outcomes = batch.map(\.outcome).sorted { $0.job < $1.job }
        var wait: Duration = .milliseconds(50)
        var isRepeated = false
        while !isDiscarding, !Task.isCancelled {
            do {
                try await failpoints.reach(.beforeAcknowledge)
                let rows = try await database.query(AcknowledgeStatement.make(outcomes, worker: worker.id))
                var written: [Int64: Verdict] = [:]
                for row in rows {
                    written[try row.decode(0)] = Verdict(rawValue: try row.decode(1))
                }
                try await failpoints.reach(.acknowledgedBeforeRelease)
                await settle(batch, written, isRepeated: isRepeated)
                try await failpoints.reach(.slotsFreed)
                return
            } catch {
                isRepeated = true
                logger.warning("outcomes not written, trying again", metadata: ["error": "\(error)"])
                if batch.count > 1, (error as? PostgresError)?.sqlState != nil {
                    // One that PostgreSQL refuses must not hold the others.
                    for one in batch { await write([one]) }
                    return
                }
                try? await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(1))
            }
        }
        for (_, attempt) in batch { attempts.end(attempt) }
    }

    private func settle(
        _ batch: [(outcome: Outcome, attempt: Attempt)],
        _ written: [Int64: Verdict],
        isRepeated: Bool
    ) async {
        var missing: [Outcome] = []
        var left: [Int64] = []
        var released: [Int64] = []
        for (outcome, attempt) in batch {
            let metrics = metrics[attempt.job.task]
            if let verdict = written[outcome.job] {
                metrics?.ended(verdict, after: attempt.startedAt.duration(to: .now))
                if verdict == .retried || verdict == .snoozed { left.append(outcome.job) }
                if verdict == .released { released.append(outcome.job) }
            } else {
                missing.append(outcome)
                metrics?.wasStale()
            }
            attempts.end(attempt)
        }
        if !left.isEmpty || !released.isEmpty { await leftWork(released) }
        guard !missing.isEmpty else { return }
        // An answer lost on the way looks like a stale claim; history knows.
        var lateAnswers = 0
        if isRepeated {
            lateAnswers = (try? await database.query(AcknowledgeStatement.alreadyWritten(missing)).count) ?? 0
        }
        if lateAnswers < missing.count {
            logger.info("stale outcomes dropped", metadata: ["jobs": "\(missing.count - lateAnswers)"])
        }
    }
}
