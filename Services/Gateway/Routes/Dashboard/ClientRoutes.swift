import DomainModel
import HTTPTypes
import Persistence
import Postgres

/// The clients with what each gets and brings, and everything that is late or wrong for them.
enum ClientRoutes {
    static let endpoints = [clients, overdue]

    private static let clients = Endpoint.explainedList(
        "services/clients/",
        "listClients",
        "One row a client's managed service: delivery, flags, recurring revenue, margin",
        Resources.clients
    ) { call in ExplainedPage(resource: Resources.clients, explanation: ofClients, count: count(call)) }

    private static let overdue = Endpoint.explainedList(
        "services/overdue/",
        "listOverdue",
        "Every open delivery flag, with its subject, age, and what would clear it",
        Resources.overdue
    ) { _ in ExplainedPage(resource: Resources.overdue, explanation: ofFlags) }

    /// Ten thousand clients are not counted with each page: how many there are is kept by status, tier and currency.
    private static func count(_ call: Call) -> SQL? {
        guard !["search", "account_id", "site_id", "account_manager_id"].contains(where: { call.query[$0] != nil })
        else {
            return nil
        }
        var count: SQL = """
            select coalesce(sum(total.items), 0)::bigint from igny8_monthly_totals total
            where total.source = 'state' and total.month = '-infinity'
            """
        if let status = call.query["status"] { count += " and total.measure = \(status)" }
        if let tier = call.query["tier"] { count += " and total.tier = \(tier)" }
        if let currency = call.query["currency"] { count += " and total.currency = \(currency)" }
        return count
    }

    private static let ofClients = ListExplanation(
        [
            .init("articles_published", "published articles of the running month, as last counted"),
            .init("articles_target", "articles owed in the running month, prorated as the price"),
            .init("links_delivered", "delivered links of the service's orders that were agreed in the running month") {
                row in try orders(row)
            },
            .init("links_target", "links that those orders are to bring") { row in try orders(row) },
            .init("open_flags", "delivery flags of the subscription that are not cleared") { row in
                "services/overdue/?subscription_id=\(try id(row))"
            },
            .init("mrr", "the monthly price while active, else nothing: the sum of the subscription's movements") {
                row in
                "services/dashboard/movements/?subscription_id=\(try id(row))&cursor="
            },
            .init("revenue", LedgerFigure.earned.formula + "; of all months") { row in try lines(row, .earned) },
            .init("margin", LedgerFigure.margin.formula + "; of all months") { row in try lines(row, .margin) },
            .init("margin_percent", "margin ÷ revenue"),
        ],
        unavailable: [
            ("next_report_on", "No reports are made here yet.")
        ]
    )

    private static let ofFlags = ListExplanation([
        .init("age_days", "whole days from `since` to now"),
        .init("cleared_by", "what the kind of the flag asks for"),
    ])

    private static func id(_ row: PostgresRow) throws -> Int64 { try row.decode("id") }

    private static func orders(_ row: PostgresRow) throws -> String {
        // No month runs, so none of its orders does either.
        let month = try row.decode("month_start", as: PostgresDay?.self).flatMap { CalendarDay($0) }
        return "services/backlink-orders/?managed_subscription_id=\(try id(row))"
            + "&agreed_from=\(month?.description ?? "9999-01-01")"
    }

    private static func lines(_ row: PostgresRow, _ figure: LedgerFigure) throws -> String {
        let currency: String = try row.decode("currency")
        return
            "services/dashboard/lines/?figure=\(figure.rawValue)&currency=\(currency)&subscription_id=\(try id(row))&cursor="
    }
}
