public import DomainModel
public import Postgres

/// `igny8_sectors`: the parts of a site's business, each an instance of a sector of the site's industry.
public enum Sectors {
    static let columns: SQL =
        "id, account_id, site_id, industry_sector_id, name, created_at, updated_at, revision"

    static func decode(_ row: PostgresRow) throws -> Stored<Sector> {
        try Stored(
            Sector(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                industrySectorID: row.id("industry_sector_id"),
                name: row.decode("name")
            ),
            row
        )
    }

    /// A sector, when the tenant may see it.
    public static func find(
        _ id: Sector.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Sector>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sectors
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// A site's sectors, oldest first.
    public static func all(
        of site: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Sector>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sectors
            where site_id = \(site.rawValue) and not is_deleted and \(fragment: tenant.owns()) order by id
            """
        ).map(decode)
    }

    /// A new sector of a site, named after its industry sector unless told otherwise.
    /// - Returns: nil when the site is not the tenant's, has no industry, or the sector is of another industry.
    public static func create(
        site: Site.ID,
        industrySector: IndustrySector.ID,
        name: String? = nil,
        createdBy: User.ID? = nil,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Sector>? {
        try await queries.query(
            """
            insert into igny8_sectors (account_id, site_id, industry_id, industry_sector_id, name, created_by)
            select site.account_id, site.id, site.industry_id, part.id, coalesce(\(name)::text, part.name),
                \(createdBy?.rawValue)::bigint
            from igny8_sites site join igny8_industry_sectors part on part.industry_id = site.industry_id
            where site.id = \(site.rawValue) and not site.is_deleted and part.id = \(industrySector.rawValue)
                and \(fragment: tenant.owns("site.account_id"))
            returning \(fragment: columns)
            """
        ).first.map(decode)
    }

    /// Saves a sector's name.
    /// - Throws: ``StaleRevision``.
    public static func save(_ sector: inout Stored<Sector>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_sectors set name = \(sector.name)
            where id = \(sector.id.rawValue) and not is_deleted and revision = \(sector.revision)
            returning revision, updated_at
            """
        )
        try sector.saved(rows, subject: "sector")
    }

    /// Puts a sector out of sight.
    /// - Returns: whether it was in sight.
    @discardableResult
    public static func delete(
        _ id: Sector.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_sectors set is_deleted = true, deleted_at = igny8_now()
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())
            """
        ).affected > 0
    }
}

/// `igny8_industries` and their sectors; they belong to no account.
public enum Industries {
    /// All industries, by name.
    public static func all(in queries: some PostgresQuerying) async throws -> [Industry] {
        try await queries.query("select id, name from igny8_industries order by name").map { row in
            try Industry(id: row.id("id"), name: row.decode("name"))
        }
    }

    /// An industry by its name, whatever its case, or its slug.
    public static func find(named name: String, in queries: some PostgresQuerying) async throws -> Industry? {
        try await queries.query(
            "select id, name from igny8_industries where lower(name) = lower(\(name)) or slug = lower(\(name))"
        ).first.map { row in try Industry(id: row.id("id"), name: row.decode("name")) }
    }

    /// An industry's sectors, by name.
    public static func sectors(
        of industry: Industry.ID,
        in queries: some PostgresQuerying
    ) async throws -> [IndustrySector] {
        try await queries.query(
            """
            select id, industry_id, name from igny8_industry_sectors where industry_id = \(industry.rawValue) order by name
            """
        ).map { row in
            try IndustrySector(id: row.id("id"), industryID: row.id("industry_id"), name: row.decode("name"))
        }
    }
}
