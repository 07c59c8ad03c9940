public import DomainModel
public import Postgres

/// `igny8_agency_brandings`. None is ever deleted: what was issued under it is verified under it.
public enum Brandings {
    static let columns: SQL = """
        id, account_id, brand_name, brand_logo_url, logo_sha256, logo_media_type, logo_error, primary_color, secondary_color,
        contact_email, contact_phone, website_url, footer_text, custom_domain, is_active, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Branding> {
        var look = Branding.Look(name: try row.decode("brand_name"))
        look.logoURL = try row.decode("brand_logo_url")
        look.primaryColor = try row.decode("primary_color")
        look.secondaryColor = try row.decode("secondary_color")
        look.contactEmail = try row.decode("contact_email", as: String?.self).flatMap { EmailAddress($0) }
        look.contactPhone = try row.decode("contact_phone")
        look.websiteURL = try row.decode("website_url")
        look.footerText = try row.decode("footer_text")
        look.customDomain = try row.decode("custom_domain", as: String?.self).flatMap { BrandDomain($0) }
        var logo: Branding.Logo?
        if let hash = try row.decode("logo_sha256", as: [UInt8]?.self).flatMap({ ContentHash(bytes: $0) }) {
            logo = Branding.Logo(sha256: hash, mediaType: try row.decode("logo_media_type"))
        }
        return try Stored(
            Branding(
                id: row.id("id"),
                accountID: row.id("account_id"),
                look: look,
                logo: logo,
                logoError: row.decode("logo_error"),
                isActive: row.decode("is_active")
            ),
            row
        )
    }

    /// A branding, when the tenant may see it.
    public static func find(
        _ id: Branding.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Branding>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_agency_brandings
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// A new branding.
    /// - Throws: ``DomainTaken``.
    public static func create(
        _ look: Branding.Look,
        account: Account.ID,
        createdBy: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Branding> {
        try await naming(look.customDomain) {
            try decode(
                await queries.query(
                    """
                    insert into igny8_agency_brandings (account_id, brand_name, brand_logo_url, primary_color,
                        secondary_color, contact_email, contact_phone, website_url, footer_text, custom_domain, created_by)
                    values (\(account.rawValue), \(look.name), \(look.logoURL), \(look.primaryColor),
                        \(look.secondaryColor), \(look.contactEmail?.rawValue), \(look.contactPhone), \(look.websiteURL),
                        \(look.footerText), \(look.customDomain?.name), \(createdBy?.rawValue))
                    returning \(fragment: columns)
                    """
                ).only()
            )
        }
    }

    /// Saves everything that may change.
    /// - Throws: ``StaleRevision``, ``DomainTaken``.
    public static func save(_ branding: inout Stored<Branding>, in queries: some PostgresQuerying) async throws {
        let value = branding.value
        let rows = try await naming(value.look.customDomain) {
            try await queries.query(
                """
                update igny8_agency_brandings set brand_name = \(value.look.name), brand_logo_url = \(value.look.logoURL),
                    logo_sha256 = \(value.logo?.sha256.bytes), logo_media_type = \(value.logo?.mediaType),
                    logo_error = \(value.logoError), primary_color = \(value.look.primaryColor),
                    secondary_color = \(value.look.secondaryColor), contact_email = \(value.look.contactEmail?.rawValue),
                    contact_phone = \(value.look.contactPhone), website_url = \(value.look.websiteURL),
                    footer_text = \(value.look.footerText), custom_domain = \(value.look.customDomain?.name),
                    is_active = \(value.isActive)
                where id = \(value.id.rawValue) and revision = \(branding.revision)
                returning revision, updated_at
                """
            )
        }
        try branding.saved(rows, subject: "branding")
    }

    private static func naming<Value>(
        _ domain: BrandDomain?,
        _ change: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await change()
        } catch PostgresError.server(.uniqueViolation, _, _, "igny8_agency_brandings_domain") {
            throw DomainTaken(domain: domain?.name ?? "")
        }
    }
}

/// Another brand is served under the domain already.
public struct DomainTaken: Error, Hashable, CustomStringConvertible {
    /// Which one.
    public let domain: String

    /// One sentence.
    public var description: String { "\(domain) belongs to another brand already." }
}

extension Brandings {
    /// What still shows a brand.
    public struct Use: Sendable, Hashable {
        /// `managed_subscription` or `report_template`.
        public let kind: String
        /// The row's id.
        public let id: Int64
        /// The site's domain, or the template's name.
        public let name: String
    }

    /// What would show a brand next time: subscriptions that have it in their configuration, templates that are for it. Call it
    /// with the brand held: who chooses one looks at it ``isOffered(_:to:in:)`` first.
    public static func uses(of branding: Branding, in queries: some PostgresQuerying) async throws -> [Use] {
        try await queries.query(
            """
            select 'managed_subscription' as kind, service.id, site.domain as name
            from igny8_managed_service_subscriptions service join igny8_sites site on site.id = service.site_id
            where service.account_id = \(branding.accountID.rawValue) and service.status <> 'cancelled'
                and service.service_config #>> '{reporting,branding_id}' = \(String(branding.id.rawValue))
            union all
            select 'report_template', id, name from igny8_report_templates
            where account_id = \(branding.accountID.rawValue) and branding_id = \(branding.id.rawValue) and not is_deleted
            order by 1, 2 limit 50
            """
        ).map(Use.init)
    }

    /// Whether an account may choose a brand; it cannot be switched off before the transaction ends.
    public static func isOffered(
        _ id: Branding.ID,
        to account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await !tx.query(
            """
            select 1 from igny8_agency_brandings
            where id = \(id.rawValue) and account_id = \(account.rawValue) and is_active for share
            """
        ).isEmpty
    }

    /// Whether an active brand of an active account is served under a host, under the system.
    public static func isServed(under domain: BrandDomain, in queries: some PostgresQuerying) async throws -> Bool {
        try await !queries.query(
            """
            select 1 from igny8_agency_brandings brand join igny8_accounts account on account.id = brand.account_id
            where brand.custom_domain = \(domain.name) and brand.is_active and account.status = 'active'
            """
        ).isEmpty
    }
}

extension Brandings.Use {
    init(_ row: PostgresRow) throws {
        kind = try row.decode("kind")
        id = try row.decode("id")
        name = try row.decode("name")
    }
}
