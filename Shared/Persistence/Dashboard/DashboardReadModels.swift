import DomainModel

extension ReadModel {
    /// What is late or wrong now, the oldest first.
    public static let overdue = ReadModel(
        "Overdue",
        table: "igny8_delivery_flags",
        joins: """
            join igny8_accounts a on a.id = t.account_id
            left join igny8_managed_service_subscriptions m on m.id = t.subscription_id
            left join igny8_sites s on s.id = m.site_id
            left join igny8_invoices i on t.subject_kind = 'invoice' and i.id = t.subject_id
            """,
        condition: "t.cleared_at is null",
        search: ["a.name", "s.domain", "t.detail", "i.number"],
        defaultOrder: "since",
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("subscription_id", .id, null: true, filter: true),
            Column("site_domain", .text, "s.domain", null: true),
            Column("tier", .word(ServiceTier.allCases.map(\.rawValue)), "m.tier", null: true, filter: true),
            Column("kind", .word(DeliveryFlagKind.allCases.map(\.rawValue)), filter: true, sort: true),
            Column("subject_kind", .text, filter: true),
            Column("subject_id", .id, filter: true),
            Column(
                "subject",
                .text,
                """
                case t.subject_kind when 'invoice' then coalesce(i.number, 'invoice ' || t.subject_id)
                when 'managed_subscription' then coalesce(s.domain, 'subscription ' || t.subject_id)
                else replace(t.subject_kind, '_', ' ') || ' ' || t.subject_id end
                """
            ),
            Column("detail", .text),
            Column("since", .time, sort: true),
            Column("age_days", .integer, "floor(extract(epoch from igny8_now() - t.since) / 86400)::bigint"),
            Column("cleared_by", .text, clearedBy),
        ]
    )

    /// One row a client's managed service: who, what it gets, what it brings.
    public static let clients = ReadModel(
        "Client",
        table: "igny8_managed_service_subscriptions",
        joins: """
            join igny8_sites s on s.id = t.site_id join igny8_accounts a on a.id = t.account_id
            left join igny8_margin_totals b on b.account_id = t.account_id and b.subject_kind = 'subscription'
            and b.subject_id = t.id and b.currency = t.currency and b.month = '-infinity'
            """,
        search: ["s.domain", "a.name"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name", sort: true),
            Column("site_id", .id, filter: true),
            Column("site_domain", .text, "s.domain", sort: true),
            Column("tier", .word(ServiceTier.allCases.map(\.rawValue)), filter: true, sort: true),
            Column("status", .word(SubscriptionStatus.allCases.map(\.rawValue)), filter: true, sort: true),
            Column("account_manager_id", .id, null: true, filter: true),
            Column("articles_published", .integer, "t.current_month_articles_published", sort: true),
            Column("articles_target", .integer, "t.current_month_target", null: true),
            Column("month_start", .day, "t.current_month_start", null: true),
            Column("links_delivered", .integer, links("o.links_delivered")),
            Column("links_target", .integer, links("o.links_agreed")),
            Column("open_flags", .integer, openFlags, sort: true),
            Column("next_report_on", .day, "null::date", null: true),
            Column("currency", .text, filter: true),
            Column("mrr", .money, "case t.status when 'active' then t.monthly_price else 0 end", sort: true),
            Column("revenue", .money, "coalesce(b.revenue, 0)", sort: true),
            Column("margin", .money, "coalesce(b.margin, 0)", sort: true),
            Column("margin_percent", .decimal, "round(100 * b.margin / nullif(b.revenue, 0), 1)", null: true),
        ]
    )

    /// Of the service's orders that were agreed in the running month: what they bring so far, and what they are to bring.
    private static func links(_ figure: String) -> String {
        """
        (select coalesce(sum(\(figure)), 0) from igny8_backlink_service_orders o
        where o.managed_subscription_id = t.id and o.status not in ('draft', 'cancelled')
        and o.approved_at >= t.current_month_start::timestamp at time zone a.time_zone)
        """
    }

    private static let openFlags =
        "(select count(*) from igny8_delivery_flags f where f.subscription_id = t.id and f.cleared_at is null)"

    private static var clearedBy: String {
        "case t.kind "
            + DeliveryFlagKind.allCases.map { kind in
                "when '\(kind.rawValue)' then '\(kind.clearedBy.replacing("'", with: "''"))'"
            }.joined(separator: " ") + " end"
    }
}

