public import DomainModel
public import Postgres

/// `igny8_report_templates`. Deleted ones vanish from every read; reports that were made with one keep their design.
public enum ReportTemplates {
    static let columns: SQL = """
        id, account_id, branding_id, name, template_html, template_css, theme, is_default, status, check_message,
        check_pages, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<ReportTemplate> {
        let check: ReportTemplate.Check =
            switch try row.word("status", as: ReportTemplate.Status.self) {
            case .unchecked: .unchecked
            case .valid: .valid(pages: try row.decode("check_pages", as: Int?.self) ?? 0)
            case .invalid: .invalid(try row.decode("check_message", as: String?.self) ?? "")
            }
        return try Stored(
            ReportTemplate(
                id: row.id("id"),
                accountID: row.id("account_id"),
                brandingID: row.id(ifAny: "branding_id"),
                name: row.decode("name"),
                design: ReportTemplate.Design(
                    html: row.decode("template_html"),
                    css: row.decode("template_css"),
                    theme: row.word("theme")
                ),
                isDefault: row.decode("is_default"),
                check: check
            ),
            row
        )
    }

    /// A template, when the tenant may see it.
    public static func find(
        _ id: ReportTemplate.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ReportTemplate>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_report_templates
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// A new template, to be checked. A new default takes the place of the one before; hold the account.
    public static func create(
        named name: String,
        _ design: ReportTemplate.Design,
        for branding: Branding.ID?,
        isDefault: Bool,
        account: Account.ID,
        createdBy: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ReportTemplate> {
        if isDefault { try await dethrone(in: account, but: nil, in: queries) }
        return try decode(
            await queries.query(
                """
                insert into igny8_report_templates (account_id, branding_id, name, template_html, template_css, theme,
                    is_default, created_by)
                values (\(account.rawValue), \(branding?.rawValue), \(name), \(design.html), \(design.css),
                    \(design.theme.rawValue), \(isDefault), \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Saves everything that may change. A new default takes the place of the one before; hold the account.
    /// - Throws: ``StaleRevision``.
    public static func save(_ template: inout Stored<ReportTemplate>, in queries: some PostgresQuerying) async throws {
        let value = template.value
        if value.isDefault { try await dethrone(in: value.accountID, but: value.id, in: queries) }
        let rows = try await queries.query(
            """
            update igny8_report_templates set branding_id = \(value.brandingID?.rawValue), name = \(value.name),
                template_html = \(value.design.html), template_css = \(value.design.css),
                theme = \(value.design.theme.rawValue), is_default = \(value.isDefault),
                status = \(value.check.status.rawValue),
                checked_revision = case when \(value.check == .unchecked) then null else checked_revision end,
                check_message = case when \(value.check == .unchecked) then null else check_message end,
                check_pages = case when \(value.check == .unchecked) then null else check_pages end,
                checked_at = case when \(value.check == .unchecked) then null else checked_at end
            where id = \(value.id.rawValue) and not is_deleted and revision = \(template.revision)
            returning revision, updated_at
            """
        )
        try template.saved(rows, subject: "report_template")
    }

    private static func dethrone(
        in account: Account.ID,
        but id: ReportTemplate.ID?,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_report_templates set is_default = false
            where account_id = \(account.rawValue) and is_default and not is_deleted and id is distinct from \(id?.rawValue)
            """
        )
    }

    /// Puts a template out of sight.
    public static func delete(_ template: Stored<ReportTemplate>, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_report_templates set is_deleted = true, deleted_at = igny8_now(), is_default = false
            where id = \(template.id.rawValue) and not is_deleted
            """
        )
    }

    /// Stores what a test render said.
    /// - Parameter revision: of the template that was rendered; nothing is stored when it has another by now.
    /// - Returns: whether it was stored.
    public static func store(
        _ check: ReportTemplate.Check,
        of id: ReportTemplate.ID,
        revision: Int64,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        var (pages, message): (Int?, String?)
        switch check {
        case .unchecked: break
        case .valid(let count): pages = count
        case .invalid(let reason): message = String(reason.prefix(2000))
        }
        return try await queries.query(
            """
            update igny8_report_templates set status = \(check.status.rawValue), checked_revision = \(revision),
                check_message = \(message), check_pages = \(pages), checked_at = igny8_now()
            where id = \(id.rawValue) and revision = \(revision) and not is_deleted
            """
        ).affected > 0
    }

    /// The subscriptions that have a template in their configuration. Call it with the template held.
    public static func uses(
        of template: ReportTemplate,
        in queries: some PostgresQuerying
    ) async throws -> [Brandings.Use] {
        try await queries.query(
            """
            select 'managed_subscription' as kind, service.id, site.domain as name
            from igny8_managed_service_subscriptions service join igny8_sites site on site.id = service.site_id
            where service.account_id = \(template.accountID.rawValue) and service.status <> 'cancelled'
                and service.service_config #>> '{reporting,template_id}' = \(String(template.id.rawValue))
            order by 2 limit 50
            """
        ).map(Brandings.Use.init)
    }

    /// The status of a template that an account would choose; nil where it has none such. It cannot go before the transaction
    /// ends.
    public static func offered(
        _ id: ReportTemplate.ID,
        to account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> ReportTemplate.Status? {
        try await tx.query(
            """
            select status from igny8_report_templates
            where id = \(id.rawValue) and account_id = \(account.rawValue) and not is_deleted for share
            """
        ).first.map { row in try row.word("status") }
    }
}
