public import DomainModel
public import Foundation
public import Postgres

extension ServiceReports {
    /// Creates the reports of a period that the managed services of a zone are owed and that are not there yet: weekly for Pro,
    /// monthly for all, quarterly where the client asked for it (spec 4). One statement, however many they are; a second run at
    /// the same time waits for the first one's rows and creates none.
    ///
    /// A service that began after the period has nothing to report of it. The brand and the template of its configuration are
    /// taken where they can be used, else none and the account's default.
    /// - Returns: those that are new.
    public static func createDue(
        _ period: ReportPeriod,
        inZone zone: String,
        in tx: PostgresTransaction
    ) async throws -> [Reference] {
        let owed: SQL =
            switch period.type {
            case .weekly: "service.tier = 'pro'"
            case .monthly: "true"
            case .quarterly: "service.service_config #>> '{reporting,frequency}' = 'quarterly'"
            }
        return try await tx.query(
            """
            insert into igny8_service_reports (account_id, site_id, subscription_id, report_type, period_start, period_end,
                sections_included, is_white_label, branding_id, template_id, theme)
            select service.account_id, service.site_id, service.id, \(period.type.rawValue), \(period.start.postgres),
                \(period.end.postgres), sections.included, config.is_white_label, brand.id, template.id,
                coalesce(template.theme, config.theme)
            from igny8_managed_service_subscriptions service
            join igny8_accounts account on account.id = service.account_id
            cross join lateral (
                select coalesce((service.service_config #>> '{reporting,white_label}')::boolean, false) as is_white_label,
                    coalesce(service.service_config #>> '{reporting,theme}', 'light') as theme
            ) config
            cross join lateral (
                select case when count(*) = 0 then \(ReportSection.allCases.map(\.rawValue))
                    else array_agg(section) end as included
                from jsonb_array_elements_text(coalesce(service.service_config #> '{reporting,sections}', '[]')) section
                where section = any(\(ReportSection.allCases.map(\.rawValue)))
            ) sections
            left join igny8_agency_brandings brand on brand.account_id = service.account_id and brand.is_active
                and brand.id = (service.service_config #>> '{reporting,branding_id}')::bigint
            left join lateral (
                select own.id, own.theme from igny8_report_templates own
                where own.account_id = service.account_id and not own.is_deleted and own.status = 'valid'
                    and (own.id = (service.service_config #>> '{reporting,template_id}')::bigint or own.is_default)
                order by own.is_default limit 1
            ) template on true
            where service.status = 'active' and account.time_zone = \(zone) and \(fragment: owed)
                and (service.started_at at time zone account.time_zone)::date <= \(period.end.postgres)
            order by service.id
            on conflict (site_id, report_type, period_start) do nothing
            returning id, account_id
            """
        ).map { row in try Reference(id: row.decode("id"), accountID: row.id("account_id")) }
    }

    /// Stores what a report is made of: `queued` → `rendering`.
    /// - Parameters:
    ///   - data: the facts by section.
    ///   - design: all else that the bytes depend on.
    /// - Returns: whether it was still queued.
    public static func store(
        _ id: Int64,
        data: PostgresJSON,
        design: PostgresJSON,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await tx.query(
            """
            update igny8_service_reports set status = 'rendering', report_data = \(data), design = \(design),
                generated_at = igny8_now(), last_error = null
            where id = \(id) and status = 'queued'
            """
        ).affected > 0
    }

    /// What a report is made of.
    public static func ingredients(
        of id: Int64,
        in queries: some PostgresQuerying
    ) async throws -> (data: PostgresJSON, design: PostgresJSON)? {
        try await queries.query(
            """
            select report_data, design from igny8_service_reports
            where id = \(id) and report_data is not null and design is not null
            """
        ).first.map { row in (try row.decode("report_data"), try row.decode("design")) }
    }

    /// A PDF that lies in the file store.
    public struct Rendering: Sendable {
        /// Its content.
        public let pdf: ContentHash
        /// How long it is.
        public let bytes: Int
        /// How many pages it has.
        public let pages: Int
        /// Processor time that it took.
        public let cpuMilliseconds: Int
        /// Under which name it is saved.
        public let fileName: String

        /// Describes it.
        public init(pdf: ContentHash, bytes: Int, pages: Int, cpuMilliseconds: Int, fileName: String) {
            self.pdf = pdf
            self.bytes = bytes
            self.pages = pages
            self.cpuMilliseconds = cpuMilliseconds
            self.fileName = fileName
        }
    }

    /// What follows for a report whose PDF is there.
    public struct Finished: Sendable {
        /// Until when staff may look at it; nil where nobody does.
        public let approveBy: Date?
    }

    /// Puts a PDF into its report: `rendering` → `ready`, and a line of its history.
    /// - Returns: until when staff may look at it before it goes out; nil when it was not being rendered any longer.
    public static func finish(
        _ report: Report,
        _ rendering: Rendering,
        job: Int64,
        in tx: PostgresTransaction
    ) async throws -> Finished? {
        try await StoredFiles.note(
            rendering.pdf,
            type: "application/pdf",
            bytes: rendering.bytes,
            account: report.accountID,
            in: tx
        )
        return try await tx.query(
            """
            with report as (
                update igny8_service_reports set status = 'ready', pdf_sha256 = \(rendering.pdf.bytes),
                    pdf_bytes = \(rendering.bytes), pdf_pages = \(rendering.pages), file_name = \(rendering.fileName),
                    renderings = renderings + 1, last_error = null
                where id = \(report.id) and status = 'rendering'
                returning id, account_id, renderings, report_data, design, approval, approve_by
            )
            insert into igny8_report_renderings (account_id, report_id, number, data_sha256, design, pdf_sha256, pdf_bytes,
                pdf_pages, cpu_ms, job_id)
            select account_id, id, renderings, sha256(convert_to(report_data::text, 'UTF8')), design,
                \(rendering.pdf.bytes), \(rendering.bytes), \(rendering.pages), \(rendering.cpuMilliseconds), \(job)
            from report
            returning (select approve_by from report where approval = 'pending') as approve_by
            """
        ).first.map { row in Finished(approveBy: try row.decode("approve_by")) }
    }

    /// It cannot be made.
    /// - Returns: whether it was still to be made.
    public static func fail(_ id: Int64, because reason: String, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.query(
            """
            update igny8_service_reports set status = 'failed', last_error = \(reason)
            where id = \(id) and status in ('queued', 'rendering')
            """
        ).affected > 0
    }
}
