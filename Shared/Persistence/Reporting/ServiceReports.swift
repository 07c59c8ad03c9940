public import DomainModel
public import Foundation
public import Postgres

/// `igny8_service_reports` as the reporting worker lives through them: made by the calendar, gathered, rendered, sent.
public enum ServiceReports {
    /// A report without its facts.
    public struct Report: Sendable, Hashable {
        /// The row's id.
        public let id: Int64
        /// Whose it is.
        public let accountID: Account.ID
        /// The site it is about.
        public let siteID: Site.ID
        /// The managed service it belongs to; nil for one that was asked for without.
        public let subscriptionID: ManagedSubscription.ID?
        /// The days it covers.
        public let period: ReportPeriod
        /// What is in it, in the order of spec 7.
        public let sections: [ReportSection]
        /// Where it stands.
        public let status: ReportStatus
        /// Whether the house is not to be named in it.
        public let isWhiteLabel: Bool
        /// The brand it is under.
        public let brandingID: Int64?
        /// A customer's template.
        public let templateID: Int64?
        /// `light` or `dark`.
        public let theme: String
        /// In the document and in the address of its public page.
        public let verificationCode: String
        /// Under which name it is saved.
        public let fileName: String?
        /// Of the present PDF.
        public let pdf: ContentHash?
        /// How often it was rendered.
        public let renderings: Int
        /// When it went out the first time.
        public let sentAt: Date?
        /// Business time of its making, when its facts were gathered last; the PDF is dated by it.
        public let generatedAt: Date?
    }

    /// Names a report for its next job.
    public struct Reference: Sendable, Hashable {
        /// `igny8_service_reports.id`
        public let id: Int64
        /// Whose it is.
        public let accountID: Account.ID
    }

    static let columns: SQL = """
        id, account_id, site_id, subscription_id, report_type, period_start, sections_included, status, is_white_label,
        branding_id, template_id, theme, verification_code, file_name, pdf_sha256, renderings, sent_at, generated_at
        """

    static func decode(_ row: PostgresRow) throws -> Report {
        let named = Set(try row.decode("sections_included", as: [String].self))
        return try Report(
            id: row.decode("id"),
            accountID: row.id("account_id"),
            siteID: row.id("site_id"),
            subscriptionID: row.id(ifAny: "subscription_id"),
            period: ReportPeriod(row.word("report_type"), containing: row.day("period_start")),
            sections: ReportSection.allCases.filter { named.contains($0.rawValue) },
            status: row.word("status"),
            isWhiteLabel: row.decode("is_white_label"),
            brandingID: row.decode("branding_id"),
            templateID: row.decode("template_id"),
            theme: row.decode("theme"),
            verificationCode: row.decode("verification_code"),
            fileName: row.decode("file_name"),
            pdf: row.decode("pdf_sha256", as: [UInt8]?.self).flatMap { ContentHash(bytes: $0) },
            renderings: row.decode("renderings"),
            sentAt: row.decode("sent_at"),
            generatedAt: row.decode("generated_at")
        )
    }

    /// A report, when the tenant may see it.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Report? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_service_reports
            where id = \(id) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }
}
