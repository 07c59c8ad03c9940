import Logging
import NIOConcurrencyHelpers
import Postgres

/// W5 and W6: writes outcomes in batches. A batch is whatever has come together while the one before was on its way, so
/// a lone outcome goes at once and a thousand go together.
final class Acker: Sendable {
    typealias Ended = (outcome: Outcome, attempt: Attempt)

    private struct State {
        var waiting: [Ended] = []
        var isWriting = false
        var isDiscarding = false
    }

    private let worker: WorkerIdentity
    private let database: QueueDatabase
    private let attempts: Attempts
    private let metrics: [String: TaskMetrics]
    private let failpoints: Failpoints
    private let logger: Logger
    /// Called after outcomes that leave work to the relay (a retry to time, a job given back).
    private let leftWork: @Sendable ([Int64]) async -> Void

    /// A lock and not an actor: every job comes by here once, and a hop costs more than what is done.
    private let state = NIOLockedValueBox(State())
    private let arrived = Wakeup()
    private let drained = Wakeup()

    /// What fits into 10 ms: more would only make the first of them wait for the last.
    private static let largestBatch = 1000

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
        let (isFirst, isDiscarding) = state.withLockedValue { state in
            if !state.isDiscarding { state.waiting.append((outcome, attempt)) }
            return (state.waiting.count == 1, state.isDiscarding)
        }
        if isDiscarding {
            attempts.end(attempt)
        } else if isFirst {
            arrived.ring()
        }
    }

    /// The worker was declared dead: its outcomes count for nothing.
    func discard() {
        let dropped = state.withLockedValue { state in
            state.isDiscarding = true
            defer { state.waiting = [] }
            return state.waiting
        }
        attempts.end(dropped.map(\.attempt))
        arrived.ring()
    }

    func run() async {
        while !Task.isCancelled {
            let batch = nextBatch()
            if batch.isEmpty {
                drained.ring()
                await arrived.wait()
                continue
            }
            // Two statements, so that one that is repeated is repeated as a whole.
            for part in [
                batch.filter { CompleteStatement.suits($0.outcome) },
                batch.filter { !CompleteStatement.suits($0.outcome) },
            ]
            where !part.isEmpty {
                await write(part)
            }
        }
    }

    private func nextBatch() -> [Ended] {
        state.withLockedValue { state in
            let batch = Array(state.waiting.prefix(Self.largestBatch))
            state.waiting.removeFirst(batch.count)
            state.isWriting = !batch.isEmpty
            return batch
        }
    }

    /// Returns when everything added so far is written, or after `limit`.
    func flush(upTo limit: Duration) async {
        let end = Instant.now + limit
        while state.withLockedValue({ !$0.waiting.isEmpty || $0.isWriting }), Instant.now < end {
            await drained.wait(upTo: Instant.now.duration(to: end))
        }
    }

    private var isDiscarding: Bool { state.withLockedValue { $0.isDiscarding } }

    /// Sends a batch until PostgreSQL has answered: its outcomes must not be lost while the worker lives.
    private func write(_ batch: [Ended]) async {
        var wait: Duration = .milliseconds(50)
        var isRepeated = false
        while !isDiscarding, !Task.isCancelled {
            do {
                try await failpoints.reach(.beforeAcknowledge)
                let written = try await send(batch.map(\.outcome))
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
        attempts.end(batch.map(\.attempt))
    }

    /// Gives the verdict that was written for each accepted outcome. Rows are touched in the order of their ids.
    private func send(_ outcomes: [Outcome]) async throws -> [Int64: Verdict] {
        let sorted = outcomes.sorted { $0.job < $1.job }
        var written: [Int64: Verdict] = [:]
        written.reserveCapacity(sorted.count)
        if sorted.allSatisfy({ CompleteStatement.suits($0) }) {
            for row in try await database.keyed(CompleteStatement.make(sorted, worker: worker.id), commit: .durable) {
                written[try row.decode(0)] = .completed
            }
        }
        // The others; and those that are stale, or whose rows have moved.
        let others = sorted.filter { written[$0.job] == nil }
        guard !others.isEmpty else { return written }
        for row in try await database.query(AcknowledgeStatement.make(others, worker: worker.id)) {
            written[try row.decode(0)] = Verdict(rawValue: try row.decode(1))
        }
        return written
    }

    private func settle(_ batch: [Ended], _ written: [Int64: Verdict], isRepeated: Bool) async {
        var missing: [Outcome] = []
        var left: [Int64] = []
        var released: [Int64] = []
        let now = Instant.now
        for (outcome, attempt) in batch {
            let metrics = metrics[attempt.job.task]
            if let verdict = written[outcome.job] {
                metrics?.ended(verdict, after: attempt.startedAt.duration(to: now))
                if verdict == .retried || verdict == .snoozed { left.append(outcome.job) }
                if verdict == .released { released.append(outcome.job) }
            } else {
                missing.append(outcome)
                metrics?.wasStale()
            }
        }
        attempts.end(batch.map(\.attempt))
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
