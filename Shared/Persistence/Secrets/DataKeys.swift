import DomainModel
import Postgres

/// `igny8_data_keys`: wrapped keys only.
enum DataKeys {
    struct Row: Sendable {
        let id: Int64
        let account: Account.ID
        let generation: Int
        let wrapped: [UInt8]
        let wrappedBy: String
    }

    private static let columns: SQL = "id, account_id, generation, wrapped_key, wrapped_by"

    private static func decode(_ row: PostgresRow) throws -> Row {
        try Row(
            id: row.decode("id"),
            account: row.id("account_id"),
            generation: row.decode("generation"),
            wrapped: row.decode("wrapped_key"),
            wrappedBy: row.decode("wrapped_by")
        )
    }

    static func current(of account: Account.ID, in queries: some PostgresQuerying) async throws -> Row? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_data_keys
            where account_id = \(account.rawValue) and retired_at is null
            """
        ).first.map(decode)
    }

    static func find(_ id: Int64, of account: Account.ID, in queries: some PostgresQuerying) async throws -> Row? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_data_keys
            where id = \(id) and account_id = \(account.rawValue)
            """
        ).first.map(decode)
    }

    static func insert(
        _ wrapped: [UInt8],
        by wrapper: String,
        of account: Account.ID,
        generation: Int,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into igny8_data_keys (account_id, generation, wrapped_key, wrapped_by)
            values (\(account.rawValue), \(generation), \(wrapped), \(wrapper))
            on conflict do nothing
            """
        )
    }

    /// Keys that another key wrapped, held until the transaction ends.
    static func wrapped(
        notBy wrapper: String,
        limit: Int,
        in tx: PostgresTransaction
    ) async throws -> [Row] {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_data_keys
            where wrapped_by <> \(wrapper) order by id limit \(limit) for no key update
            """
        ).map(decode)
    }

    static func replace(
        _ wrapped: [(id: Int64, bytes: [UInt8])],
        by wrapper: String,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.batch(
            wrapped.map { key in
                """
                update igny8_data_keys set wrapped_key = \(key.bytes), wrapped_by = \(wrapper), rewrapped_at = now()
                where id = \(key.id)
                """
            }
        )
    }
}
