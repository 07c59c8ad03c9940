public import DomainModel
public import Postgres

/// `igny8_sag_blueprints`: the semantic structure of a site, version by version, made by the core.
public enum Blueprints {
    /// One version.
    public struct Blueprint: Hashable, Sendable {
        /// The row's id.
        public let id: Int64
        /// From 1.
        public let version: Int
        /// `quick`, `detailed` or `full`.
        public let mode: String
        /// `draft`, `generating`, `review`, `approved`, `failed` or `archived`.
        public let status: String
    }

    /// One cluster of a blueprint: a hub page and what supports it.
    public struct Cluster: Hashable, Sendable {
        /// The row's id.
        public let id: Int64
        /// The sector it belongs to; nil is the whole site.
        public let sectorID: Sector.ID?
        /// What it is about.
        public let name: String
        /// The title of its hub page.
        public let hubTitle: String
        /// The titles of its supporting pages, in order.
        public let supportingTitles: [String]
    }

    /// The newest version.
    public static func latest(
        of site: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Blueprint? {
        try await queries.query(
            """
            select id, version, mode, status from igny8_sag_blueprints
            where site_id = \(site.rawValue) and \(fragment: tenant.owns()) order by version desc limit 1
            """
        ).first.map(decode)
    }

    /// The newest version that the client has approved.
    public static func approved(
        of site: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Blueprint? {
        try await queries.query(
            """
            select id, version, mode, status from igny8_sag_blueprints
            where site_id = \(site.rawValue) and status = 'approved' and \(fragment: tenant.owns())
            order by version desc limit 1
            """
        ).first.map(decode)
    }

    /// Marks a version as approved, and earlier ones as archived.
    public static func approve(_ blueprint: Int64, of site: Site.ID, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_sag_blueprints set
                status = case when id = \(blueprint) then 'approved' else 'archived' end,
                approved_at = case when id = \(blueprint) then coalesce(approved_at, igny8_now()) else approved_at end
            where site_id = \(site.rawValue)
                and (id = \(blueprint) and status <> 'approved' or id < \(blueprint) and status = 'approved')
            """
        )
    }

    /// A version's clusters, by priority.
    public static func clusters(
        of blueprint: Int64,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Cluster] {
        try await queries.query(
            """
            select id, sector_id, name, hub_title, supporting_titles from igny8_sag_clusters
            where blueprint_id = \(blueprint) and \(fragment: tenant.owns()) order by priority, id
            """
        ).map { row in
            try Cluster(
                id: row.decode("id"),
                sectorID: row.id(ifAny: "sector_id"),
                name: row.decode("name"),
                hubTitle: row.decode("hub_title"),
                supportingTitles: row.decode("supporting_titles")
            )
        }
    }

    private static func decode(_ row: PostgresRow) throws -> Blueprint {
        try Blueprint(
            id: row.decode("id"),
            version: row.decode("version"),
            mode: row.decode("mode"),
            status: row.decode("status")
        )
    }
}
