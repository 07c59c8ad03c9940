import Logging
import Metrics
import NIOConcurrencyHelpers
import Postgres

/// R5: sees to it that every queued row has a hint (I6), by exact difference.
///
/// Once a second it compares Redis' epoch and the server's own id with what they were: when Redis has forgotten (FLUSHALL,
/// restart, failover), every queued row is checked at once. Else, every two seconds, those queued for more than two.
struct Repair: Sendable {
    let worker: WorkerIdentity
    private let losses = Losses()
    /// After a lease, 30 seconds, the hands of a worker that hangs do not count any more.
    let longPatience: Duration
    let database: QueueDatabase
    let hints: HintList
    let metrics: QueueMetrics
    let failpoints: Failpoints
    let logger: Logger

    init(
        worker: WorkerIdentity,
        longPatience: Duration,
        database: QueueDatabase,
        hints: HintList,
        metrics: QueueMetrics,
        failpoints: Failpoints,
        logger: Logger
    ) {
        self.worker = worker
        self.longPatience = longPatience
        self.database = database
        self.hints = hints
        self.metrics = metrics
        self.failpoints = failpoints
        self.logger = logger
    }

    private static let tick: Duration = .seconds(1)
    /// A hint that is under way for longer is missing. With two ticks' wait, none is missing for more than four.
    private static let patience: Duration = .seconds(2)

    /// Runs until the task is cancelled.
    func run(_ lease: Lease) async {
        var server: String?
        var turn = 0
        while !Task.isCancelled {
            do {
                let memory = try await hints.memory()
                let epoch = try await rememberedEpoch()
                if memory.epoch == nil || memory.epoch != epoch || (server != nil && server != memory.server) {
                    try await repairAll(lease)
                } else if turn % 2 == 1 {
                    if try await repairOverdue(lease) > 0, losses.isAlarming() {
                        logger.warning("Redis loses hints again and again; is its maxmemory-policy noeviction?")
                    }
                }
                server = memory.server
            } catch {
                if Task.isCancelled { return }
                logger.debug("no repair", metadata: ["error": "\(error)"])
            }
            turn += 1
            try? await Task.sleep(for: Self.tick)
        }
    }

    private func rememberedEpoch() async throws -> String? {
        let rows = try await database.query("select redis_epoch from igny8_queues where name = \(worker.queue)")
        return try rows.first?.decode("redis_epoch", as: String?.self)
    }

    /// The epoch is written last, in Redis with the last hints and then in PostgreSQL: a crash in between repeats all.
    private func repairAll(_ lease: Lease) async throws {
        try await failpoints.reach(.beforeRepair)
        let epoch = String(UInt64.random(in: 1...UInt64.max), radix: 36)
        var pushed = 0
        var last: Int64 = 0
        var isComplete = false
        while !isComplete {
            let rows = try await database.query(
                """
                select id from igny8_jobs
                where queue = \(worker.queue) and state = 'queued' and id > \(last) and \(fragment: lease.holds)
                order by id limit \(HintWindow.largest)
                """
            )
            let ids: [Int64] = try rows.map { try $0.decode(0) }
            last = ids.last ?? last
            isComplete = ids.count < HintWindow.largest
            pushed += try await hints.repair(ids: ids, oldIDs: [], epoch: isComplete ? epoch : nil)
        }
        try await failpoints.reach(.repairedBeforeEpoch)
        try await database.query(
            """
            update igny8_queues set redis_epoch = \(epoch)
            where name = \(worker.queue) and \(fragment: lease.holds)
            """
        )
        if pushed > 0 {
            metrics.repaired.increment(by: pushed)
            logger.notice("Redis had forgotten, hints are back", metadata: ["hints": "\(pushed)"])
        }
    }

    private func repairOverdue(_ lease: Lease) async throws -> Int {
        let rows = try await database.query(
            """
            select id, queued_at < now() - make_interval(secs => \(longPatience.seconds)) as old
            from igny8_jobs
            where queue = \(worker.queue) and state = 'queued'
              and queued_at < now() - make_interval(secs => \(Self.patience.seconds)) and \(fragment: lease.holds)
            order by queued_at limit \(HintWindow.largest)
            """
        )
        guard !rows.isEmpty else { return 0 }
        var ids: [Int64] = []
        var oldIDs: [Int64] = []
        for row in rows {
            if try row.decode(1) { oldIDs.append(try row.decode(0)) } else { ids.append(try row.decode(0)) }
        }
        try await failpoints.reach(.beforeRepair)
        let pushed = try await hints.repair(ids: ids, oldIDs: oldIDs, epoch: nil)
        if pushed > 0 { metrics.repaired.increment(by: pushed) }
        return pushed
    }
}

/// Counts how often hints were missing though Redis had not forgotten its epoch. Once is a crash somewhere.
private final class Losses: Sendable {
    private let times = NIOLockedValueBox<[Instant]>([])

    /// Notes one; true with the third within a minute, and then the count begins anew.
    func isAlarming() -> Bool {
        times.withLockedValue { times in
            times.removeAll { $0.duration(to: .now) > .seconds(60) }
            times.append(.now)
            guard times.count >= 3 else { return false }
            times = []
            return true
        }
    }
}
