import Postgres
import Testing

@testable import JobQueue

extension Model {
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
        for id in try await admit(room: room, by: lease) {
            for _ in 0..<Int.random(in: 0...2, using: &random) { hints.append(id) }
        }
    }

    /// One round of a relay; gives what was admitted.
    mutating func admit(room: Int, by lease: Lease) async throws -> [Int64] {
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
            let job: Int64 = try row.decode(0)
            claims.append(Claim(job: job, nonce: nonce, worker: worker))
            #expect(current[job] == nil, "I3: a second claim while one is current; \(place)")
            current[job] = nonce
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
        for round in 0...Int.random(in: 0...1, using: &random) {
            var accepted: [Int64] = []
            for row in try await database.keyed(CompleteStatement.make(plain, worker: worker), commit: .durable) {
                accepted.append(try row.decode(0))
                completions[try row.decode(0), default: 0] += 1
            }
            for row in try await database.query(AcknowledgeStatement.make(others, worker: worker)) {
                accepted.append(try row.decode(0))
                let verdict = try row.decode(1, as: String.self)
                if verdict == Verdict.completed.rawValue { completions[try row.decode(0), default: 0] += 1 }
            }
            #expect(round == 0 || accepted.isEmpty, "I4: an outcome was accepted twice; \(place)")
            for job in accepted {
                let isCurrent = outcomes.contains { $0.job == job && $0.nonce == current[job] }
                #expect(isCurrent, "I4: an outcome of a claim that is not current was accepted; \(place)")
                current[job] = nil
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
        try await reap()
        let left = try await database.query(
            "select from igny8_jobs where worker_id = \(victim) and state = 'running'"
        )
        #expect(left.isEmpty, "I5: a dead worker still runs jobs; \(place)")
        try await hire()
    }

    private mutating func reap() async throws {
        let statement = ReapStatement.jobs(
            queue: shop.queue,
            grace: .zero,
            crashLimit: 3,
            limit: 100,
            lease: lease
        )
        for row in try await database.query(statement) { current[try row.decode(0)] = nil }
    }

    /// A handler that goes on after its time: the reaper takes its job away, its worker lives.
    mutating func outliveDeadline() async throws {
        guard let claim = claims.randomElement(using: &random) else { return }
        try await database.query(
            """
            update igny8_jobs set deadline_at = now() - interval '1 s'
            where id = \(claim.job) and claim_nonce = \(claim.nonce)
            """
        )
        try await reap()
    }

    /// T4 in the caller's own transaction, which may roll back.
    mutating func completeInTransaction() async throws {
        guard let claim = claims.randomElement(using: &random) else { return }
        let commits = Bool.random(using: &random)
        let complete: SQL = "select igny8_complete_job(\(claim.job), \(claim.nonce), \(claim.worker), null) as id"
        do {
            let ended = try await shop.asSystem { transaction in
                let ended: Int64? = try await transaction.query(complete)[0].decode("id")
                if !commits { throw Mishap("rolled back") }
                return ended
            }
            guard ended != nil else { return }
            #expect(current[claim.job] == claim.nonce, "I4: a stale claim ended its job; \(place)")
            current[claim.job] = nil
            completions[claim.job, default: 0] += 1
        } catch is Mishap {}
    }

    /// Another keeper takes over; the old one goes on as if nothing had been, and its statements change nothing.
    mutating func changeKeeper() async throws {
        lostLeases.append(lease)
        let holder = lease.holder + 1
        try await database.query(
            "update igny8_leases set expires_at = now() - interval '1 s' where name = \(lease.name)"
        )
        let row = try await database.query(Lease.acquire(lease.name, holder: holder, lasting: .seconds(600)))[0]
        lease = Lease(name: lease.name, holder: holder, fence: try row.decode("fence"))
        for lost in lostLeases.suffix(2) {
            let admitted = try await admit(room: 8, by: lost)
            #expect(admitted.isEmpty, "a keeper without the lease has admitted jobs; \(place)")
        }
    }

    /// The self-audit: what PostgreSQL says that a worker runs, and the worker does not know, is given back.
    mutating func audit() async throws {
        guard let worker = workers.randomElement(using: &random) else { return }
        let rows = try await database.query(
            "select id, claim_nonce from igny8_jobs where worker_id = \(worker) and state = 'running'"
        )
        for row in rows {
            let job: Int64 = try row.decode(0)
            let nonce: Int64 = try row.decode(1)
            if claims.contains(where: { $0.job == job && $0.nonce == nonce }) { continue }
            let released = Outcome(job: job, nonce: nonce, verdict: .released)
            if try await !database.query(AcknowledgeStatement.make([released], worker: worker)).isEmpty {
                current[job] = nil
            }
        }
    }

    /// Every queued row that has no hint gets one; then each has (I6).
    mutating func repair() async throws {
        let rows = try await database.query("select id from igny8_jobs where state = 'queued' order by id")
        for row in rows {
            let id: Int64 = try row.decode(0)
            if !hints.contains(id) { hints.append(id) }
        }
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

    private mutating func anyID(of table: String) async throws -> Int64? {
        let rows = try await database.query("select id from \(identifier: table) order by id")
        return try rows.randomElement(using: &random)?.decode("id")
    }
}
