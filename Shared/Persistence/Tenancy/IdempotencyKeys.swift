public import DomainModel
public import Postgres

/// `igny8_idempotency_keys`: the first answer to a POST, given again for 24 hours (spec 3).
///
/// A key is claimed and its answer recorded in the transaction that does the work: both are committed or neither is, and
/// a second request with the key waits for the first one's commit.
public enum IdempotencyKeys {
    /// The answer as it was sent.
    public struct Answer: Hashable, Sendable {
        /// HTTP status.
        public let status: Int
        /// Headers worth repeating.
        public let headers: [String: String]
        /// The body.
        public let body: [UInt8]

        /// Keeps an answer.
        public init(status: Int, headers: [String: String], body: [UInt8]) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    /// What a key was claimed with.
    public enum Claim: Sendable {
        /// It is new: do the work, then ``record(_:for:in:)``.
        case new(Int64)
        /// The same request was answered before.
        case answered(Answer)
        /// The key came with another request; 422.
        case differs
    }

    /// Claims a key, waiting for a request with the same key that is under way.
    /// - Parameters:
    ///   - principal: who sends it: `user:12`.
    ///   - requestHash: SHA-256 over method, path and body.
    public static func claim(
        _ key: String,
        account: Account.ID,
        principal: String,
        method: String,
        path: String,
        requestHash: [UInt8],
        in tx: PostgresTransaction
    ) async throws -> Claim {
        try await tx.query(
            """
            delete from igny8_idempotency_keys
            where account_id = \(account.rawValue) and principal = \(principal) and key = \(key) and expires_at <= now()
            """
        )
        let inserted = try await tx.query(
            """
            insert into igny8_idempotency_keys (account_id, principal, key, method, path, request_hash)
            values (\(account.rawValue), \(principal), \(key), \(method), \(path), \(requestHash))
            on conflict (account_id, principal, key) do nothing
            returning id
            """
        )
        if let row = inserted.first { return .new(try row.decode("id")) }
        let known = try await tx.query(
            """
            select request_hash, response_status, response_headers, response_body from igny8_idempotency_keys
            where account_id = \(account.rawValue) and principal = \(principal) and key = \(key)
            """
        ).only()
        guard try known.decode("request_hash", as: [UInt8].self) == requestHash,
            let status = try known.decode("response_status", as: Int?.self)
        else { return .differs }
        return .answered(
            Answer(
                status: status,
                headers: try known.json("response_headers"),
                body: try known.decode("response_body")
            )
        )
    }

    /// Records the answer to a claimed key.
    public static func record(_ answer: Answer, for claim: Int64, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            update igny8_idempotency_keys set response_status = \(answer.status),
                response_headers = \(try PostgresJSON(answer.headers)), response_body = \(answer.body), finished_at = now()
            where id = \(claim)
            """
        )
    }

    /// Forgets what is older than 24 hours; under the system.
    /// - Returns: how many were forgotten.
    @discardableResult
    public static func purge(in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query("delete from igny8_idempotency_keys where expires_at <= now()").affected
    }
}
