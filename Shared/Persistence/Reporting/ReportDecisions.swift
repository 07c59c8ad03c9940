public import DomainModel
public import Postgres

/// What people decide about reports: that one is made, made again, sent, or not yet.
public enum ReportDecisions {
    /// A report that somebody asks for.
    public struct Order: Sendable {
        /// What it is about.
        public let site: Site
        /// The days it covers.
        public let period: ReportPeriod
        /// Nil: those of the site's service, or all.
        public var sections: [ReportSection]?
        /// Nil: the service's.
        public var theme: ServiceConfig.Theme?

        /// Asks for a period of a site.
        public init(site: Site, period: ReportPeriod) {
            self.site = site
            self.period = period
        }
    }

    /// Writes down that a report is to be made, as the site's service has it configured.
    /// - Returns: the new row's id; nil where the site has a report of the period.
    public static func create(
        _ order: Order,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64? {
        let usual = ReportSection.allCases.map(\.rawValue)
        return try await tx.query(
            """
            insert into igny8_service_reports (account_id, site_id, subscription_id, report_type, period_start, period_end,
                sections_included, is_white_label, branding_id, template_id, theme, created_by)
            select site.account_id, site.id, service.id, \(order.period.type.rawValue), \(order.period.start.postgres),
                \(order.period.end.postgres), coalesce(\(order.sections?.map(\.rawValue))::text[], sections.included),
                coalesce((config ->> 'white_label')::boolean, false), brand.id, template.id,
                coalesce(\(order.theme?.rawValue)::text, template.theme, config ->> 'theme', 'light'),
                \(createdBy?.rawValue)::bigint
            from igny8_sites site
            left join lateral (
                select id, service_config -> 'reporting' as config from igny8_managed_service_subscriptions
                where site_id = site.id order by status = 'cancelled', id desc limit 1
            ) service on true
            cross join lateral (
                select case when count(*) = 0 then \(usual) else array_agg(section) end as included
                from jsonb_array_elements_text(coalesce(config -> 'sections', '[]')) section
                where section = any(\(usual))
            ) sections
            left join igny8_agency_brandings brand on brand.account_id = site.account_id and brand.is_active
                and brand.id = (config ->> 'branding_id')::bigint
            left join lateral (
                select own.id, own.theme from igny8_report_templates own
                where own.account_id = site.account_id and not own.is_deleted and own.status = 'valid'
                    and (own.id = (config ->> 'template_id')::bigint or own.is_default)
                order by own.is_default limit 1
            ) template on true
            where site.id = \(order.site.id.rawValue) and site.account_id = \(order.site.accountID.rawValue)
            on conflict (site_id, report_type, period_start) do nothing
            returning id
            """
        ).first?.decode("id")
    }

    /// A report as those who decide see it; held to the end of the transaction.
    public struct Desk: Sendable {
        /// `igny8_service_reports.id`
        public let id: Int64
        /// Whose it is.
        public let accountID: Account.ID
        /// For its timeline.
        public let subscriptionID: ManagedSubscription.ID?
        /// Where it stands.
        public let status: ReportStatus
        /// Whether it waits for a yes.
        public let approval: ReportApproval
        /// Which of its kind it is.
        public let type: ReportType
    }

    /// Holds a report, when the tenant may see it.
    public static func hold(_ id: Int64, for tenant: Tenant, in tx: PostgresTransaction) async throws -> Desk? {
        try await tx.query(
            """
            select id, account_id, subscription_id, status, approval, report_type from igny8_service_reports
            where id = \(id) and \(fragment: tenant.owns()) for no key update
            """
        ).first.map { row in
            try Desk(
                id: row.decode("id"),
                accountID: row.id("account_id"),
                subscriptionID: row.id(ifAny: "subscription_id"),
                status: row.word("status"),
                approval: row.word("approval"),
                type: row.word("report_type")
            )
        }
    }

    /// It is to be made anew, of the facts and the brand as they are then.
    /// - Throws: ``IllegalTransition`` while it is being made.
    public static func regenerate(_ desk: Desk, in tx: PostgresTransaction) async throws {
        let next = try desk.status.applying(.regenerate)
        try await tx.query(
            "update igny8_service_reports set status = \(next.rawValue), last_error = null where id = \(desk.id)"
        )
    }

    /// Somebody says yes, or not yet.
    /// - Throws: ``IllegalTransition`` where nobody was asked, or it has been said already.
    public static func decide(
        _ verdict: ReportApproval,
        on desk: Desk,
        by user: User.ID?,
        in tx: PostgresTransaction
    ) async throws {
        let isApproval = verdict == .approved
        let from: [ReportApproval] = isApproval ? [.pending, .held] : [.pending]
        guard desk.status == .ready, from.contains(desk.approval) else {
            throw IllegalTransition(
                subject: ReportStatus.subject,
                from: desk.status == .ready ? desk.approval.rawValue : desk.status.rawValue,
                transition: isApproval ? "approve" : "hold",
                allowed: from.map(\.rawValue)
            )
        }
        try await tx.query(
            """
            update igny8_service_reports set approval = \(verdict.rawValue),
                approved_by = case when \(isApproval) then \(user?.rawValue)::bigint end,
                approved_at = case when \(isApproval) then igny8_now() end
            where id = \(desk.id)
            """
        )
    }
}
