import Postgres

/// R2 to R4, and what is remembered between two rounds.
extension Relay {
    /// What the relay remembers between two rounds.
    struct Memory: Sendable {
        var turns = Turns()
        var limited = LimitedAdmission.Memory()
        var capacity = 0
        var pace = Pace()
        var surveyedAt: Instant?
        var redisLostAt: Instant?
        var wait = Relay.busy
        /// Seconds until the next job's time or back-off has come, when the last look found any.
        var nextRipe: Double?
        /// Whether the last look found jobs under limits.
        var hasLimited = false
        /// Rounds in a row that followed at once on one that had much to admit.
        var hotRounds = 0
    }

    /// R2. Without Redis, queued rows are counted, up to the window; nil while it may come back any moment.
    func length(of size: Int, _ memory: inout Memory) async throws -> (length: Int, isDegraded: Bool)? {
        if let hints {
            let fastPath = HintWindow.fastPath(capacity: memory.capacity, pace: memory.pace.perSecond)
            if let (length, taken) = try? await hints.measure(tellingFastPath: fastPath) {
                memory.redisLostAt = nil
                memory.pace.note(taken, at: .now)
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
    func admit(
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

    func push(
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
    func waitAfter(_ pushed: Int, open: Int, size: Int, length: Int) -> Duration {
        pushed < open || length < size / 2 ? .zero : Self.busy
    }
}
