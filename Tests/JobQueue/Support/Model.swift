import Postgres
import Testing

@testable import JobQueue

/// The queue's statements driven one by one in a random order, with hints that get lost, doubled and stale, workers that
/// die, and outcomes that come late. After each step the invariants are asked of PostgreSQL.
struct Model {
    /// A claim as its worker remembers it; it may be stale by now.
    struct Claim {
        let job: Int64
        let nonce: Int64
        let worker: Int64
    }

    let shop: Shop
    let database: QueueDatabase
    let lease: Lease
    var random: Seeded
    var hints: [Int64] = []
    var workers: [Int64] = []
    var claims: [Claim] = []
    var enqueued = 0
    var lastTenant: Int64 = -1
    var completions: [Int64: Int] = [:]

    init(_ shop: Shop, seed: UInt64) async throws {
        self.shop = shop
        database = QueueDatabase(shop.database)
        random = Seeded(state: seed)
        try await database.query("insert into igny8_queues (name) values (\(shop.queue))")
        let name = Lease.name(ofQueue: shop.queue)
        let row = try await database.query(Lease.acquire(name, holder: 1, lasting: .seconds(600)))[0]
        lease = Lease(name: name, holder: 1, fence: try row.decode("fence"))
        for _ in 0..<3 { try await hire() }
    }

