import Logging
import Metrics
import Postgres

/// Admits jobs: R1 wait for a bell or a while → R2 room = window − length of the list → R3 due jobs become queued → R4
/// their hints are pushed.
///
/// Without Redis it goes on the same way, with queued rows in place of hints: workers then claim what is queued, oldest
/// first, so fairness, priorities and limits hold all the same.
struct Relay: Sendable {
    let worker: WorkerIdentity
    let database: QueueDatabase
    let hints: HintList?
    /// What this binary's tasks declare.
    let limits: [JobLimit]
    let patienceWithRedis: Duration
    let metrics: QueueMetrics
    let failpoints: Failpoints
    let logger: Logger
    /// Rung when the business clock was moved, something waits that no hint tells of, a retry was noted.
    let stirred: Wakeup

    /// Between two looks at a queue that has nothing to admit. Its cost is four small statements a second.
    private static let idle: Duration = .milliseconds(250)
    /// Between two looks while more is due than the list has room for: a full window of 256 is worked off no faster.
    static let busy: Duration = .milliseconds(5)
    /// The same, when the last looks have found the list full.
    private static let full: Duration = .milliseconds(50)
    /// After Redis has not answered.
    private static let withoutAnswer: Duration = .milliseconds(100)
    /// Between two looks at what changes seldom: capacity, declared limits, what was queued during a pause.
    private static let survey: Duration = .seconds(1)

    /// So many rounds in a row may leave out the look at what has ripened: they last a few milliseconds each.
    private static let hotRounds = 8

    /// Runs until the task is cancelled.
    func run(_ lease: Lease) async {
        var memory = Memory()
        while !Task.isCancelled {
            var wait = Self.idle
            do {
                wait = try await round(&memory, lease)
            } catch {
                if Task.isCancelled { return }
                logger.warning("relay failed", metadata: ["error": "\(error)"])
            }
            if wait > .zero { await stirred.wait(upTo: wait) }
        }
    }

    /// One round; gives how long to wait before the next.
    private func round(_ memory: inout Memory, _ lease: Lease) async throws -> Duration {
        try await failpoints.reach(.awakeBeforeCredit)
        if memory.surveyedAt.map({ $0.duration(to: .now) >= Self.survey }) ?? true {
            memory.capacity = try await database.query(AdmitStatement.capacity(queue: worker.queue))[0].decode(0)
            try await database.batch(
                LimitStatement.declare(limits, queue: worker.queue, lease: lease)
                    + [PauseStatement.sweep(queue: worker.queue, lease: lease)]
            )
            memory.surveyedAt = .now
        }
        let isHot = memory.hotRounds > 0
        if !isHot { try await promote(&memory, lease) }
        let size = HintWindow.size(capacity: memory.capacity, pace: memory.pace.perSecond)
        guard let (length, isDegraded) = try await length(of: size, &memory) else { return Self.withoutAnswer }
        let open = size - HintWindow.reserve(of: size) - length

        var pushed = try await admit(open, size, length, isDegraded, &memory, lease)
        metrics.admitted.increment(by: pushed)
        var wait = pushed > 0 ? waitAfter(pushed, open: open, size: size, length: length) : nil
        if memory.hasLimited {
            let admission = LimitedAdmission(queue: worker.queue, database: database, hints: hints)
            let limited = try await admission.round(
                room: size - length - pushed,
                isDegraded: isDegraded,
                &memory.limited,
                lease
            )
            try await push(limited.admitted, last: memory.turns.last, length + pushed, isDegraded, &memory)
            pushed += limited.admitted.count
            metrics.limited.increment(by: limited.admitted.count)
            wait = min(wait ?? limited.wait, limited.wait)
        }
        if let wait {
            memory.wait = Self.busy
            memory.hotRounds = wait == .zero && memory.hotRounds < Self.hotRounds ? memory.hotRounds + 1 : 0
            return wait
        }
        memory.hotRounds = 0
        // Nothing more, but what is ripe by now has not been looked at.
        if isHot { return .zero }
        if open <= 0 {
            memory.wait = min(memory.wait * 2, Self.full)
            return memory.wait
        }
        return min(Self.idle, .seconds(max(memory.nextRipe ?? 1, 0.001)))
    }

    private func promote(_ memory: inout Memory, _ lease: Lease) async throws {
        let answers = try await database.batch([
            PromoteStatement.make(queue: worker.queue, lease: lease),
            PromoteStatement.nextRetry(queue: worker.queue), PromoteStatement.nextDue(queue: worker.queue),
            LimitStatement.isNeeded(queue: worker.queue),
        ])
        memory.nextRipe = try answers[1...2].compactMap { try $0.first?.decode("seconds", as: Double?.self) }.min()
        memory.hasLimited = try answers[3][0].decode("needed")
    }
}
