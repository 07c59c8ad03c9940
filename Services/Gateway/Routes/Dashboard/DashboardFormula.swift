import DomainModel
import Persistence

/// How the dashboard's figures come about, in words (spec 11.2). Those of the books stand with ``LedgerFigure``.
enum DashboardFormula {
    /// Figures that are sums of rows.
    static let words: [String: String] = [
        "mrr.start": "all movements of MRR before the month",
        "mrr.end": "all movements up to the month's end: start + new + expansion + reactivation − contraction − churn",
        "mrr.new": "subscriptions that paid nothing at the month's start, pay at its end, and never paid before",
        "mrr.expansion": "what subscriptions that paid at both ends of the month pay more, a change of tier included",
        "mrr.reactivation": "subscriptions that paid nothing at the month's start, pay at its end, and had paid before",
        "mrr.contraction": "what subscriptions that paid at both ends of the month pay less",
        "mrr.churn": "what subscriptions paid at the month's start that ended or paused in it",
        "minutes": "the minutes of the team's time entries of the month, by the subscription's currency",
        "articles": "published articles that were counted for the month, each once",
    ]

    /// Figures that are made of others, or counted.
    static let derived: [(name: String, words: String)] = [
        ("subscriptions", "managed subscriptions by status, now"),
        ("open_flags", "delivery flags that are not cleared, now, by kind"),
        ("behind_on_delivery", "subscriptions with an open flag content_behind or links_behind, now"),
        ("mrr_by_tier", "movements of MRR of the tier before the month, and up to its end"),
        (
            "clients",
            "subscriptions that pay: start + new + reactivation − lost = end, as counted in MRR; lost is churn"
        ),
        ("retention.clients_percent", "(clients at the start − lost) ÷ clients at the start"),
        ("retention.gross_revenue_percent", "(mrr.start − mrr.contraction − mrr.churn) ÷ mrr.start"),
        ("retention.net_revenue_percent", "(mrr.start − mrr.contraction − mrr.churn + mrr.expansion) ÷ mrr.start"),
        ("average_revenue_per_client", "mrr.end ÷ clients at the end"),
        ("cost_per_article", "article_cost ÷ articles"),
        ("effective_hourly_rate", "managed_revenue × 60 ÷ minutes"),
        ("margin_percent", "margin ÷ earned"),
        ("costs", "debits less credits of each cost account; they add up to cost"),
        ("backlinks", "link_revenue, link_cost, link_margin, and link_margin ÷ link_revenue"),
        ("month_over_month", "the month, the month before, and the difference in percent of the month before"),
        ("top_clients", "the five accounts with the most revenue in the month: earned and margin of their own lines"),
        ("series", "the figures of twelve months, this one last"),
    ]

    /// Where the rows of the others are listed.
    static let lists = [
        "subscriptions": "clients/", "open_flags": "overdue/", "behind_on_delivery": "overdue/?kind=content_behind",
        "top_clients": "margin/?by=client&ordering=-revenue",
    ]

    /// The rows of a figure, below `services/`; minutes and articles have no list by month.
    static func path(of figure: DashboardExplanation.Figure, in month: CalendarMonth) -> String? {
        if LedgerFigure(rawValue: figure.name) != nil {
            return "dashboard/lines/?figure=\(figure.name)&month=\(month)&currency=\(figure.currency)&cursor="
        }
        if figure.name == "mrr.start" || figure.name == "mrr.end" {
            let day = figure.name == "mrr.start" ? month.firstDay : month.next.firstDay
            return "dashboard/movements/?before=\(day)&currency=\(figure.currency)&cursor="
        }
        if figure.name.hasPrefix("mrr.") {
            return "dashboard/movements/?month=\(month)&currency=\(figure.currency)&cursor="
        }
        return nil
    }
}