    // MARK: Steps

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<15: try await enqueue()
        case 15..<30: try await admit()
        case 30..<55: try await claim()
        case 55..<80: try await acknowledge()
        case 80..<84: try await dieAndReap()
        case 84..<88: try await cancelSome()
        case 88..<91: try await reviveSome()
        case 91..<93: try await pauseAndResume()
        case 93..<96: hints.shuffle(using: &random)
        default: hints.removeLast(hints.count / 2)
        }
    }

    mutating func enqueue() async throws {
        let jobs = (0..<Int.random(in: 1...4, using: &random)).map { number in
            shop.job(
                number,
                account: [nil, 1, 2].randomElement(using: &random) ?? nil,
                uniqueKey: Int.random(in: 0..<6, using: &random) == 0 ? "k\(number)" : nil,
                priority: Int.random(in: 0...1, using: &random),
                maxAttempts: 3
            )
        }
        let silent = JobProducer(redis: nil, logger: Shop.logger)
        let ids = try await shop.enqueue(jobs, by: silent).compactMap { $0 }
        enqueued += ids.count
        hints += ids.filter { _ in Bool.random(using: &random) }
    }

    mutating func admit() async throws {
        let room = Int.random(in: 1...8, using: &random)
        for id in try await admit(room: room) {
            for _ in 0..<Int.random(in: 0...2, using: &random) { hints.append(id) }
        }
    }

    /// One round of the relay; gives what was admitted.
    private mutating func admit(room: Int) async throws -> [Int64] {
        try await database.query(PromoteStatement.make(queue: shop.queue, lease: lease))
        let statement = AdmitStatement.make(queue: shop.queue, room: room, after: lastTenant, lease: lease)
        let rows = try await database.query(statement)
        lastTenant = try rows.first?.decode("last") ?? lastTenant
        return try rows.compactMap { try $0.decode(0, as: Int64?.self) }
    }

    mutating func claim() async throws {
        guard let worker = workers.randomElement(using: &random) else { return }
        let taken = Array(hints.prefix(Int.random(in: 1...5, using: &random)))
        hints.removeFirst(taken.count)
        let nonce = Int64.random(in: .min ... .max, using: &random)
        let claimant = ClaimStatement.Claimant(
            worker: worker,
            queue: shop.queue,
            nonce: nonce,
            tasks: ClaimStatement.TaskTable([AnyTask(Work { _, _ in })])
        )
        let isHinted = Int.random(in: 0..<5, using: &random) > 0
        let statement = isHinted ? ClaimStatement.hinted(taken, claimant) : ClaimStatement.unhinted(2, claimant)
        for row in try await isHinted ? database.keyed(statement, commit: .asynchronous) : database.query(statement) {
            claims.append(Claim(job: try row.decode(0), nonce: nonce, worker: worker))
        }
    }

    /// Sends outcomes, current and stale ones, some of them twice.
    mutating func acknowledge() async throws {
        guard let worker = claims.randomElement(using: &random)?.worker else { return }
        let chosen = claims.filter { $0.worker == worker }.shuffled(using: &random).prefix(4)
        let outcomes = chosen.map { claim in
            Outcome(
                job: claim.job,
                nonce: claim.nonce,
                verdict: Verdict.allCases.randomElement(using: &random) ?? .completed,
                error: Bool.random(using: &random) ? "a mishap" : nil
            )
        }
        // Plain completions have a statement of their own; the general one takes them too.
        let isSplit = Bool.random(using: &random)
        let plain = isSplit ? outcomes.filter { CompleteStatement.suits($0) } : []
        let others = isSplit ? outcomes.filter { !CompleteStatement.suits($0) } : outcomes
        for _ in 0...Int.random(in: 0...1, using: &random) {
            for row in try await database.keyed(CompleteStatement.make(plain, worker: worker), commit: .durable) {
                completions[try row.decode(0), default: 0] += 1
            }
            for row in try await database.query(AcknowledgeStatement.make(others, worker: worker)) {
                let verdict = try row.decode(1, as: String.self)
                if verdict == Verdict.completed.rawValue { completions[try row.decode(0), default: 0] += 1 }
            }
        }
        if Int.random(in: 0..<3, using: &random) > 0 {
            let sent = Set(chosen.map(\.nonce))
            claims.removeAll { sent.contains($0.nonce) && $0.worker == worker }
        }
    }

    mutating func dieAndReap() async throws {
        guard let victim = workers.randomElement(using: &random) else { return }
        workers.removeAll { $0 == victim }
        try await database.query("update igny8_workers set state = 'dead' where id = \(victim)")
        let statement = ReapStatement.jobs(
            queue: shop.queue,
            grace: .zero,
            crashLimit: 3,
            limit: 100,
            lease: lease
        )
        try await database.query(statement)
        let left = try await database.query(
            "select from igny8_jobs where worker_id = \(victim) and state = 'running'"
        )
        #expect(left.isEmpty, "I5: a dead worker still runs jobs")
        try await hire()
    }

    mutating func cancelSome() async throws {
        guard let id = try await anyID(of: "igny8_jobs") else { return }
        _ = try await shop.asSystem { try await JobStore.cancel(id, in: $0) }
    }

    mutating func reviveSome() async throws {
        guard let id = try await anyID(of: "igny8_dead_jobs") else { return }
        _ = try await shop.asSystem { try await JobStore.retry(id, in: $0) }
    }

    mutating func pauseAndResume() async throws {
        try await shop.asSystem { try await JobStore.pause(queue: shop.queue, in: $0) }
        try await claim()
        try await shop.asSystem { try await JobStore.resume(queue: shop.queue, in: $0) }
    }

    private mutating func hire() async throws {
        let worker = Int64.random(in: 2 ... .max, using: &random)
        try await database.query(
            """
            insert into igny8_workers (id, queue, capacity, lease, host, process, version)
            values (\(worker), \(shop.queue), 8, interval '600 s', 'here', 1, '0')
            """
        )
        workers.append(worker)
    }

    private mutating func anyID(of table: String) async throws -> Int64? {
        let rows = try await database.query("select id from \(identifier: table) order by id")
        return try rows.randomElement(using: &random)?.decode("id")
    }

    // MARK: What must always be true

    func check() async throws {
        let rows = try await database.query(
            """
            select (select count(*) from igny8_jobs) as live, (select count(*) from igny8_job_history) as finished,
                   (select count(*) from igny8_dead_jobs) as dead,
                   (select count(distinct id) from (select id from igny8_jobs union all select id from igny8_job_history
                        union all select id from igny8_dead_jobs) every_job) as different,
                   (select count(*) from igny8_jobs where state = 'running' and claim_nonce is null) as unnamed,
                   (select count(*) from igny8_jobs where attempt < 0 or claim_seq < attempt) as odd,
                   (select count(*) from igny8_jobs j left join igny8_workers w on w.id = j.worker_id
                    where j.state = 'running' and w.state is distinct from 'alive') as orphans
            """
        )
        let row = rows[0]
        let all = try row.decode("live", as: Int.self) + row.decode("finished") + row.decode("dead")
        #expect(all == enqueued, "I1: a job was lost or doubled")
        #expect(try row.decode("different", as: Int.self) == enqueued, "I1: a job is in two places")
        #expect(try row.decode("unnamed", as: Int.self) == 0, "I3: a claim without a name")
        #expect(try row.decode("odd", as: Int.self) == 0, "attempts are miscounted")
        #expect(try row.decode("orphans", as: Int.self) == 0, "I5: a running job without a living worker")
        #expect(completions.values.allSatisfy { $0 == 1 }, "I4: a job was completed twice")
    }

    /// Repairs the hints, claims and completes until nothing is left: nothing may be stuck.
    mutating func finish() async throws {
        // The self-audit: what PostgreSQL says that a worker runs, and the worker has forgotten, is given back.
        for row in try await database.query("select id, claim_nonce, worker_id from igny8_jobs where state = 'running'")
        {
            let released = Outcome(job: try row.decode(0), nonce: try row.decode(1), verdict: .released)
            try await database.query(AcknowledgeStatement.make([released], worker: try row.decode(2)))
        }
        let worker = try #require(workers.first)
        let tasks = ClaimStatement.TaskTable([AnyTask(Work { _, _ in })])
        for _ in 0..<(enqueued + 1) {
            _ = try await admit(room: 1000)
            let queued = try await database.query("select id from igny8_jobs where state = 'queued'")
            let ids: [Int64] = try queued.map { try $0.decode("id") }
            let nonce = Int64.random(in: .min ... .max, using: &random)
            let claimant = ClaimStatement.Claimant(worker: worker, queue: shop.queue, nonce: nonce, tasks: tasks)
            let claimed = try await database.query(ClaimStatement.hinted(ids, claimant))
            let outcomes = try claimed.map { row in
                Outcome(job: try row.decode(0), nonce: nonce, verdict: .completed)
            }
            guard !outcomes.isEmpty else { break }
            try await database.query(AcknowledgeStatement.make(outcomes, worker: worker))
        }
        #expect(try await database.query("select from igny8_jobs").isEmpty, "a job is stuck")
    }
}

/// SplitMix64: the same walk for the same seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
