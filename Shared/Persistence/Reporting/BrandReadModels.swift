import DomainModel

extension ReadModel {
    /// Brands, with which text is legible on their colours.
    public static let brandings = ReadModel(
        "Branding",
        table: "igny8_agency_brandings",
        search: ["t.brand_name", "t.custom_domain"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("brand_name", .text, sort: true),
            Column("brand_logo_url", .text, null: true),
            Column(
                "logo_status",
                .word(["none", "pending", "ok", "error"]),
                """
                case when t.brand_logo_url is null then 'none' when t.logo_sha256 is not null then 'ok'
                    when t.logo_error is not null then 'error' else 'pending' end
                """
            ),
            Column("logo_error", .text, null: true),
            Column("logo_media_type", .text, null: true),
            Column("primary_color", .text),
            Column("primary_text_color", .text, "igny8_text_on(t.primary_color)"),
            Column("secondary_color", .text),
            Column("secondary_text_color", .text, "igny8_text_on(t.secondary_color)"),
            Column("color_notes", .texts, colorNotes),
            Column("contact_email", .text, null: true),
            Column("contact_phone", .text, null: true),
            Column("website_url", .text, null: true),
            Column("footer_text", .text),
            Column("custom_domain", .text, null: true, filter: true),
            Column("is_active", .boolean, filter: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Nothing is refused; what will look otherwise than its owner may think is said.
    private static let colorNotes = """
        array_remove(array[
            case when igny8_contrast(t.primary_color, '#ffffff') < 4.5
                then 'White text on primary_color has a contrast of ' || igny8_contrast(t.primary_color, '#ffffff')
                    || ' to 1, below 4.5: text on it is black.' end,
            case when igny8_contrast(t.secondary_color, '#ffffff') < 4.5
                then 'White text on secondary_color has a contrast of ' || igny8_contrast(t.secondary_color, '#ffffff')
                    || ' to 1, below 4.5: text on it is black.' end,
            case when igny8_contrast(t.primary_color, '#ffffff') < 3
                then 'primary_color hardly shows on white paper: lines and charts take a darker shade of it.' end
        ], null)
        """

    /// Templates without what they are made of.
    public static let reportTemplates = ReadModel(
        "ReportTemplate",
        table: "igny8_report_templates",
        condition: "not t.is_deleted",
        search: ["t.name"],
        columns: templateColumns
    )

    /// Templates with what they are made of.
    public static let reportTemplateDetails = ReadModel(
        "ReportTemplateDetail",
        table: "igny8_report_templates",
        condition: "not t.is_deleted",
        columns: templateColumns + [Column("template_html", .text), Column("template_css", .text)]
    )

    private static let templateColumns = [
        Column("id", .id, sort: true),
        Column("account_id", .id, filter: true),
        Column("branding_id", .id, null: true, filter: true),
        Column("name", .text, sort: true),
        Column("theme", .word(ServiceConfig.Theme.allCases.map(\.rawValue)), filter: true),
        Column("is_default", .boolean, filter: true),
        Column("status", .word(ReportTemplate.Status.allCases.map(\.rawValue)), filter: true),
        Column("check_message", .text, null: true),
        Column("check_pages", .integer, null: true),
        Column("checked_at", .time, null: true),
        Column("created_at", .time, sort: true),
        Column("updated_at", .time),
    ]
}
