import DomainModel

extension ReadModel {
    /// Reports without their facts.
    public static let serviceReports = ReadModel(
        "ServiceReport",
        table: "igny8_service_reports",
        joins: "join igny8_sites s on s.id = t.site_id join igny8_accounts a on a.id = t.account_id",
        condition: shown,
        search: ["s.domain", "a.name"],
        isLarge: true,
        columns: reportColumns
    )

    /// Reports with every rendering and every mail.
    public static let serviceReportDetails = ReadModel(
        "ServiceReportDetail",
        table: "igny8_service_reports",
        joins: "join igny8_sites s on s.id = t.site_id join igny8_accounts a on a.id = t.account_id",
        condition: shown,
        columns: reportColumns + [
            Column("history", .json, history),
            Column("mails", .json, mails),
        ]
    )

    /// What staff are still to look at is for staff alone.
    private static let shown = "(t.approval in ('none', 'approved') or igny8_scope() = 'system')"

    private static let reportColumns = [
        Column("id", .id, sort: true),
        Column("account_id", .id, filter: true),
        Column("account_name", .text, "a.name"),
        Column("site_id", .id, filter: true),
        Column("site_domain", .text, "s.domain"),
        Column("subscription_id", .id, null: true, filter: true),
        Column("report_type", .word(ReportType.allCases.map(\.rawValue)), filter: true),
        Column("period_start", .day, filter: true, sort: true),
        Column("period_end", .day, filter: true, sort: true),
        Column("status", .word(ReportStatus.allCases.map(\.rawValue)), filter: true, sort: true),
        Column("sections_included", .texts),
        Column("is_white_label", .boolean, filter: true),
        Column("branding_id", .id, null: true, filter: true),
        Column("template_id", .id, null: true, filter: true),
        Column("theme", .word(ServiceConfig.Theme.allCases.map(\.rawValue))),
        Column("file_name", .text, null: true),
        Column("pdf_sha256", .text, "encode(t.pdf_sha256, 'hex')", null: true),
        Column("pdf_bytes", .integer, null: true),
        Column("pdf_pages", .integer, null: true),
        Column("renderings", .integer),
        Column("last_error", .text, null: true),
        Column("verification_code", .text),
        Column("generated_at", .time, null: true, sort: true),
        Column("approval", .word(ReportApproval.allCases.map(\.rawValue)), filter: true),
        Column("approve_by", .time, null: true, sort: true),
        Column("approval_default", .word(ServiceConfig.ApprovalDefault.allCases.map(\.rawValue)), null: true),
        Column("approved_by", .id, null: true),
        Column("approved_at", .time, null: true),
        Column("sent_at", .time, null: true, sort: true),
        Column("sent_to", .texts),
        Column("created_at", .time, sort: true),
        Column("updated_at", .time),
    ]

    private static let history = """
        (select coalesce(jsonb_agg(jsonb_build_object('number', r.number, 'pdf_sha256', encode(r.pdf_sha256, 'hex'),
            'pdf_bytes', r.pdf_bytes, 'pdf_pages', r.pdf_pages, 'data_sha256', encode(r.data_sha256, 'hex'),
            'cpu_ms', r.cpu_ms, 'created_at', r.created_at) order by r.number), '[]')
         from igny8_report_renderings r where r.report_id = t.id)
        """

    private static let mails = """
        (select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'status', e.status, 'subject', e.subject,
            'recipients', (select jsonb_agg(m.address order by m.id) from igny8_email_recipients m where m.email_id = e.id),
            'attempts', e.attempts, 'last_error', e.last_error, 'sent_at', e.sent_at, 'created_at', e.created_at)
            order by e.id), '[]')
         from igny8_emails e where e.account_id = t.account_id and e.unique_key like 'report:' || t.id || ':%')
        """
}
