public import Postgres

extension JobContext {
    /// Completes the job in the caller's own transaction: its effects and the job's end happen together or not at all.
    ///
    /// Throws ``JobError/staleClaim`` when the job is not this worker's any more; let it through, so that the
    /// transaction rolls back. Works under any row security: the claim itself is the right to end the job.
    public func complete(in transaction: PostgresTransaction) async throws {
        try await complete(storing: nil, in: transaction)
    }

    /// Completes the job in the caller's own transaction, with a result that `GET /jobs/{id}/` shows.
    public func complete(result: (some Encodable)?, in transaction: PostgresTransaction) async throws {
        try await complete(storing: try result.map { try PostgresJSON($0) }, in: transaction)
    }

    private func complete(storing result: PostgresJSON?, in transaction: PostgresTransaction) async throws {
        let rows = try await transaction.query(
            "select igny8_complete_job(\(id), \(current.job.nonce), \(worker.id), \(result)) as id"
        )
        guard try rows.first?.decode("id", as: Int64?.self) != nil else { throw JobError.staleClaim }
        transaction.afterCommit { [current] in current.completedInTransaction() }
    }
}

extension JobContext {
    /// Completes several jobs of one worker in one transaction: their effects and their ends happen together or not at all.
    /// - Parameter results: what `GET /jobs/{id}/` shows of each, in their order; empty where there is nothing to show.
    /// - Throws: ``JobError/staleClaim`` when one of them is not this worker's any more.
    public static func complete(
        _ contexts: [JobContext],
        results: [PostgresJSON] = [],
        in transaction: PostgresTransaction
    ) async throws {
        guard let worker = contexts.first?.worker.id else { return }
        let rows = try await transaction.query(
            """
            select count(igny8_complete_job(job.id, job.nonce, \(worker), job.result)) as ended
            from unnest(\(contexts.map(\.id)), \(contexts.map(\.current.job.nonce)), \(results)::jsonb[])
                as job (id, nonce, result)
            """
        )
        guard try rows.first?.decode("ended", as: Int.self) == contexts.count else { throw JobError.staleClaim }
        transaction.afterCommit {
            for context in contexts { context.current.completedInTransaction() }
        }
    }
}
