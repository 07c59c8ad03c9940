import ArgumentParser
import JobQueue
import Postgres

/// What is left when there is no worker: the claim and the acknowledgement, one after the other, from a loop.
struct Ceiling: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes queued jobs, then runs nothing but their claim and completion.",
        discussion: "Prints jobs a second. Example: igny8-bench-queue ceiling --batch 256 --connections 4"
    )

    @Option(help: "How many jobs.")
    var jobs = 50_000
    @Option(help: "Jobs to a statement.")
    var batch = 256
    @Option(help: "Connections, each with a loop of its own.")
    var connections = 4

    func run() async throws {
        let worker = Int64.random(in: 1...Int64.max)
        let first = try Place.database()
        try await first.batch(
            [
                "insert into igny8_queues (name) values (\(Place.queue)) on conflict do nothing",
                """
                insert into igny8_workers (id, queue, capacity, lease, host, process, version)
                values (\(worker), \(Place.queue), 1, '1 hour', 'bench', 0, 'ceiling')
                """,
            ],
            settings: Place.settings
        )
        let rows = try await first.batch(
            [
                """
                insert into igny8_jobs (queue, task, state, payload, run_at, queued_at)
                select \(Place.queue), \(NoOp.name), 'queued', '{"due": 0}', now(), now()
                from generate_series(1, \(jobs))
                """,
                "select id from igny8_jobs where queue = \(Place.queue) and state = 'queued' order by id",
            ],
            settings: Place.settings
        )[1]
        let ids = try rows.map { row throws(PostgresError) in try row.decode(0, as: Int64.self) }
        await first.close()
        let tasks = ClaimStatement.TaskTable([AnyTask(NoOp(tally: nil))])
        let databases = try (0..<connections).map { _ in try Place.database(connections: 1) }
        for database in databases { try await database.query("select 1") }
        let began = Moment.now
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for (lane, database) in databases.enumerated() {
                group.addTask {
                    let queue = QueueDatabase(database)
                    var done = 0
                    for start in stride(from: lane * batch, to: ids.count, by: connections * batch) {
                        let some = Array(ids[start..<min(start + batch, ids.count)])
                        let nonce = Int64.random(in: .min ... .max)
                        let claimant = ClaimStatement.Claimant(
                            worker: worker,
                            queue: Place.queue,
                            nonce: nonce,
                            tasks: tasks
                        )
                        let claimed = try await queue.keyed(
                            ClaimStatement.hinted(some, claimant),
                            commit: .asynchronous
                        )
                        var outcomes: [Outcome] = []
                        for row in claimed {
                            outcomes.append(Outcome(job: try row.decode(0), nonce: nonce, verdict: .completed))
                        }
                        done += try await queue.keyed(
                            CompleteStatement.make(outcomes, worker: worker),
                            commit: .durable
                        ).count
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        let seconds = Double(Moment.now - began) / 1e9
        guard done == ids.count else { throw ValidationError("\(ids.count) jobs waited, \(done) were done.") }
        print(Double(done) / seconds)
        for database in databases { await database.close() }
    }
}
