import DomainModel
import HTTPTypes
import Persistence
import Postgres

/// Margins from the books alone: by order, month, tier, package, niche, client and subscription.
enum MarginRoutes {
    static let endpoints = [margin]

    private static let margin = Endpoint.explainedList(
        "services/margin/",
        "listMargins",
        "Revenue, cost and margin from the books, by what is asked for",
        resource(.client),
        parameters: [
            QueryParameter(
                "by",
                .oneOf(MarginGrouping.allCases.map(\.rawValue)),
                "What a row is; a month when left out."
            ),
            QueryParameter("month", .month, "Only this month; all months together when left out, except by month."),
        ]
    ) { call in
        let grouping = call.query["by"].flatMap { MarginGrouping(rawValue: $0) } ?? .month
        var condition: SQL = "true"
        if let kind = grouping.subjectKind { condition += " and t.subject_kind = \(kind)" }
        if let month = try call.month {
            condition += " and t.month = \(month.firstDay.postgres)"
        } else if grouping != .month {
            condition += " and t.month = '-infinity'"
        }
        return ExplainedPage(
            resource: resource(grouping),
            explanation: explanation(of: grouping),
            condition: condition,
            count: try count(grouping, call)
        )
    }

    /// Ten thousand clients are not counted with each page: how many rows there are is kept by currency and month.
    private static func count(_ grouping: MarginGrouping, _ call: Call) throws -> SQL? {
        guard let kind = grouping.subjectKind,
            !["search", "account_id", "order_id", "subscription_id"].contains(where: { call.query[$0] != nil })
        else { return nil }
        var count: SQL = """
            select coalesce(sum(total.items), 0)::bigint from igny8_monthly_totals total
            where total.source = 'rows' and total.measure = \(kind) and total.month = 
            """
        if let month = try call.month { count += "\(month.firstDay.postgres)" } else { count += "'-infinity'" }
        if let currency = call.query["currency"] { count += " and total.currency = \(currency)" }
        return count
    }

    private static func resource(_ grouping: MarginGrouping) -> Resource {
        Resources.margins[grouping] ?? Resources.overdue
    }

    private static func explanation(of grouping: MarginGrouping) -> ListExplanation {
        let figures: [(name: String, figure: LedgerFigure)] = [
            ("revenue", .earned), ("refunds", .refunds), ("cost", .cost), ("fees", .fees), ("losses", .losses),
            ("margin", .margin),
        ]
        return ListExplanation(
            figures.map { name, figure in
                ListExplanation.Figure(name, figure.formula) { row in try lines(of: row, figure, by: grouping) }
            } + [.init("margin_percent", "margin ÷ revenue")]
        )
    }

    /// The lines that a figure of a row adds up.
    private static func lines(of row: PostgresRow, _ figure: LedgerFigure, by grouping: MarginGrouping) throws -> String
    {
        var query = "figure=\(figure.rawValue)&currency=\(try row.decode("currency", as: String.self))"
        if let month = try row.decode("month", as: PostgresDay?.self).flatMap({ CalendarDay($0)?.calendarMonth }) {
            query += "&month=\(month)"
        }
        switch grouping {
        case .order: query += "&order_id=\(try row.decode("order_id", as: Int64.self))"
        case .client: query += "&account_id=\(try row.decode("account_id", as: Int64.self))"
        case .subscription: query += "&subscription_id=\(try row.decode("subscription_id", as: Int64.self))"
        case .tier: query += "&tier=\(try row.decode("tier", as: String?.self) ?? "none")"
        case .package, .niche: query += "&\(grouping)=\(try row.decode(grouping.rawValue, as: String.self))"
        case .month: break
        }
        return "services/dashboard/lines/?\(query)&cursor="
    }
}
