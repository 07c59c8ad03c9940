import Logging
import Postgres

extension JobContext {
    /// Does `body` once for this job, over all its attempts: its result is kept, and given back without running `body`
    /// when a later attempt comes here again. `name` must be unique within the task.
    ///
    /// A crash between the end of `body` and the keeping repeats `body`: inside, use ``idempotencyKey``.
    public func step<Value: Codable & Sendable>(
        _ name: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let kept = try await database.query(
            "select result from igny8_job_steps where job_id = \(id) and step = \(name)"
        )
        if let row = kept.first { return try row.decode("result", as: PostgresJSON.self).decode([Value].self)[0] }
        let value = try await body()
        // In an array, because a bare value need not be a JSON document.
        let result = try PostgresJSON([value])
        let written = try await database.query(
            """
            insert into igny8_job_steps (job_id, step, account_id, result)
            select id, \(name), account_id, \(result) from igny8_jobs
            where id = \(id) and claim_nonce = \(current.job.nonce) and worker_id = \(worker.id) and state = 'running'
            for update
            on conflict do nothing
            returning job_id
            """
        )
        guard !written.isEmpty else { throw JobError.staleClaim }
        return value
    }

    /// Tells how far the job is (0 to 1) and what it is at; `GET /jobs/{id}/` shows it. Never fails: it is only news.
    public func progress(_ fraction: Double, _ note: String) async {
        do {
            try await database.query(
                """
                update igny8_jobs set progress = \(min(max(fraction, 0), 1)), note = \(note)
                where id = \(id) and claim_nonce = \(current.job.nonce) and worker_id = \(worker.id)
                  and state = 'running'
                """
            )
        } catch {
            logger.debug("progress not written", metadata: ["error": "\(error)"])
        }
    }
}
