public import Postgres

/// The way to the database for everything that has a tenant: each call says for whom and who acts, and row security is
/// told so before the first statement.
public final class Store: Sendable {
    /// The connections underneath. Statements on it directly have no tenant and therefore see no tenant's rows.
    public let database: PostgresDatabase

    /// - Parameter database: connected as `igny8_service`, whom row security binds.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Runs `body` in a transaction under a tenant.
    ///
    /// A deadlock or a serialization failure is tried again, the body from its start, up to three times: it must change
    /// nothing outside of the transaction (``PostgresTransaction/afterCommit(_:)`` is there for that).
    /// - Parameters:
    ///   - tenant: whose rows are visible and writable.
    ///   - actor: who acts, for the audit log: `user:12`, `api-key:4`, `job:991`.
    public func transaction<Value: Sendable>(
        as tenant: Tenant,
        actor: String,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await attempt(settings: tenant.settings(actor: actor), body)
    }

    /// Runs `body` under a tenant in a transaction that may not write.
    public func read<Value: Sendable>(
        as tenant: Tenant,
        actor: String,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let readOnly = PostgresSetting("transaction_read_only", "on")
        return try await attempt(settings: tenant.settings(actor: actor) + [readOnly], body)
    }

    /// Runs statements under a tenant in one flight and one transaction, on a shared connection: the cheapest way.
    public func batch(
        as tenant: Tenant,
        actor: String,
        _ statements: [SQL]
    ) async throws(PostgresError) -> [PostgresRows] {
        try await database.batch(statements, settings: tenant.settings(actor: actor))
    }

    private func attempt<Value: Sendable>(
        settings: [PostgresSetting],
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        for _ in 1..<Self.attempts {
            do {
                return try await database.transaction(settings: settings, body)
            } catch let error as PostgresError where error.isRetryable {
                continue
            }
        }
        return try await database.transaction(settings: settings, body)
    }

    /// Two transactions that met once seldom meet again; after three it is no accident.
    private static let attempts = 3
}
