public import DomainModel
import Foundation
public import Postgres

/// `igny8_indexing_keys`: a service's key, or the IndexNow key of a host; sealed.
public enum IndexingKeys {
    /// A key without the key.
    public struct Key: Sendable {
        /// The row's id.
        public let id: Int64
        /// For whom it is sealed: the agency, or the client whose host it is of.
        public let accountID: Account.ID
        /// Whose.
        public let service: IndexingServiceKey
        /// Of an IndexNow key.
        public let host: String
        /// Grows with each key.
        public let version: Int
        /// Whether it works.
        public let status: IndexingKeyStatus
    }

    private static let columns: SQL = "id, account_id, service, host, key_version, status"

    private static func decode(_ row: PostgresRow) throws -> Key {
        try Key(
            id: row.decode("id"),
            accountID: row.id("account_id"),
            service: row.word("service"),
            host: row.decode("host"),
            version: row.decode("key_version"),
            status: row.word("status")
        )
    }

    /// A key by its id.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Key? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_indexing_keys
            where id = \(id) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The key of a service, or of a host.
    public static func find(
        _ service: IndexingServiceKey,
        host: String = "",
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Key? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_indexing_keys
            where service = \(service.rawValue) and host = \(host) and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// Keys that do not work now, and may again: a balance that was topped up.
    public static func resting(in queries: some PostgresQuerying) async throws -> [Key] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_indexing_keys where status in ('empty', 'testing') order by id
            """
        ).map(decode)
    }

    /// A new key, in the place of the one before; a test says whether it works.
    public static func put(
        _ secret: String,
        of service: IndexingServiceKey,
        host: String = "",
        account: Account.ID,
        sealedBy box: SecretBox,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Key {
        let row = try await tx.query(
            """
            insert into igny8_indexing_keys as old (account_id, service, host, api_key_last4, created_by)
            values (\(account.rawValue), \(service.rawValue), \(host), \(String(secret.suffix(4))),
                \(createdBy?.rawValue))
            on conflict (service, host) do update set account_id = excluded.account_id,
                api_key_last4 = excluded.api_key_last4, key_version = old.key_version + 1, status = 'testing',
                balance = null, check_balance = null, tested_at = null, last_error = null,
                created_by = excluded.created_by
            returning id
            """
        ).only()
        let id: Int64 = try row.decode("id")
        let sealed = try await box.seal(Array(secret.utf8), for: place(id, account), in: tx)
        return try await decode(
            tx.query(
                """
                update igny8_indexing_keys set api_key = \(sealed) where id = \(id) returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// The key itself: for the worker alone, and for no longer than a call.
    public static func secret(
        of key: Key,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> String {
        let sealed: [UInt8] = try await queries.query(
            "select api_key from igny8_indexing_keys where id = \(key.id)"
        ).only().decode("api_key")
        let bytes = try await box.open(sealed, from: place(key.id, key.accountID), in: queries)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func place(_ id: Int64, _ account: Account.ID) -> SecretBox.Place {
        SecretBox.Place(table: "igny8_indexing_keys", row: id, account: account)
    }

    /// Writes down what a call has taught about a key, unless there is another one by now.
    /// - Returns: whether its status changed.
    @discardableResult
    public static func note(
        _ key: Key,
        _ status: IndexingKeyStatus,
        balance: Int? = nil,
        checkBalance: Int? = nil,
        error: String? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            with before as (
                select id, status from igny8_indexing_keys where id = \(key.id) and key_version = \(key.version)
                for no key update
            )
            update igny8_indexing_keys k set status = \(status.rawValue), balance = coalesce(\(balance), k.balance),
                check_balance = coalesce(\(checkBalance), k.check_balance), last_error = \(error),
                tested_at = igny8_now()
            from before where k.id = before.id
            returning before.status <> \(status.rawValue) as changed
            """
        ).first?.decode("changed") ?? false
    }

    /// Forgets a key.
    /// - Returns: whether there was one.
    public static func remove(_ id: Int64, for tenant: Tenant, in queries: some PostgresQuerying) async throws -> Bool {
        try await queries.query(
            "delete from igny8_indexing_keys where id = \(id) and \(fragment: tenant.owns())"
        ).affected > 0
    }
}
