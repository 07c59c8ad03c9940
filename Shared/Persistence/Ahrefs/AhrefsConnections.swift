public import DomainModel
import Foundation
public import Postgres

/// `igny8_ahrefs_connections`: an account's own key, sealed. Whoever disconnects leaves nothing of it behind.
public enum AhrefsConnections {
    static let columns: SQL = """
        id, account_id, key_version, status, plan_type, credits_limit, credits_remaining, credits_reset_at,
        key_expires_at, monthly_units, last_error, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<AhrefsConnection> {
        try Stored(
            AhrefsConnection(
                id: row.id("id"),
                accountID: row.id("account_id"),
                keyVersion: row.decode("key_version"),
                status: row.word("status"),
                plan: row.word(ifAny: "plan_type"),
                creditsLimit: row.decode("credits_limit"),
                creditsRemaining: row.decode("credits_remaining"),
                creditsResetAt: row.decode("credits_reset_at"),
                keyExpiresAt: row.decode("key_expires_at"),
                monthlyUnits: row.decode("monthly_units"),
                lastError: row.decode("last_error")
            ),
            row
        )
    }

    /// An account's connection, when the tenant may see it.
    public static func find(
        of account: Account.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<AhrefsConnection>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_ahrefs_connections
            where account_id = \(account.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// A new key, instead of the one before where there is one; a test says whether it works.
    /// - Parameter monthlyUnits: what may be spent a month; nil: whatever the key has.
    public static func connect(
        _ account: Account.ID,
        key: String,
        monthlyUnits: Int?,
        sealedBy box: SecretBox,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Stored<AhrefsConnection> {
        let id: Int64 = try await tx.query(
            """
            insert into igny8_ahrefs_connections (account_id, api_key_last4, monthly_units, created_by)
            values (\(account.rawValue), \(String(key.suffix(4))), \(monthlyUnits), \(createdBy?.rawValue))
            on conflict (account_id) do update set api_key_last4 = excluded.api_key_last4,
                key_version = igny8_ahrefs_connections.key_version + 1, status = 'testing', plan_type = null,
                credits_limit = null, credits_remaining = null, credits_reset_at = null, key_expires_at = null,
                monthly_units = excluded.monthly_units, tested_at = null, last_error = null,
                created_by = excluded.created_by
            returning id
            """
        ).only().decode("id")
        let sealed = try await box.seal(Array(key.utf8), for: place(id, account), in: tx)
        return try await decode(
            tx.query(
                """
                update igny8_ahrefs_connections set api_key = \(sealed) where id = \(id)
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// The key itself: for the worker alone, and for no longer than a call.
    public static func key(
        of connection: AhrefsConnection,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> String {
        let sealed: [UInt8] = try await queries.query(
            "select api_key from igny8_ahrefs_connections where id = \(connection.id.rawValue)"
        ).only().decode("api_key")
        let place = place(connection.id.rawValue, connection.accountID)
        return String(decoding: try await box.open(sealed, from: place, in: queries), as: UTF8.self)
    }

    private static func place(_ id: Int64, _ account: Account.ID) -> SecretBox.Place {
        SecretBox.Place(table: "igny8_ahrefs_connections", row: id, account: account)
    }

    /// What a test has found, or a call that was refused.
    public static func save(
        _ connection: inout Stored<AhrefsConnection>,
        isTested: Bool,
        in queries: some PostgresQuerying
    ) async throws {
        let rows = try await queries.query(
            """
            update igny8_ahrefs_connections set status = \(connection.status.rawValue),
                plan_type = \(connection.plan?.rawValue), credits_limit = \(connection.creditsLimit),
                credits_remaining = \(connection.creditsRemaining), credits_reset_at = \(connection.creditsResetAt),
                key_expires_at = \(connection.keyExpiresAt), monthly_units = \(connection.monthlyUnits),
                last_error = \(connection.lastError),
                tested_at = case when \(isTested) then igny8_now() else tested_at end
            where id = \(connection.id.rawValue) and revision = \(connection.revision)
            returning revision, updated_at
            """
        )
        try connection.saved(rows, subject: AhrefsConnectionStatus.subject)
    }

    /// Notes that a snapshot was stored.
    public static func noteSync(of account: Account.ID, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            "update igny8_ahrefs_connections set last_synced = igny8_now() where account_id = \(account.rawValue)"
        )
    }

    /// Forgets the key. What was fetched with it stays the account's.
    /// - Returns: whether there was one.
    public static func disconnect(
        _ account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            delete from igny8_ahrefs_connections
            where account_id = \(account.rawValue) and \(fragment: tenant.owns())
            """
        ).affected > 0
    }

    /// A site that is to be synced, with its account.
    public struct ConnectedSite: Sendable, Hashable {
        /// Whose.
        public let account: Account.ID
        /// Which site.
        public let site: Site.ID
        /// Its own domain first, then its competitors.
        public let domains: [String]

        /// Names a site and its domains.
        public init(account: Account.ID, site: Site.ID, domains: [String]) {
            self.account = account
            self.site = site
            self.domains = domains
        }
    }

    /// The accounts of a zone that have a key which works, each with its key's version.
    public static func active(
        inZone zone: String,
        in queries: some PostgresQuerying
    ) async throws -> [(account: Account.ID, keyVersion: Int)] {
        try await queries.query(
            """
            select c.account_id, c.key_version
            from igny8_ahrefs_connections c join igny8_accounts a on a.id = c.account_id
            where c.status = 'active' and a.status = 'active' and a.time_zone = \(zone)
            order by c.account_id
            """
        ).map { row in (account: try row.id("account_id"), keyVersion: try row.decode("key_version")) }
    }

    /// The sites of an account whose key works.
    public static func sites(of account: Account.ID, in queries: some PostgresQuerying) async throws -> [ConnectedSite]
    {
        try await queries.query(
            """
            select s.account_id, s.id as site_id, array_prepend(s.domain, s.competitors) as domains
            from igny8_ahrefs_connections c
            join igny8_sites s on s.account_id = c.account_id and s.is_active and not s.is_deleted
            where c.status = 'active' and c.account_id = \(account.rawValue)
            order by s.id
            """
        ).map { row in
            // A client may have named a rival twice, or itself.
            var seen: Set<String> = []
            return try ConnectedSite(
                account: row.id("account_id"),
                site: row.id("site_id"),
                domains: row.decode("domains", as: [String].self).filter { seen.insert($0).inserted }
            )
        }
    }
}
