import DomainModel
import Foundation
import Persistence

/// The dashboard as the API shows it. Money is text with its currency's decimals, and more where the books have more.
struct DashboardWriter {
    let dashboard: Dashboard
    let explanation: DashboardExplanation?
    let call: Call

    init(_ dashboard: Dashboard, _ explanation: DashboardExplanation?, _ call: Call) {
        self.dashboard = dashboard
        self.explanation = explanation
        self.call = call
    }

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("month", dashboard.month.description)
            writer.member("read_at", dashboard.readAt.formatted(.iso8601))
            writer.key("subscriptions")
            writer.object { writer in
                for status in SubscriptionStatus.allCases {
                    writer.member(status.rawValue, dashboard.subscriptions[status] ?? 0)
                }
            }
            writer.member("behind_on_delivery", dashboard.behind)
            writer.key("open_flags")
            writer.beginArray()
            for kind in DeliveryFlagKind.allCases {
                guard let count = dashboard.flags[kind] else { continue }
                writer.object { writer in
                    writer.member("kind", kind.rawValue)
                    writer.member("count", count)
                }
            }
            writer.endArray()
            writer.key("currencies")
            writer.beginArray()
            for currency in dashboard.currencies { write(currency, into: &writer) }
            writer.endArray()
            if let explanation {
                writer.key("explain")
                write(explanation, into: &writer)
            }
        }
    }

    private func write(_ figures: DashboardCurrency, into writer: inout JSONWriter) {
        let now = figures.now
        writer.object { writer in
            writer.member("currency", figures.currency.code)
            writer.key("mrr")
            write(now.mrr, into: &writer)
            writer.key("mrr_by_tier")
            writer.beginArray()
            for tier in ServiceTier.allCases {
                guard let edges = figures.tiers[tier] else { continue }
                writer.object { writer in
                    writer.member("tier", tier.rawValue)
                    writer.member("start", edges.start.decimalString)
                    writer.member("end", edges.end.decimalString)
                }
            }
            writer.endArray()
            writer.key("clients")
            writer.object { writer in
                writer.member("start", now.clientsAtStart)
                writer.member("lost", now.clientsLost)
                writer.member("end", now.clientsAtEnd)
            }
            writeRatios(of: now, into: &writer)
            for figure in LedgerFigure.ofTheMonth { writer.member(figure.rawValue, now.sum(figure).decimalString) }
            writer.member("margin_percent", now.sum(.margin).percent(of: now.sum(.earned)))
            writer.key("costs")
            writer.object { writer in
                for account in LedgerFigure.cost.accounts {
                    writer.member(account.rawValue, now.balance(account).decimalString)
                }
            }
            writer.key("backlinks")
            writer.object { writer in
                writer.member("revenue", now.sum(.linkRevenue).decimalString)
                writer.member("cost", now.sum(.linkCost).decimalString)
                writer.member("margin", now.sum(.linkMargin).decimalString)
                writer.member("margin_percent", now.sum(.linkMargin).percent(of: now.sum(.linkRevenue)))
            }
            writer.key("month_over_month")
            writeChanges(figures, into: &writer)
            writer.key("top_clients")
            writer.beginArray()
            for client in figures.best {
                writer.object { writer in
                    writer.member("account_id", client.accountID.rawValue)
                    writer.member("account_name", client.name)
                    writer.member("revenue", client.revenue.decimalString)
                    writer.member("margin", client.margin.decimalString)
                }
            }
            writer.endArray()
            writer.key("series")
            writer.beginArray()
            for month in figures.months { write(month, into: &writer) }
            writer.endArray()
        }
    }

    private func write(_ mrr: MRR, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("start", mrr.start.decimalString)
            writer.member("new", mrr.new.decimalString)
            writer.member("expansion", mrr.expansion.decimalString)
            writer.member("reactivation", mrr.reactivation.decimalString)
            writer.member("contraction", mrr.contraction.decimalString)
            writer.member("churn", mrr.churn.decimalString)
            writer.member("end", mrr.end.decimalString)
        }
    }

    /// What is one figure through another; null where that is nothing.
    private func writeRatios(of month: DashboardMonth, into writer: inout JSONWriter) {
        let (start, kept) = (BookAmount(month.mrr.start), month.keptRevenue)
        writer.key("retention")
        writer.object { writer in
            writer.member(
                "clients_percent",
                Percent.text(Int128(month.clientsAtStart - month.clientsLost), of: Int128(month.clientsAtStart))
            )
            writer.member("gross_revenue_percent", kept.percent(of: start))
            writer.member("net_revenue_percent", (kept + BookAmount(month.mrr.expansion)).percent(of: start))
        }
        writer.member(
            "average_revenue_per_client",
            BookAmount(month.mrr.end).divided(by: month.clientsAtEnd)?.decimalString
        )
        writer.member("articles", month.articles)
        writer.member("cost_per_article", month.sum(.articleCost).divided(by: month.articles)?.decimalString)
        writer.member("minutes", month.minutes)
        writer.member(
            "effective_hourly_rate",
            month.sum(.managedRevenue).divided(by: month.minutes, unit: 60)?.decimalString
        )
    }

    private func writeChanges(_ figures: DashboardCurrency, into writer: inout JSONWriter) {
        writer.beginArray()
        for compared in Self.compared {
            let (before, now) = (compared.value(figures.before), compared.value(figures.now))
            writer.object { writer in
                writer.member("figure", compared.name)
                writer.member("before", before.decimalString)
                writer.member("now", now.decimalString)
                writer.member("change", (now - before).decimalString)
                writer.member("change_percent", (now - before).percent(of: before))
            }
        }
        writer.endArray()
    }

    private func write(_ month: DashboardMonth, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("month", month.month.description)
            writer.member("clients", month.clientsAtEnd)
            for compared in Self.compared { writer.member(compared.name, compared.value(month).decimalString) }
            writer.member("margin_percent", month.sum(.margin).percent(of: month.sum(.earned)))
        }
    }

    private struct Compared: Sendable {
        let name: String
        let value: @Sendable (DashboardMonth) -> BookAmount
    }

    /// The figures of the series and of month-over-month.
    private static let compared =
        [Compared(name: "mrr") { BookAmount($0.mrr.end) }]
        + LedgerFigure.ofTheMonth.map { figure in Compared(name: figure.rawValue) { $0.sum(figure) } }

    private func write(_ explanation: DashboardExplanation, into writer: inout JSONWriter) {
        let root = call.services.configuration.publicURL + Endpoint.root + "services/"
        writer.beginArray()
        for figure in explanation.figures {
            let words = DashboardFormula.words[figure.name] ?? LedgerFigure(rawValue: figure.name)?.formula
            writer.object { writer in
                writer.member("figure", figure.name)
                writer.member("currency", figure.currency)
                writer.member("formula", words ?? "")
                writer.member("sum", figure.sum)
                writer.member("count", figure.count)
                writer.key("rows")
                writer.raw(figure.rows)
                writer.member("rows_url", DashboardFormula.path(of: figure, in: dashboard.month).map { root + $0 })
            }
        }
        for (name, words) in DashboardFormula.derived {
            writer.object { writer in
                writer.member("figure", name)
                writer.key("currency")
                writer.null()
                writer.member("formula", words)
                for name in ["sum", "count"] {
                    writer.key(name)
                    writer.null()
                }
                writer.key("rows")
                writer.raw("[]")
                writer.member("rows_url", DashboardFormula.lists[name].map { root + $0 })
            }
        }
        writer.endArray()
    }
}

extension LedgerFigure {
    /// Those that a month shows as they are; cash, billed and earned are three columns (spec 9.11).
    static let ofTheMonth: [LedgerFigure] = [.billed, .earned, .cash, .refunds, .cost, .fees, .losses, .margin]
}

extension DashboardMonth {
    /// What is left of the month's first MRR.
    fileprivate var keptRevenue: BookAmount {
        BookAmount(mrr.start) - BookAmount(mrr.contraction) - BookAmount(mrr.churn)
    }
}
