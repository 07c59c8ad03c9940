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
    private static let busy: Duration = .milliseconds(5)
    /// The same, when the last looks have found the list full.
    private static let full: Duration = .milliseconds(50)
    /// After Redis has not answered.
    private static let withoutAnswer: Duration = .milliseconds(100)
    /// Between two looks at what changes seldom: capacity, declared limits, what was queued during a pause.
    private static let survey: Duration = .seconds(1)

    /// What the relay remembers between two rounds.
    private struct Memory {
        var turns = Turns()
        var limited = LimitedAdmission.Memory()
        var capacity = 0
        var surveyedAt: Instant?
        var redisLostAt: Instant?
        var wait = Relay.busy
    }

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
        let answers = try await database.batch([
            PromoteStatement.make(queue: worker.queue, lease: lease),
            PromoteStatement.nextRetry(queue: worker.queue), PromoteStatement.nextDue(queue: worker.queue),
            LimitStatement.isNeeded(queue: worker.queue),
        ])
        let size = HintWindow.size(capacity: memory.capacity)
        guard let (length, isDegraded) = try await length(of: size, &memory) else { return Self.withoutAnswer }
        let open = size - HintWindow.reserve(of: size) - length

        var pushed = try await admit(open, size, length, isDegraded, &memory, lease)
        metrics.admitted.increment(by: pushed)
        var wait = pushed > 0 ? waitAfter(pushed, open: open, size: size, length: length) : nil
        if try answers[3][0].decode("needed") {
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
            return wait
        }
        if open <= 0 {
            memory.wait = min(memory.wait * 2, Self.full)
            return memory.wait
        }
        let next = try [answers[1], answers[2]].compactMap { try $0.first?.decode("seconds", as: Double?.self) }
        return min(Self.idle, .seconds(max(next.min() ?? 1, 0.001)))
    }

    /// R2. Without Redis, queued rows are counted, up to the window; nil while it may come back any moment.
    private func length(of size: Int, _ memory: inout Memory) async throws -> (length: Int, isDegraded: Bool)? {
        if let hints {
            let length = try? await hints.length(tellingFastPath: HintWindow.fastPath(capacity: memory.capacity))
            if let length {
                memory.redisLostAt = nil
                return (length, false)
            }
            let lostAt = memory.redisLostAt ?? .now
            memory.redisLostAt = lostAt
            // What is admitted without a hint waits for repair, when Redis is only away for a moment.
            if lostAt.duration(to: .now) < patienceWithRedis { return nil }
        }
        let rows = try await database.query(
            """
            select count(*) from (select from igny8_jobs where queue = \(worker.queue) and state = 'queued'
                                  limit \(size)) queued
            """
        )
        return (try rows[0].decode(0), true)
    }

    /// R3 and R4. A list that is full but for its reserve takes only jobs of tenants that have no hint in it.
    private func admit(
        _ open: Int,
        _ size: Int,
        _ length: Int,
        _ isDegraded: Bool,
        _ memory: inout Memory,
        _ lease: Lease
    ) async throws -> Int {
        let room = open > 0 ? open : size - length
        guard room > 0 else { return 0 }
        try await failpoints.reach(.creditBeforeAdmit)
        let rows = try await database.query(
            AdmitStatement.make(
                queue: worker.queue,
                room: room,
                after: memory.turns.last,
                excluding: open > 0 ? [] : memory.turns.busy(length: length),
                lease: lease
            )
        )
        guard let last = try rows.first?.decode("last", as: Int64.self) else { return 0 }
        var admitted: [(id: Int64, tenant: Int64)] = []
        admitted.reserveCapacity(rows.count)
        for row in rows {
            guard let id = try row.decode(0, as: Int64?.self) else { continue }
            admitted.append((id, try row.decode(1)))
        }
        try await push(admitted, last: last, length, isDegraded, &memory)
        return admitted.count
    }

    private func push(
        _ admitted: [(id: Int64, tenant: Int64)],
        last: Int64,
        _ length: Int,
        _ isDegraded: Bool,
        _ memory: inout Memory
    ) async throws {
        let deal = memory.turns.deal(admitted, last: last, length: length)
        guard !admitted.isEmpty, let hints, !isDegraded else { return }
        try await failpoints.reach(.queuedBeforeHint)
        if !deal.tail.isEmpty { try await hints.push(deal.tail) }
        if !deal.head.isEmpty { try await hints.push(deal.head.reversed(), atHead: true) }
        try await failpoints.reach(.hintedBeforeWait)
    }

    /// Fewer than there was room for: all that is due is admitted, or others can use the rest, so another look follows at
    /// once. So it does when the workers have emptied half the list since the last: they are faster than the pause.
    private func waitAfter(_ pushed: Int, open: Int, size: Int, length: Int) -> Duration {
        pushed < open || length < size / 2 ? .zero : Self.busy
    }
}