/// By what the margin is added up (`GET services/margin/`).
public enum MarginGrouping: String, CaseIterable, Sendable {
    case order
    case month
    case tier
    case package
    case niche
    case client
    case subscription

    /// The list; every list has the same columns. Without a month, the rows are of all months, except by month.
    public var model: ReadModel {
        switch self {
        case .order, .client, .subscription: Self.ofSubjects
        case .month: Self.ofMonths
        case .tier: Self.ofTiers
        case .package: Self.ofPackages
        case .niche: Self.ofNiches
        }
    }

    /// The kind of a subject in `igny8_margin_totals`; nil where it is added up from the months of the agency.
    public var subjectKind: String? {
        switch self {
        case .order, .client, .subscription: rawValue
        case .month, .tier, .package, .niche: nil
        }
    }

    private static let ofSubjects = margins(
        table: "igny8_margin_totals",
        search: [accountName],
        tenantColumn: "t.account_id"
    )

    /// Not a join, so that counting reads an index alone.
    private static let accountName = "(select a.name from igny8_accounts a where a.id = t.account_id)"

    private static let ofMonths = margins(table: summed("month", "''"))
    // Of each month and, as month -infinity, of all.
    private static let ofTiers = margins(table: summed("coalesce(month, '-infinity')", "tier", over: "rollup (month)"))
    private static let ofPackages = margins(table: ofOrders(by: "package"), terms: ["package"])
    private static let ofNiches = margins(table: ofOrders(by: "niche"), terms: ["niche"])

    /// What the books have of orders, added up by one of their terms; of each month and, as month -infinity, of all.
    private static func ofOrders(by term: String) -> String {
        let parts = ["revenue", "refunds", "cost", "fees", "losses", "margin"]
            .map { "sum(total.\($0))::numeric(18, 4) as \($0)" }.joined(separator: ", ")
        return """
            (select row_number() over (order by sums.month, sums.\(term), sums.currency) as id, sums.*
            from (select total.month, o.\(term), total.currency, sum(total.items)::bigint as items, \(parts)
            from igny8_margin_totals total
            join igny8_backlink_service_orders o on o.id = total.subject_id and o.account_id = total.account_id
            where total.subject_kind = 'order' group by 1, 2, 3) sums)
            """
    }

    /// The agency's months, added up. Rows have no id of their own; their number is one, an order to page by.
    private static func summed(
        _ month: String,
        _ tier: String,
        over groups: String = "month"
    ) -> String {
        func part(_ name: String, _ sign: String = "") -> String {
            "coalesce(sum(\(sign)total.amount) filter (where chart.margin_part = '\(name)'), 0)::numeric(18, 4) as \(name)"
        }
        return """
            (select row_number() over (order by sums.month, sums.tier, sums.currency) as id, sums.*,
            revenue - refunds - cost - fees - losses as margin
            from (select \(month) as month, \(tier) as tier, currency, sum(total.items)::bigint as items,
            \(part("revenue", "-")), \(part("refunds")), \(part("cost")), \(part("fees")), \(part("losses"))
            from igny8_monthly_totals total join igny8_ledger_accounts chart on chart.code = total.measure
            where total.source = 'ledger' and chart.margin_part is not null
            group by 2, currency, \(groups)) sums)
            """
    }

