public import DomainModel
public import Postgres

/// How a report looks, as its brand and its template are now: what its design is frozen from.
public struct Appearance: Sendable {
    /// The brand; nil: the house.
    public let brand: Brand?
    /// Of a customer's template that has passed its test render; nil: ours.
    public let templateHTML: String?
    /// The same template's style sheet.
    public let templateCSS: String?

    /// A brand from outside.
    public struct Brand: Sendable, Hashable {
        /// Who reports.
        public let name: String
        /// `#rrggbb`
        public let primaryColor: String
        /// `#rrggbb`
        public let secondaryColor: String
        /// Where answers go.
        public let contactEmail: EmailAddress?
        /// For clients.
        public let contactPhone: String?
        /// For clients.
        public let websiteURL: String?
        /// At the foot of each page.
        public let footerText: String
        /// Where its pages are served.
        public let customDomain: String?
        /// Its stored picture.
        public let logo: ContentHash?
        /// The picture's media type.
        public let logoType: String?
    }

    static let brandColumns: SQL = """
        brand.brand_name, brand.primary_color, brand.secondary_color, brand.contact_email, brand.contact_phone,
        brand.website_url, brand.footer_text, brand.custom_domain, brand.logo_sha256, brand.logo_media_type
        """

    static func brand(_ row: PostgresRow) throws -> Brand? {
        guard let name = try row.decode("brand_name", as: String?.self) else { return nil }
        return try Brand(
            name: name,
            primaryColor: row.decode("primary_color"),
            secondaryColor: row.decode("secondary_color"),
            contactEmail: row.decode("contact_email", as: String?.self).flatMap { EmailAddress($0) },
            contactPhone: row.decode("contact_phone"),
            websiteURL: row.decode("website_url"),
            footerText: row.decode("footer_text"),
            customDomain: row.decode("custom_domain"),
            logo: row.decode("logo_sha256", as: [UInt8]?.self).flatMap { ContentHash(bytes: $0) },
            logoType: row.decode("logo_media_type")
        )
    }

    /// A brand's; nil where there is none.
    public static func brand(of id: Int64?, in queries: some PostgresQuerying) async throws -> Brand? {
        guard let id else { return nil }
        return try await queries.query(
            "select \(fragment: brandColumns) from igny8_agency_brandings brand where id = \(id)"
        ).first.flatMap { try brand($0) }
    }

    /// A report's.
    public static func of(_ report: ServiceReports.Report, in queries: some PostgresQuerying) async throws -> Appearance
    {
        let row = try await queries.query(
            """
            select \(fragment: brandColumns), nullif(template.template_html, '') as template_html,
                nullif(template.template_css, '') as template_css
            from (select \(report.brandingID)::bigint as branding_id, \(report.templateID)::bigint as template_id) chosen
            left join igny8_agency_brandings brand on brand.id = chosen.branding_id
            left join igny8_report_templates template on template.id = chosen.template_id and template.status = 'valid'
            """
        ).only()
        return try Appearance(
            brand: brand(row),
            templateHTML: row.decode("template_html"),
            templateCSS: row.decode("template_css")
        )
    }
}
