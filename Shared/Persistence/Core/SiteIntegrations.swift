public import DomainModel
public import Postgres

/// `igny8_site_integrations`: how a site is connected to us. Credentials are not read here.
public enum SiteIntegrations {
    /// A connection, without its secrets.
    public struct Connection: Hashable, Sendable {
        /// The row's id.
        public let id: Int64
        /// Whose it is.
        public let accountID: Account.ID
        /// Which site.
        public let siteID: Site.ID
        /// `pending`, `active`, `error` or `disabled`.
        public let status: String
        /// Where the site answers.
        public let baseURL: String?
        /// Whether it can be used.
        public var isActive: Bool { status == "active" }
    }

    /// The WordPress connection of a site.
    public static func wordPress(
        of site: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Connection? {
        try await queries.query(
            """
            select id, account_id, site_id, status, base_url from igny8_site_integrations
            where site_id = \(site.rawValue) and platform = 'wordpress' and \(fragment: tenant.owns())
            """
        ).first.map { row in
            try Connection(
                id: row.decode("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                status: row.decode("status"),
                baseURL: row.decode("base_url")
            )
        }
    }

    /// Notes what a connection test gave; a passed one ends an `error`, a failed one begins it.
    public static func recordTest(
        of connection: Int64,
        failure: String?,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_site_integrations set last_tested_at = igny8_now(),
                last_test_passed = \(failure)::text is null, last_error = \(failure)::text,
                status = case when status not in ('active', 'error') then status
                    when \(failure)::text is null then 'active' else 'error' end
            where id = \(connection)
            """
        )
    }
}