    private static func margins(
        table: String,
        search: [String] = ["t.currency"],
        tenantColumn: String? = nil,
        terms: Set<String> = []
    ) -> ReadModel {
        let isOfSubjects = tenantColumn != nil
        let isOfMonths = !isOfSubjects && terms.isEmpty
        func term(_ name: String) -> String {
            let ofOrder = "(select o.\(name) from igny8_backlink_service_orders o where o.id = t.subject_id)"
            return terms.contains(name) ? "t.\(name)" : subject("order", ofOrder, "text")
        }
        func subject(_ kind: String, _ expression: String, _ type: String) -> String {
            isOfSubjects ? "case when t.subject_kind = '\(kind)' then \(expression) end" : "null::\(type)"
        }
        return ReadModel(
            "Margin",
            table: table,
            tenantColumn: tenantColumn,
            search: search,
            isLarge: true,
            columns: [
                .init("id", .id, sort: true),
                .init("month", .day, "nullif(t.month, '-infinity')", null: true, sort: true),
                .init(
                    "tier",
                    .word(ServiceTier.allCases.map(\.rawValue)),
                    isOfMonths ? "nullif(t.tier, '')" : "null::text",
                    null: true
                ),
                .init("account_id", .id, isOfSubjects ? "t.account_id" : "null::bigint", null: true, filter: true),
                .init("account_name", .text, isOfSubjects ? accountName : "null::text", null: true),
                .init("order_id", .id, subject("order", "t.subject_id", "bigint"), null: true, filter: true),
                .init(
                    "subscription_id",
                    .id,
                    subject("subscription", "t.subject_id", "bigint"),
                    null: true,
                    filter: true
                ),
                .init("package", .text, term("package"), null: true),
                .init("niche", .text, term("niche"), null: true),
                .init("currency", .text, filter: true),
                .init("revenue", .money, sort: true),
                .init("refunds", .money),
                .init("cost", .money, sort: true),
                .init("fees", .money),
                .init("losses", .money),
                .init("margin", .money, sort: true),
                .init("margin_percent", .decimal, "round(100 * t.margin / nullif(t.revenue, 0), 1)", null: true),
                .init("lines", .integer, "t.items"),
            ]
        )
    }
}

extension ReadModel {
    /// The lines of the books with what their entries say.
    public static let ledgerLines = ReadModel(
        "LedgerLine",
        table: "igny8_ledger_lines",
        joins: "join igny8_ledger_entries e on e.id = t.entry_id join igny8_accounts a on a.id = t.account_id",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("entry", .text, "e.natural_key", filter: true),
            Column("kind", .text, "e.kind", filter: true),
            Column("effective_on", .day, "e.effective_on", filter: true),
            Column("posted_at", .time, "e.posted_at"),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("site_id", .id, "e.site_id", null: true, filter: true),
            Column("subscription_id", .id, "e.subscription_id", null: true, filter: true),
            Column("invoice_id", .id, "e.invoice_id", null: true, filter: true),
            Column("order_id", .id, "e.order_id", null: true, filter: true),
            Column("backlink_id", .id, "e.backlink_id", null: true, filter: true),
            Column("ledger_account", .word(LedgerAccount.allCases.map(\.rawValue)), filter: true),
            Column("amount", .money),
            Column("currency", .text, filter: true),
        ]
    )

    /// The movements of MRR.
    public static let mrrMovements = ReadModel(
        "MRRMovement",
        table: "igny8_mrr_movements",
        joins: """
            join igny8_managed_service_subscriptions m on m.id = t.subscription_id
            join igny8_sites s on s.id = m.site_id join igny8_accounts a on a.id = t.account_id
            """,
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("subscription_id", .id, filter: true),
            Column("site_domain", .text, "s.domain"),
            Column("tier", .word(ServiceTier.allCases.map(\.rawValue)), filter: true),
            Column("kind", .word(["new", "expansion", "contraction", "churn", "reactivation"]), filter: true),
            Column("amount", .money),
            Column("currency", .text, filter: true),
            Column("moved_on", .day, filter: true),
            Column("moved_at", .time),
        ]
    )
}
