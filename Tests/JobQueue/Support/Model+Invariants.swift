import Postgres
import Testing

@testable import JobQueue

extension Model {
    func check() async throws {
        let rows = try await database.query(
            """
            select (select count(*) from igny8_jobs) as live, (select count(*) from igny8_job_history) as finished,
                   (select count(*) from igny8_dead_jobs) as dead,
                   (select count(distinct id) from (select id from igny8_jobs union all select id from igny8_job_history
                        union all select id from igny8_dead_jobs) every_job) as different,
                   (select count(*) from igny8_jobs where state = 'running' and claim_nonce is null) as unnamed,
                   (select count(*) from igny8_jobs where (state = 'running') <> (claim_nonce is not null)) as misnamed,
                   (select count(*) from igny8_jobs where attempt < 0 or claim_seq < attempt) as odd,
                   (select count(*) from igny8_jobs j left join igny8_workers w on w.id = j.worker_id
                    where j.state = 'running' and w.state is distinct from 'alive') as orphans
            """
        )
        let row = rows[0]
        let all = try row.decode("live", as: Int.self) + row.decode("finished") + row.decode("dead")
        #expect(all == enqueued, "I1: a job was lost or doubled; \(place)")
        #expect(try row.decode("different", as: Int.self) == enqueued, "I1: a job is in two places; \(place)")
        #expect(try row.decode("unnamed", as: Int.self) == 0, "I3: a claim without a name; \(place)")
        #expect(try row.decode("misnamed", as: Int.self) == 0, "I3: a claim that is not running; \(place)")
        #expect(try row.decode("odd", as: Int.self) == 0, "attempts are miscounted; \(place)")
        #expect(try row.decode("orphans", as: Int.self) == 0, "I5: a running job without a living worker; \(place)")
        for row in try await database.query("select id, claim_nonce from igny8_jobs where state = 'running'") {
            let job: Int64 = try row.decode(0)
            #expect(try current[job] == row.decode(1, as: Int64.self), "I3: not the claim that was answered; \(place)")
        }
        #expect(completions.values.allSatisfy { $0 == 1 }, "I4: a job was completed twice; \(place)")
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
            _ = try await admit(room: 1_000, by: lease)
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
        #expect(try await database.query("select from igny8_jobs").isEmpty, "a job is stuck; \(place)")
    }
}
