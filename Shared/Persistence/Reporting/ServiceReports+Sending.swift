public import DomainModel
public import Postgres

extension ServiceReports {
    /// A report that is to be sent, with everything its mail needs.
    public struct Outgoing: Sendable {
        /// The report.
        public let report: Report
        /// Its facts' first sentence, where they have one.
        public let headline: String?
        /// The site's.
        public let domain: String
        /// Whose it is.
        public let accountName: String
        /// As its service's configuration has them, else where the account's invoices go.
        public let recipients: [String]
        /// How long the PDF is.
        public let pdfBytes: Int
        /// How it looks from outside; nil: as the house.
        public let brand: Appearance.Brand?
    }

    /// Reports that are ready and wait for nobody, by id; they are held to the end of the transaction.
    ///
    /// One that staff may look at is sent when somebody has approved it, or when the time for it has passed and silence means
    /// yes. One that was sent is sent again only when it is named, asked for, and was made anew since.
    public static func outgoing(
        only id: Int64? = nil,
        isAskedFor: Bool = false,
        after: Int64 = 0,
        limit: Int,
        in tx: PostgresTransaction
    ) async throws -> [Outgoing] {
        let chosen: SQL = id.map { "report.id = \($0)" } ?? "report.id > \(after)"
        let unsent: SQL =
            isAskedFor
            ? "report.status in ('ready', 'sent') and report.sent_rendering is distinct from report.renderings"
            : "report.status = 'ready' and report.sent_at is null"
        return try await tx.query(
            """
            select \(fragment: qualified), report.pdf_bytes,
                report.report_data #>> '{summary,headline}' as headline, site.domain, account.name as account_name,
                case when jsonb_array_length(coalesce(service.service_config #> '{reporting,recipients}', '[]')) > 0
                    then array(select jsonb_array_elements_text(service.service_config #> '{reporting,recipients}'))
                    else array[account.billing_email] end as recipients,
                \(fragment: Appearance.brandColumns)
            from igny8_service_reports report
            join igny8_sites site on site.id = report.site_id
            join igny8_accounts account on account.id = report.account_id
            left join igny8_managed_service_subscriptions service on service.id = report.subscription_id
            left join igny8_agency_brandings brand on brand.id = report.branding_id
            where \(fragment: chosen) and \(fragment: unsent)
                and (report.approval in ('none', 'approved')
                    or report.approval = 'pending' and report.approval_default = 'send' and report.approve_by <= igny8_now())
            order by report.id limit \(limit) for no key update of report
            """
        ).map { row in
            try Outgoing(
                report: decode(row),
                headline: row.decode("headline"),
                domain: row.decode("domain"),
                accountName: row.decode("account_name"),
                recipients: row.decode("recipients"),
                pdfBytes: Int(row.decode("pdf_bytes", as: Int64.self)),
                brand: Appearance.brand(row)
            )
        }
    }

    private static let qualified: SQL = """
        report.id, report.account_id, report.site_id, report.subscription_id, report.report_type, report.period_start,
        report.sections_included, report.status, report.is_white_label, report.branding_id, report.template_id,
        report.theme, report.verification_code, report.file_name, report.pdf_sha256, report.renderings, report.sent_at,
        report.generated_at
        """

    /// They are in the mail: → `sent`. An approval that silence gave is written down.
    /// - Parameter recipients: by report.
    public static func markSent(_ recipients: [Int64: [EmailAddress]], in tx: PostgresTransaction) async throws {
        let pairs = recipients.sorted { $0.key < $1.key }.flatMap { id, addresses in addresses.map { (id, $0.rawValue) }
        }
        try await tx.query(
            """
            update igny8_service_reports report set status = 'sent', sent_at = igny8_now(), sent_rendering = renderings,
                sent_to = mailed.addresses,
                approval = case when approval = 'pending' then 'approved' else approval end,
                approved_at = case when approval = 'pending' then igny8_now() else approved_at end
            from (
                select id, array_agg(address order by n) as addresses
                from unnest(\(pairs.map(\.0)), \(pairs.map(\.1))) with ordinality as given (id, address, n) group by id
            ) mailed
            where report.id = mailed.id
            """
        )
    }

    /// Raises `report_late` on every report that is not sent a day after it was due, and clears it on those that are.
    /// - Returns: what changed, with the service it concerns.
    public static func flagLate(in tx: PostgresTransaction) async throws -> (raised: [Late], cleared: [Late]) {
        func late(_ row: PostgresRow) throws -> Late {
            try Late(
                reportID: row.decode("subject_id"),
                accountID: row.id("account_id"),
                subscriptionID: row.id(ifAny: "subscription_id"),
                detail: row.decode("detail")
            )
        }
        let raised = try await tx.query(
            """
            insert into igny8_delivery_flags (account_id, subscription_id, kind, subject_kind, subject_id, detail)
            select account_id, subscription_id, 'report_late', \(ReportStatus.subject), id,
                'The ' || report_type || ' report of ' || period_start || ' to ' || period_end || ' is '
                    || case when approval in ('pending', 'held') and status = 'ready' then 'waiting for approval'
                        else status end || '.'
            from igny8_service_reports
            where status <> 'sent' and sent_at is null and created_at < igny8_now() - interval '1 day'
            order by id
            on conflict (subject_kind, subject_id, kind) where cleared_at is null do nothing
            returning account_id, subscription_id, subject_id, detail
            """
        ).map(late)
        let cleared = try await tx.query(
            """
            update igny8_delivery_flags flag set cleared_at = igny8_now(), cleared_reason = 'the report was sent'
            from igny8_service_reports report
            where flag.kind = 'report_late' and flag.subject_kind = \(ReportStatus.subject) and flag.cleared_at is null
                and report.id = flag.subject_id and report.sent_at is not null
            returning flag.account_id, flag.subscription_id, flag.subject_id, flag.detail
            """
        ).map(late)
        return (raised, cleared)
    }

    /// A report whose flag has changed.
    public struct Late: Sendable {
        /// `igny8_service_reports.id`
        public let reportID: Int64
        /// Whose it is.
        public let accountID: Account.ID
        /// The service it belongs to.
        public let subscriptionID: ManagedSubscription.ID?
        /// What is late, for a person.
        public let detail: String
    }
}
