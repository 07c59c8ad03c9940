public import DomainModel
public import Postgres

/// `igny8_sites`. Deleted sites vanish from every read but ``restore(_:for:in:)``.
public enum Sites {
    static let columns: SQL = """
        id, account_id, domain, name, url, industry_id, competitors, target_countries, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Site> {
        let name: String = try row.decode("domain")
        guard let domain = Domain(name) else {
            throw PostgresError.decoding(column: "domain", reason: "the value is no domain")
        }
        return try Stored(
            Site(
                id: row.id("id"),
                accountID: row.id("account_id"),
                domain: domain,
                name: row.decode("name"),
                url: row.decode("url"),
                industryID: row.id(ifAny: "industry_id"),
                competitors: row.decode("competitors"),
                targetCountries: row.decode("target_countries"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    /// A site, when the tenant may see it.
    public static func find(
        _ id: Site.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Site>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sites
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// Several sites at once, in the order of their ids.
    public static func find(
        all ids: [Site.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Site>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sites
            where id = any(\(ids.map(\.rawValue))) and not is_deleted and \(fragment: tenant.owns()) order by id
            """
        ).map(decode)
    }

    /// A new site.
    /// - Throws: a unique violation on `igny8_sites_domain` when the account has the domain already.
    public static func create(
        account: Account.ID,
        domain: Domain,
        name: String,
        url: String,
        industry: Industry.ID? = nil,
        competitors: [String] = [],
        targetCountries: [String] = [],
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Site> {
        try await decode(
            queries.query(
                """
                insert into igny8_sites (account_id, domain, name, url, industry_id, competitors, target_countries,
                    created_by)
                values (\(account.rawValue), \(domain.name), \(name), \(url), \(industry?.rawValue), \(competitors),
                    \(targetCountries), \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Saves what a client may change of a site.
    /// - Throws: ``StaleRevision``; a foreign key violation when the industry changes under existing sectors.
    public static func save(_ site: inout Stored<Site>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_sites set domain = \(site.domain.name), name = \(site.name), url = \(site.url),
                industry_id = \(site.industryID?.rawValue), competitors = \(site.competitors),
                target_countries = \(site.targetCountries)
            where id = \(site.id.rawValue) and not is_deleted and revision = \(site.revision)
            returning revision, updated_at
            """
        )
        try site.saved(rows, subject: "site")
    }

    /// How many sites an account has. Lock the account first where a limit is to hold.
    public static func count(of account: Account.ID, in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query(
            "select count(*) as count from igny8_sites where account_id = \(account.rawValue) and not is_deleted"
        ).only().decode("count")
    }

    /// Puts a site out of sight.
    /// - Returns: whether it was in sight.
    @discardableResult
    public static func delete(
        _ id: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_sites set is_deleted = true, deleted_at = igny8_now()
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())
            """
        ).affected > 0
    }

    /// Brings a deleted site back.
    /// - Throws: a unique violation when its domain has been taken again meanwhile.
    /// - Returns: whether it was out of sight.
    @discardableResult
    public static func restore(
        _ id: Site.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_sites set is_deleted = false, deleted_at = null
            where id = \(id.rawValue) and is_deleted and \(fragment: tenant.owns())
            """
        ).affected > 0
    }
}
