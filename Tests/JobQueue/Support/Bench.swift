import Postgres

@testable import JobQueue

/// A worker that is only a row: the statements are sent by the test itself.
struct Bench: Sendable {
    let database: QueueDatabase
    let worker = Int64.random(in: 1...Int64.max)
    private let queue: String

    init(_ shop: Shop) async throws {
        database = QueueDatabase(shop.database)
        queue = shop.queue
        try await database.query("insert into igny8_queues (name) values (\(queue))")
        try await database.query(
            """
            insert into igny8_workers (id, queue, capacity, lease, host, process, version)
            values (\(worker), \(queue), 8, '600 s', 'test', 1, '0')
            """
        )
    }

    func claim(_ ids: [Int64], nonce: Int64) -> SQL {
        let tasks = ClaimStatement.TaskTable([AnyTask(Work { _, _ in })])
        let claimant = ClaimStatement.Claimant(worker: worker, queue: queue, nonce: nonce, tasks: tasks)
        return ClaimStatement.hinted(ids, claimant)
    }

    func claimed(_ ids: [Int64], nonce: Int64) async throws -> [Int64] {
        let rows = try await database.keyed(claim(ids, nonce: nonce), commit: .asynchronous)
        return try rows.map { row throws(PostgresError) in try row.decode(0, as: Int64.self) }.sorted()
    }

    func complete(_ outcomes: [Outcome]) async throws -> [Int64] {
        let rows = try await database.keyed(CompleteStatement.make(outcomes, worker: worker), commit: .durable)
        return try rows.map { row throws(PostgresError) in try row.decode(0, as: Int64.self) }.sorted()
    }

    static func done(_ job: Int64, nonce: Int64) -> Outcome { Outcome(job: job, nonce: nonce, verdict: .completed) }
}
