import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Margins, clients, overdue", .timeLimit(.minutes(3)))
struct DashboardListTests {
    /// The columns of a margin, as queries over the lines.
    private static let columns = AgencyBooks.queries.compactMap { figure, query -> (String, SQL)? in
        switch figure {
        case "earned": ("revenue", query)
        case "refunds", "cost", "fees", "losses", "margin": (figure, query)
        default: nil
        }
    }

    @Test(
        "each margin is what a query over the lines of its subject gives, in a month and over all",
        arguments: ["month", "client", "subscription", "order", "tier"],
        ["", "2026-10"]
    )
    func margins(by grouping: String, month: String) async throws {
        try await AgencyBooks.with { books in
            let page = try await books.get(
                "margin/?by=\(grouping)&explain=1" + (month.isEmpty ? "" : "&month=\(month)")
            )
            let rows = try #require(page["results"]?.array)
            let links = try #require(page["explain"]?["rows"]?.array)
            let expected = ["month": month.isEmpty ? 6 : 3, "client": 4, "subscription": 4, "order": 4]
            if let count = expected[grouping] { #expect(rows.count == count, "\(grouping) \(month)") }
            for row in rows {
                var condition: SQL = "currency = \(try #require(row["currency"]?.string))"
                switch grouping {
                case "client": condition += " and e.account_id = \(try #require(row["account_id"]?.integer))"
                case "subscription":
                    condition += " and e.subscription_id = \(try #require(row["subscription_id"]?.integer))"
                case "order": condition += " and e.order_id = \(try #require(row["order_id"]?.integer))"
                case "tier":
                    condition += """
                         and case ledger_account when 'revenue_managed_lite' then 'lite' when 'revenue_managed_pro' then 'pro'
                            else e.tier end is not distinct from \(row["tier"]?.string)
                        """
                default: break
                }
                if let day = row["month"]?.string {
                    condition += " and date_trunc('month', effective_on) = \(day)::text::date"
                }
                #expect((row["month"] == .null) == (month.isEmpty && grouping != "month"))
                for (column, query) in Self.columns {
                    let text = row[column]?.string
                    #expect(
                        try await books.equals(text, query, where: condition),
                        "\(column) of \(row): \(text ?? "-")"
                    )
                }
                let id = row["id"]
                let opened = try #require(links.first { $0["id"] == id && $0["figure"]?.string == "margin" })
                let lines = try await books.rows(try #require(opened["rows_url"]?.string))
                #expect(-lines.total("amount") == Decimal(string: row["margin"]?.string ?? ""), "\(row)")
                #expect(lines.count == Int(row["lines"]?.integer ?? -1), "\(row)")
            }
        }
    }

    @Test("margins by package and niche are sums over the books of their orders", arguments: ["package", "niche"])
    func orders(by term: String) async throws {
        try await AgencyBooks.with { books in
            // Half of the orders are of another package and niche.
            _ = try await books.gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                ["update igny8_backlink_service_orders set package = 'growth', niche = 'tech_saas' where id % 2 = 0"]
            )
            let page = try await books.get("margin/?by=\(term)&explain=1")
            let rows = try #require(page["results"]?.array)
            let links = try #require(page["explain"]?["rows"]?.array)
            #expect(!rows.isEmpty && page["unavailable"]?.array?.isEmpty != false)
            for row in rows {
                let condition: SQL = """
                    currency = \(try #require(row["currency"]?.string)) and e.order_id in
                        (select id from igny8_backlink_service_orders where \(unsafeRaw: term) = \(row[term]?.string))
                    """
                for (column, query) in Self.columns {
                    #expect(try await books.equals(row[column]?.string, query, where: condition), "\(column) of \(row)")
                }
                let opened = try #require(links.first { $0["id"] == row["id"] && $0["figure"]?.string == "margin" })
                let lines = try await books.rows(try #require(opened["rows_url"]?.string))
                #expect(-lines.total("amount") == Decimal(string: row["margin"]?.string ?? ""), "\(row)")
            }
        }
    }

    @Test("margins are filtered, ordered and paged as other lists")
    func marginList() async throws {
        try await AgencyBooks.with { books in
            let ordered = try await books.get("margin/?by=client&currency=USD&ordering=-margin")["results"]?.array
            let margins = try #require(ordered).map { Decimal(string: $0["margin"]?.string ?? "") ?? .nan }
            #expect(margins.count == 2 && margins == margins.sorted(by: >))
            #expect(try await books.get("margin/?by=client&search=early")["count"]?.integer == 1)
            let first = try await books.get("margin/?by=month&page_size=4")
            #expect(first["count"]?.integer == 6 && first["next"]?.string != nil)
            #expect(try await books.rows("http://gateway.test/api/v1/services/margin/?by=month&page_size=4").count == 6)
            #expect(
                try await books.rows("http://gateway.test/api/v1/services/margin/?by=client&cursor=&page_size=3").count
                    == 4
            )
        }
    }

