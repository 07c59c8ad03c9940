public import DomainModel
public import Foundation
public import Postgres

/// `igny8_api_keys`: only the hash of a key is kept, and the prefix it is recognised by.
public enum ApiKeys {
    static let columns: SQL = """
        id, account_id, name, prefix, scopes, expires_at, revoked_at, last_used_at, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<ApiKey> {
        try Stored(
            ApiKey(
                id: row.id("id"),
                accountID: row.id("account_id"),
                name: row.decode("name"),
                prefix: row.decode("prefix"),
                scopes: Set(row.decode("scopes", as: [String].self).compactMap(ApiScope.init(rawValue:))),
                expiresAt: row.decode("expires_at"),
                revokedAt: row.decode("revoked_at"),
                lastUsedAt: row.decode("last_used_at")
            ),
            row
        )
    }

    /// A key, when the tenant may see it.
    public static func find(
        _ id: ApiKey.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ApiKey>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_api_keys
            where id = \(id.rawValue) and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// Whose key it is, over all accounts: for authentication, under the system. It may be expired or revoked.
    public static func find(key: String, in queries: some PostgresQuerying) async throws -> Stored<ApiKey>? {
        try await queries.query(
            "select \(fragment: columns) from igny8_api_keys where key_hash = \(TokenHash.of(key))"
        ).first.map(decode)
    }

    /// Stores a new key's hash; the key itself is shown once by whoever made it.
    public static func create(
        account: Account.ID,
        name: String,
        key: String,
        prefix: String,
        scopes: Set<ApiScope>,
        expiresAt: Date?,
        createdBy: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ApiKey> {
        try await decode(
            queries.query(
                """
                insert into igny8_api_keys (account_id, name, prefix, key_hash, scopes, expires_at, created_by)
                values (\(account.rawValue), \(name), \(prefix), \(TokenHash.of(key)), \(scopes.map(\.rawValue).sorted()),
                    \(expiresAt), \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Ends a key at once.
    /// - Returns: whether it was still good.
    @discardableResult
    public static func revoke(
        _ id: ApiKey.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_api_keys set revoked_at = now()
            where id = \(id.rawValue) and revoked_at is null and \(fragment: tenant.owns())
            """
        ).affected > 0
    }

    /// Notes a use, at most once a minute, so that a busy key does not write a row with each request.
    public static func recordUse(of id: ApiKey.ID, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_api_keys set last_used_at = now()
            where id = \(id.rawValue) and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """
        )
    }
}
