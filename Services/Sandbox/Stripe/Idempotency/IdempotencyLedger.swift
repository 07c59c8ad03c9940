import Postgres

/// Answers kept under the keys they were asked with, in the transaction of their effect: neither is without the other.
struct IdempotencyLedger: Sendable {
    struct Question: Sendable {
        var key: String
        /// `POST /v1/invoices/in_1/pay`.
        var endpoint: String
        var fingerprint: [UInt8]
    }

    struct Replay: Sendable {
        var answer: StripeAnswer
        var requestID: String
    }

    let tx: PostgresTransaction

    /// Holds the key until the transaction ends.
    /// - Returns: the answer given before, if the same was asked within 24 hours of business time.
    func open(_ question: Question) async throws -> Replay? {
        let rows = try await tx.batch([
            "select pg_try_advisory_xact_lock(hashtextextended('stripe ' || \(question.key), 0)) as held",
            """
            select endpoint, fingerprint, status, body, request_id from sandbox.stripe_idempotency
            where key = \(question.key) and created_at > igny8_now() - interval '24 hours'
            """,
        ])
        guard let lock = rows[0].first, try lock.decode("held") else { throw StripeError.keyInUse }
        guard let stored = rows[1].first else { return nil }
        guard try stored.decode("endpoint") == question.endpoint,
            try stored.decode("fingerprint", as: [UInt8].self) == question.fingerprint
        else { throw StripeError.keyMismatch }
        return Replay(
            answer: StripeAnswer(status: try stored.decode("status"), body: try stored.decode("body")),
            requestID: try stored.decode("request_id")
        )
    }

    func store(_ answer: StripeAnswer, for question: Question, requestID: String) async throws {
        try await tx.query(
            """
            insert into sandbox.stripe_idempotency (key, endpoint, fingerprint, status, body, request_id, created_at)
            values (\(question.key), \(question.endpoint), \(question.fingerprint), \(answer.status), \(answer.body),
              \(requestID), igny8_now())
            on conflict (key) do update
            set endpoint = excluded.endpoint, fingerprint = excluded.fingerprint, status = excluded.status,
              body = excluded.body, request_id = excluded.request_id, created_at = excluded.created_at
            """
        )
    }

    /// Forgets what is too old to be replayed.
    static func prune(_ database: PostgresDatabase) async throws {
        try await database.query(
            "delete from sandbox.stripe_idempotency where created_at <= igny8_now() - interval '24 hours'"
        )
    }
}
