public import DomainModel
public import Foundation
public import Postgres

/// `igny8_gsc_connections`: a site's property in Search Console, with the client's consent, sealed.
public enum SearchConsoleConnections {
    /// One of them, without its secret.
    public struct Connection: Sendable, Hashable {
        /// The row's id.
        public let id: Int64
        /// Whose.
        public let accountID: Account.ID
        /// Of which site.
        public let siteID: Site.ID
        /// `sc-domain:example.com` or `https://www.example.com/`.
        public let property: String
        /// Where it stands.
        public let status: SearchConsoleStatus
        /// Grows with each consent.
        public let tokenVersion: Int
        /// The last day (US Pacific) whose final figures are stored.
        public let syncedThrough: CalendarDay?
        /// Machine time until which nothing is asked: a quota was exceeded.
        public let waits: Duration?
        /// Inspections left of today's (US Pacific).
        public let inspectionsLeft: Int
        /// Today where Google's days begin.
        public let today: CalendarDay
        /// For a person.
        public let lastError: String?
        /// When figures were last stored.
        public let lastSyncedAt: Date?
    }

    /// URL inspections a day and property (spec 5.6).
    public static let inspectionsADay = 2_000

    private static let columns: SQL = """
        id, account_id, site_id, property, status, token_version, synced_through, last_error, last_synced_at,
        (igny8_now() at time zone 'America/Los_Angeles')::date as today,
        greatest(ceil(extract(epoch from waits_until - now())), 0)::bigint as waits_seconds,
        case when inspections_on = (igny8_now() at time zone 'America/Los_Angeles')::date then inspections_made else 0
            end as made
        """

    private static func decode(_ row: PostgresRow) throws -> Connection {
        let seconds: Int64? = try row.decode("waits_seconds")
        return Connection(
            id: try row.decode("id"),
            accountID: try row.id("account_id"),
            siteID: try row.id("site_id"),
            property: try row.decode("property"),
            status: try row.word("status"),
            tokenVersion: try row.decode("token_version"),
            syncedThrough: try row.day(ifAny: "synced_through"),
            waits: seconds.flatMap { $0 > 0 ? .seconds($0) : nil },
            inspectionsLeft: max(inspectionsADay - (try row.decode("made", as: Int.self)), 0),
            today: try row.day("today"),
            lastError: try row.decode("last_error"),
            lastSyncedAt: try row.decode("last_synced_at")
        )
    }

    /// One by its id.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Connection? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_gsc_connections
            where id = \(id) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// A site's.
    public static func find(
        of site: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Connection? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_gsc_connections
            where site_id = \(site.rawValue) and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// All of an account.
    public static func all(
        of account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Connection] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_gsc_connections
            where account_id = \(account.rawValue) and \(fragment: tenant.owns()) order by site_id
            """
        ).map(decode)
    }

    /// Those that are read each day: of active sites of active accounts.
    public static func active(in queries: some PostgresQuerying) async throws -> [Connection] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_gsc_connections c
            where status = 'active' and exists (
                select from igny8_sites s join igny8_accounts a on a.id = s.account_id
                where s.id = c.site_id and s.is_active and not s.is_deleted and a.status = 'active')
            order by id
            """
        ).map(decode)
    }

    /// A consent, instead of the one before where there is one. The same consent given twice changes nothing.
    public static func connect(
        _ site: Site,
        property: String,
        refreshToken: String,
        sealedBy box: SecretBox,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Connection {
        let known = try await tx.query(
            """
            select id, property, status, refresh_token from igny8_gsc_connections
            where site_id = \(site.id.rawValue) for no key update
            """
        ).first
        if let known, try known.decode("property", as: String.self) == property,
            try known.decode("status", as: String.self) == SearchConsoleStatus.active.rawValue
        {
            let id: Int64 = try known.decode("id")
            let sealed: [UInt8] = try known.decode("refresh_token")
            let before = try? await box.open(sealed, from: place(id, site.accountID), in: tx)
            if before == Array(refreshToken.utf8), let same = try await find(id, for: .account(site.accountID), in: tx)
            {
                return same
            }
        }
        let id: Int64 = try await tx.query(
            """
            insert into igny8_gsc_connections (account_id, site_id, property, created_by)
            values (\(site.accountID.rawValue), \(site.id.rawValue), \(property), \(createdBy?.rawValue))
            on conflict (site_id) do update set property = excluded.property, status = 'active', last_error = null,
                waits_until = null, token_version = igny8_gsc_connections.token_version + 1,
                synced_through = case when igny8_gsc_connections.property = excluded.property
                    then igny8_gsc_connections.synced_through end,
                created_by = excluded.created_by
            returning id
            """
        ).only().decode("id")
        let sealed = try await box.seal(Array(refreshToken.utf8), for: place(id, site.accountID), in: tx)
        return try await decode(
            tx.query(
                """
                update igny8_gsc_connections set refresh_token = \(sealed) where id = \(id)
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// The consent itself: for the worker alone, and for no longer than a call.
    public static func refreshToken(
        of connection: Connection,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> String {
        let sealed: [UInt8] = try await queries.query(
            "select refresh_token from igny8_gsc_connections where id = \(connection.id)"
        ).only().decode("refresh_token")
        let place = place(connection.id, connection.accountID)
        return String(decoding: try await box.open(sealed, from: place, in: queries), as: UTF8.self)
    }

    private static func place(_ id: Int64, _ account: Account.ID) -> SecretBox.Place {
        SecretBox.Place(table: "igny8_gsc_connections", row: id, account: account)
    }

    /// Another state, if the consent is still the same.
    /// - Returns: whether it was.
    public static func note(
        _ connection: Connection,
        _ status: SearchConsoleStatus,
        error: String?,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await tx.query(
            """
            update igny8_gsc_connections set status = \(status.rawValue), last_error = \(error),
                refresh_token = case when \(status == .disconnected) then '\\x'::bytea else refresh_token end
            where id = \(connection.id) and token_version = \(connection.tokenVersion)
                and status = \(connection.status.rawValue)
            """
        ).affected > 0
    }

    /// A quota was exceeded: nothing is asked for a while (machine time).
    public static func wait(
        _ connection: Connection,
        for pause: Duration,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            update igny8_gsc_connections
            set waits_until = now() + \(pause.components.seconds) * interval '1 second'
            where id = \(connection.id)
            """
        )
    }

    /// Figures are stored through a day.
    public static func synced(
        _ connection: Connection,
        through day: CalendarDay?,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            update igny8_gsc_connections set last_synced_at = igny8_now(), last_error = null,
                synced_through = greatest(synced_through, \(day?.postgres))
            where id = \(connection.id) and token_version = \(connection.tokenVersion)
            """
        )
    }
}
