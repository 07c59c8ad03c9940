import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Dashboard", .timeLimit(.minutes(3)))
struct DashboardTests {
    @Test("each figure of each month and currency is what a query over the ledger gives, to the last decimal")
    func figures() async throws {
        try await AgencyBooks.with { books in
            for (month, first) in [("2026-10", "2026-10-01"), ("2026-09", "2026-09-01"), ("2026-08", "2026-08-01")] {
                let dashboard = try await books.get("dashboard/?month=\(month)")
                #expect(dashboard["month"]?.string == month)
                let currencies = try #require(dashboard["currencies"]?.array)
                for shown in currencies {
                    let currency = try #require(shown["currency"]?.string)
                    let condition: SQL =
                        "currency = \(currency) and date_trunc('month', effective_on) = \(first)::text::date"
                    let series = try #require(shown["series"]?.array)
                    #expect(series.last?["month"]?.string == month)
                    for (figure, query) in AgencyBooks.queries {
                        for text in [shown[figure]?.string, series.last?[figure]?.string] {
                            let isEqual = try await books.equals(text, query, where: condition)
                            #expect(isEqual, "\(figure) of \(month) in \(currency): \(text ?? "-")")
                        }
                    }
                    let links: [(String, SQL)] = [
                        ("revenue", "-sum(amount) filter (where ledger_account = 'revenue_backlinks')"),
                        ("cost", "sum(amount) filter (where ledger_account = 'cost_links')"),
                        ("margin", "-sum(amount) filter (where ledger_account in ('revenue_backlinks', 'cost_links'))"),
                    ]
                    for (figure, query) in links {
                        let text = shown["backlinks"]?[figure]?.string
                        #expect(
                            try await books.equals(text, query, where: condition),
                            "backlinks \(figure) \(currency)"
                        )
                    }
                    for account in LedgerFigure.cost.accounts {
                        let query: SQL = "sum(amount) filter (where ledger_account = \(account.rawValue))"
                        let text = shown["costs"]?[account.rawValue]?.string
                        #expect(try await books.equals(text, query, where: condition), "\(account) \(currency)")
                    }
                }
                #expect(
                    currencies.map { $0["currency"]?.string } == (month == "2026-08" ? ["USD"] : ["EUR", "JPY", "USD"])
                )
            }
        }
    }

    @Test("recurring revenue counts by the client's own days, a change of tier once, and leads from start to end")
    func recurring() async throws {
        try await AgencyBooks.with { books in
            func mrr(_ month: String, _ currency: String) async throws -> [String] {
                let all = try await books.get("dashboard/?month=\(month)")["currencies"]?.array
                let shown = try #require(all?.first { $0["currency"]?.string == currency })
                return ["start", "new", "expansion", "reactivation", "contraction", "churn", "end"]
                    .map { shown["mrr"]?[$0]?.string ?? "-" }
            }
            #expect(try await mrr("2026-08", "USD") == ["0.00", "399.00", "0.00", "0.00", "0.00", "0.00", "399.00"])
            #expect(try await mrr("2026-09", "USD") == ["399.00", "0.00", "0.00", "0.00", "0.00", "0.00", "399.00"])
            #expect(
                try await mrr("2026-10", "USD") == ["399.00", "0.00", "0.00", "399.00", "299.00", "0.00", "499.00"]
            )
            // 10:30 UTC of 31 August is September in Kiritimati; 05:00 UTC of 1 October is September in Pago Pago.
            #expect(try await mrr("2026-09", "JPY") == ["0", "12000", "0", "0", "0", "0", "12000"])
            #expect(try await mrr("2026-10", "JPY") == ["12000", "0", "0", "0", "0", "12000", "0"])
            #expect(try await mrr("2026-09", "EUR") == ["0.00", "350.00", "0.00", "0.00", "0.00", "0.00", "350.00"])
            #expect(try await mrr("2026-10", "EUR") == ["350.00", "0.00", "0.00", "0.00", "0.00", "0.00", "350.00"])

            let october = try await books.get("dashboard/")
            #expect(october["month"]?.string == "2026-10", "the month of business time")
            let currencies = try #require(october["currencies"]?.array)
            let dollars = try #require(currencies.last)
            #expect(dollars["mrr_by_tier"]?.array?.map { $0["end"]?.string } == ["100.00", "399.00"])
            #expect(dollars["mrr_by_tier"]?.array?.map { $0["start"]?.string } == ["0.00", "399.00"])
            #expect(
                dollars["clients"]?["start"] == 1 && dollars["clients"]?["lost"] == 0 && dollars["clients"]?["end"] == 2
            )
            #expect(dollars["retention"]?["clients_percent"]?.string == "100.0")
            #expect(dollars["retention"]?["gross_revenue_percent"]?.string == "25.1")
            #expect(dollars["average_revenue_per_client"]?.string == "249.50")
            let yen = currencies[1]
            #expect(yen["retention"]?["clients_percent"]?.string == "0.0")
            #expect(yen["average_revenue_per_client"] == .null)
            #expect(october["subscriptions"]?["active"] == 3 && october["subscriptions"]?["cancelled"] == 1)
            // 2 × 379.00 earned for 150 minutes; nothing was published yet.
            #expect(dollars["minutes"] == 150)
            #expect(dollars["effective_hourly_rate"]?.string == "303.20")
            #expect(dollars["cost_per_article"] == .null)
            // Of two clients with the same revenue the one whose row is younger; both are there.
            let best = try #require(dollars["top_clients"]?.array)
            #expect(best.count == 2 && best.total("revenue") == Decimal(string: dollars["earned"]?.string ?? ""))
            #expect(best.total("margin") == Decimal(string: dollars["margin"]?.string ?? ""))
            let changes = try #require(dollars["month_over_month"]?.array)
            #expect(changes.first?["change"]?.string == "100.00")
            #expect(changes.first?["change_percent"]?.string == "25.1")
        }
    }

    @Test("explained, each figure tells its formula, adds up its rows to itself, and opens to all of them")
    func explained() async throws {
        try await AgencyBooks.with { books in
            let dashboard = try await books.get("dashboard/?explain=1")
            let currencies = try #require(dashboard["currencies"]?.array)
            let explained = try #require(dashboard["explain"]?.array)
            var seen: Set<String> = []
            for one in explained {
                let name = try #require(one["figure"]?.string)
                #expect(one["formula"]?.string?.isEmpty == false, "\(name)")
                guard let code = one["currency"]?.string else { continue }
                seen.insert(name)
                let shown = try #require(currencies.first { $0["currency"]?.string == code })
                let figure: String? =
                    switch name {
                    case "minutes": shown["minutes"]?.integer.map { String($0) }
                    case "link_revenue", "link_cost", "link_margin":
                        shown["backlinks"]?[String(name.dropFirst("link_".count))]?.string
                    case _ where name.hasPrefix("mrr."): shown["mrr"]?[String(name.dropFirst("mrr.".count))]?.string
                    case "managed_revenue", "article_cost": one["sum"]?.string
                    default: shown[name]?.string
                    }
                let sum = try #require(one["sum"]?.string)
                #expect(Decimal(string: sum) == Decimal(string: figure ?? ""), "\(name) in \(code)")
                let rows = try #require(one["rows"]?.array)
                if let ledger = LedgerFigure(rawValue: name) {
                    let all = try await books.rows(try #require(one["rows_url"]?.string))
                    #expect(all.count == Int(one["count"]?.integer ?? -1), "\(name)")
                    #expect(Decimal(ledger.sign) * all.total("amount") == Decimal(string: sum), "\(name) in \(code)")
                    #expect(rows.count == min(all.count, DashboardExplanation.shown))
                } else if name == "mrr.start" || name == "mrr.end" {
                    let all = try await books.rows(try #require(one["rows_url"]?.string))
                    #expect(all.total("amount") == Decimal(string: sum), "\(name) in \(code)")
                } else {
                    #expect(name == "minutes" || rows.total("amount") == Decimal(string: sum), "\(name) in \(code)")
                }
            }
            #expect(seen.isSuperset(of: LedgerFigure.allCases.map(\.rawValue)), "\(seen)")
            #expect(
                seen.isSuperset(of: [
                    "mrr.start", "mrr.end", "mrr.reactivation", "mrr.contraction", "mrr.churn", "minutes",
                ])
            )
        }
    }

    @Test("an agency without anything has a dashboard too; a month that is none is refused")
    func empty() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(.get, "/api/v1/services/dashboard/?explain=1", as: gateway.people.admin)
            #expect(answer.status == 200)
            #expect(DashboardWriter.schema.check(answer.json).isEmpty)
            for month in ["2026-13", "2026-1", "x", "2026-10-01"] {
                let refused = try await gateway.send(
                    .get,
                    "/api/v1/services/dashboard/?month=\(month)",
                    as: gateway.people.admin
                )
                #expect(refused.status == 400, "\(month)")
            }
        }
    }

    @Test("staff alone read it, and a client's key does not open it")
    func audience() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            for path in ["dashboard/", "margin/", "clients/", "overdue/", "dashboard/lines/", "dashboard/movements/"] {
                let path = "/api/v1/services/\(path)"
                let key = [(name: "Authorization", value: "Api-Key \(people.one.key)")]
                let statuses = [
                    try await gateway.send(.get, path, as: people.manager).status,
                    try await gateway.send(.get, path, as: people.one.owner).status,
                    try await gateway.send(.get, path).status,
                    try await gateway.send(.get, path, headers: key).status,
                ]
                #expect(statuses == [200, 403, 401, 403], "\(path)")
            }
        }
    }
}