    @Test("a client's row has its delivery, flags, recurring revenue and margin, and opens to their rows")
    func clients() async throws {
        try await AgencyBooks.with { books in
            let one = books.gateway.people.one
            try await books.gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await tx.query(
                    """
                    update igny8_managed_service_subscriptions
                    set current_month_articles_published = 7, current_month_target = 30,
                        current_month_start = (igny8_now() at time zone 'Europe/London')::date
                    where id = \(one.subscription.rawValue)
                    """
                )
                // One order of this month with one link of five delivered, one of an earlier month, one still a draft.
                try await tx.query(
                    """
                    with made as (
                        insert into igny8_backlink_service_orders (account_id, site_id, managed_subscription_id, links_agreed,
                            currency, status, approved_at, ordered_at)
                        select \(one.account.rawValue), \(one.site.rawValue), \(one.subscription.rawValue), 5, 'USD', status,
                            case status when 'draft' then null else igny8_now() - age end,
                            case status when 'draft' then null else igny8_now() end
                        from (values ('in_progress', interval '0'), ('in_progress', interval '40 days'),
                            ('draft', interval '0')) as given (status, age)
                        returning id, status, approved_at
                    )
                    insert into igny8_sag_backlinks (account_id, site_id, order_id, target_url, source_url, source_domain,
                        currency, status, ordered_at, delivered_at)
                    select \(one.account.rawValue), \(one.site.rawValue), id, 'https://one.example/',
                        'https://news.example/a', 'news.example', 'USD', 'pending', igny8_now(), igny8_now()
                    from made where approved_at = igny8_now()
                    """
                )
                for kind in [DeliveryFlagKind.contentBehind, .onboardingBlocked] {
                    try await DeliveryFlags.raise(
                        kind,
                        on: .subscription(one.subscription),
                        subscription: one.subscription,
                        account: one.account,
                        detail: "x",
                        in: tx
                    )
                }
                let subject = FlagSubject.subscription(one.subscription)
                try await DeliveryFlags.clear(
                    .onboardingBlocked,
                    on: subject,
                    because: "x",
                    for: TestGateway.system,
                    in: tx
                )
            }
            let page = try await books.get("clients/?explain=1")
            let rows = try #require(page["results"]?.array)
            #expect(rows.count == 4)
            let row = try #require(rows.first { $0["id"]?.integer == one.subscription.rawValue })
            #expect(row["tier"]?.string == "lite" && row["status"]?.string == "active")
            #expect(row["articles_published"] == 7 && row["articles_target"] == 30)
            #expect(row["open_flags"] == 1)
            #expect(row["links_delivered"]?.integer == 1 && row["links_target"]?.integer == 5)
            #expect(row["next_report_on"] == .null)
            #expect(page["unavailable"]?.array?.count == 1)
            for shown in rows {
                let subscription = try #require(shown["id"]?.integer)
                let condition: SQL = "e.subscription_id = \(subscription)"
                for (column, query) in Self.columns where ["revenue", "margin"].contains(column) {
                    #expect(try await books.equals(shown[column]?.string, query, where: condition), "\(shown)")
                }
                let links = page["explain"]?["rows"]?.array?.filter { $0["id"] == shown["id"] } ?? []
                let figures: Set = ["links_delivered", "links_target", "open_flags", "mrr", "revenue", "margin"]
                #expect(Set(links.compactMap { $0["figure"]?.string }) == figures)
                for link in links {
                    let all = try await books.rows(try #require(link["rows_url"]?.string))
                    switch link["figure"]?.string {
                    case "open_flags": #expect(all.count == Int(shown["open_flags"]?.integer ?? -1))
                    case "links_delivered", "links_target":
                        let name = link["figure"]?.string == "links_target" ? "links_agreed" : "links_delivered"
                        let sum = all.reduce(0) { $0 + ($1[name]?.integer ?? 0) }
                        #expect(sum == shown[link["figure"]?.string ?? ""]?.integer, "\(shown)")
                    case "mrr": #expect(all.total("amount") == Decimal(string: shown["mrr"]?.string ?? ""))
                    case let name?:
                        #expect(-all.total("amount") == Decimal(string: shown[name]?.string ?? ""), "\(shown)")
                    case nil: break
                    }
                }
            }
            #expect(rows.filter { $0["currency"]?.string == "USD" }.total("mrr") == 499)
            #expect(try await books.get("clients/?tier=lite&status=active")["count"]?.integer == 1)
            #expect(try await books.get("clients/?search=kiri")["count"]?.integer == 0)
            let ordered = try await books.get("clients/?currency=USD&ordering=-mrr")["results"]?.array
            #expect(ordered?.map { $0["mrr"]?.string } == ["399.00", "100.00"])
            #expect(try await books.rows("http://gateway.test/api/v1/services/clients/?cursor=&page_size=3").count == 4)
        }
    }

