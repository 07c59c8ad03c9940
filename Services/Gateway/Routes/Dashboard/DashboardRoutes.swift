import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// The agency's month, and the rows that its figures open to.
enum DashboardRoutes {
    static let endpoints = [dashboard, lines, movements]

    private static let dashboard = Endpoint(
        .get,
        "services/dashboard/",
        .staff,
        "getDashboard",
        "The agency's month: recurring revenue, margin, delivery, and twelve months of it, a currency at a time"
    ) { call in
        let month = try call.month
        let isExplained = call.query["explain"] != nil
        let figures = Dashboard.statements(month: month)
        let rows = try await call.read(figures + (isExplained ? DashboardExplanation.statements(month: month) : []))
            .rows
        let dashboard = try Dashboard(Array(rows.prefix(figures.count)))
        let explanation = isExplained ? try DashboardExplanation(rows.dropFirst(figures.count)) : nil
        return .json(capacity: 8192) { DashboardWriter(dashboard, explanation, call).write(into: &$0) }
    }.with {
        $0.scope = .billingRead
        $0.query = [
            QueryParameter("month", .month, "The month; that of now (UTC) when left out."), ListExplanation.parameter,
        ]
        $0.answer = DashboardWriter.schema
    }

    private static let lines = Endpoint.list(
        "services/dashboard/lines/",
        .staff,
        "listLedgerLines",
        "The lines of the books: what a figure of the dashboard or of a margin is the sum of",
        Resources.ledgerLines
    ) { call in
        var condition: SQL = "true"
        if let figure = call.query["figure"].flatMap({ LedgerFigure(rawValue: $0) }) {
            condition += " and t.ledger_account = any(\(figure.accounts.map(\.rawValue)))"
        }
        if let month = try call.month {
            condition += """
                 and e.effective_on >= \(month.firstDay.postgres) and e.effective_on < \(month.next.firstDay.postgres)
                """
        }
        if let tier = call.query["tier"] {
            condition += """
                 and case t.ledger_account when 'revenue_managed_lite' then 'lite' when 'revenue_managed_pro' then 'pro'
                    else coalesce(e.tier, 'none') end = \(tier)
                """
        }
        if let package = call.query["package"] {
            condition += """
                 and e.order_id in (select o.id from igny8_backlink_service_orders o where o.package = \(package))
                """
        }
        if let niche = call.query["niche"] {
            condition +=
                " and e.order_id in (select o.id from igny8_backlink_service_orders o where o.niche = \(niche))"
        }
        return condition
    }.with {
        $0.scope = .billingRead
        $0.query += [
            QueryParameter("package", .formatted(.slug, max: 64), "Only what counts for orders of this package."),
            QueryParameter("niche", .formatted(.slug, max: 64), "Only what counts for orders of this niche."),
            QueryParameter("figure", .oneOf(LedgerFigure.self), "Only the accounts that this figure adds up."),
            QueryParameter("month", .month, "Only what counts for this month."),
            QueryParameter("tier", .oneOf(["lite", "pro", "none"]), "Only what counts for this tier, or for none."),
        ]
    }

    private static let movements = Endpoint.list(
        "services/dashboard/movements/",
        .staff,
        "listMRRMovements",
        "What moved the monthly recurring revenue",
        Resources.mrrMovements
    ) { call in
        var condition: SQL = "true"
        if let month = try call.month {
            condition +=
                " and t.moved_on >= \(month.firstDay.postgres) and t.moved_on < \(month.next.firstDay.postgres)"
        }
        if let day = call.query["before"].flatMap({ CalendarDay($0) }) {
            condition += " and t.moved_on < \(day.postgres)"
        }
        return condition
    }.with {
        $0.scope = .billingRead
        $0.query += [
            QueryParameter("month", .month, "Only what counts for this month."),
            QueryParameter("before", .day, "Only what counts for days before this one."),
        ]
    }
}

extension Call {
    /// The month of the query.
    var month: CalendarMonth? {
        get throws {
            guard let text = query["month"] else { return nil }
            guard let day = CalendarDay(text + "-01") else {
                throw Problem.malformed("The query is not as expected.", errors: ["month": "a month as YYYY-MM"])
            }
            return day.calendarMonth
        }
    }
}
