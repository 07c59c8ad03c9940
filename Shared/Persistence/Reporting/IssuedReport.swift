public import DomainModel
public import Postgres

/// A report as its public page tells of it (spec 11.4): who issued what for whom, when, and what its bytes are.
public struct IssuedReport: Sendable {
    /// What it is looked up by.
    public let code: VerificationCode
    /// The site's.
    public let domain: String
    /// Which kind of time it covers.
    public let type: ReportType
    /// Its first day.
    public let start: CalendarDay
    /// Its last day.
    public let end: CalendarDay
    /// Brand, theme and template as it was made with them.
    public let design: PostgresJSON
    /// Which text is legible on the brand's main colour.
    public let textColor: String
    /// What the brand is served under.
    public let brandDomain: String?
    /// Every PDF of it, the first one first; the last is the one that holds.
    public let editions: [Edition]

    /// One PDF of it.
    public struct Edition: Sendable, Hashable {
        /// From 1.
        public let number: Int
        /// Its content.
        public let hash: ContentHash
        /// How long it is.
        public let bytes: Int64
        /// How many pages it has.
        public let pages: Int
        /// The day in the account's zone.
        public let day: CalendarDay
    }

    /// Finds one, under the system. One that was never made was never issued.
    public static func find(
        _ code: VerificationCode,
        in queries: some PostgresQuerying
    ) async throws -> IssuedReport? {
        let rows = try await queries.query(
            """
            select site.domain, report.report_type, report.period_start, report.period_end, report.design,
                igny8_text_on(coalesce(report.design ->> 'primary_color', '#1f3a5f')) as text_color, brand.custom_domain,
                edition.number, edition.pdf_sha256, edition.pdf_bytes, edition.pdf_pages,
                (edition.created_at at time zone account.time_zone)::date as day
            from igny8_service_reports report
            join igny8_accounts account on account.id = report.account_id
            join igny8_sites site on site.id = report.site_id
            join igny8_report_renderings edition on edition.report_id = report.id
            left join igny8_agency_brandings brand on brand.id = report.branding_id and brand.is_active
            where report.verification_code = \(code.text) and report.design is not null
            order by edition.number desc limit 200
            """
        )
        guard let row = rows.first else { return nil }
        return try IssuedReport(
            code: code,
            domain: row.decode("domain"),
            type: row.word("report_type"),
            start: row.day("period_start"),
            end: row.day("period_end"),
            design: row.decode("design"),
            textColor: row.decode("text_color"),
            brandDomain: row.decode("custom_domain"),
            editions: rows.reversed().compactMap { row in
                guard let hash = ContentHash(bytes: try row.decode("pdf_sha256")) else { return nil }
                return try Edition(
                    number: row.decode("number"),
                    hash: hash,
                    bytes: row.decode("pdf_bytes"),
                    pages: row.decode("pdf_pages"),
                    day: row.day("day")
                )
            }
        )
    }
}