    @Test("every open flag is there, the oldest first, with subject, age and what would clear it; a cleared one is not")
    func overdue() async throws {
        try await TestGateway.with { gateway in
            let (one, other) = (gateway.people.one, gateway.people.other)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                func flag(
                    _ kind: DeliveryFlagKind,
                    _ subject: FlagSubject,
                    _ client: Client,
                    _ day: String
                ) async throws {
                    try await BusinessClock.freeze(at: try Date("\(day)T12:00:00Z", strategy: .iso8601), in: tx)
                    try await DeliveryFlags.raise(
                        kind,
                        on: subject,
                        subscription: client.subscription,
                        account: client.account,
                        detail: "since \(day)",
                        in: tx
                    )
                }
                try await flag(.contentBehind, .subscription(other.subscription), other, "2026-10-03")
                try await flag(.paymentFailed, .invoice(.init(one.invoice)), one, "2026-10-01")
                for kind in DeliveryFlagKind.allCases {
                    try await flag(kind, .subscription(one.subscription), one, "2026-10-05")
                }
                let subject = FlagSubject.subscription(one.subscription)
                try await DeliveryFlags.clear(
                    .linkLost,
                    on: subject,
                    because: "live again",
                    for: TestGateway.system,
                    in: tx
                )
                try await BusinessClock.freeze(at: try Date("2026-10-11T11:00:00Z", strategy: .iso8601), in: tx)
            }
            func list(_ query: String) async throws -> [JSON] {
                let answer = try await gateway.send(
                    .get,
                    "/api/v1/services/overdue/\(query)",
                    as: gateway.people.manager
                )
                #expect(answer.status == 200, "\(answer.text)")
                return answer.json["results"]?.array ?? []
            }
            let rows = try await list("?explain=1")
            #expect(rows.count == 2 + DeliveryFlagKind.allCases.count - 1)
            #expect(rows.prefix(3).map { $0["age_days"] } == [9, 7, 5])
            #expect(
                rows[0]["subject"]?.string == "invoice \(one.invoice)" && rows[0]["subject_kind"]?.string == "invoice"
            )
            #expect(rows[1]["subject"]?.string == "other.example" && rows[1]["detail"]?.string == "since 2026-10-03")
            for row in rows {
                let kind = try #require(row["kind"]?.string.flatMap { DeliveryFlagKind(rawValue: $0) })
                #expect(row["cleared_by"]?.string == kind.clearedBy)
                #expect(kind != .linkLost)
            }
            #expect(try await list("?kind=payment_failed").count == 2)
            #expect(try await list("?account_id=\(other.account)").count == 1)
            #expect(try await list("?ordering=-since&page_size=1").first?["age_days"] == 5)
        }
    }
}
