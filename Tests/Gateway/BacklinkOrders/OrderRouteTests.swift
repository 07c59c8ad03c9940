import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Ordering links", .timeLimit(.minutes(2)))
struct OrderRouteTests {
    @Test(
        "a quote adds up, tells staff what is left, tells a client no cost, and holds whatever the catalogue says later"
    )
    func quote() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let publisher = try await desk.publisher(cost: "150")
            let body: JSON = [
                "site_id": .number(desk.one.site.description), "package": "growth", "links": 12,
                "niche": "tech_saas",
                "lines": [["publisher_id": .number(String(publisher)), "count": 2], ["tier": "basic_guest_post"]],
            ]
            let path = OrderDesk.orders + "quote/"
            let staff = try await gateway.send(.post, path, as: desk.manager, body)
            #expect(staff.status == 200, "\(staff.text)")
            // 2,800 for 12 links; 2 × 500 at a cost of 150; 225 for the middle of basic; times 1.2.
            #expect(staff.json["lines"]?.array?.map { $0["price"]?.string } == ["2800.00", "1000.00", "225.00"])
            #expect(staff.json["base"]?.string == "4025.00" && staff.json["surcharge"]?.string == "805.00")
            #expect(staff.json["total"]?.string == "4830.00" && staff.json["cost"]?.string == "1885.00")
            #expect(staff.json["margin"]?.string == "2945.00" && staff.json["margin_permille"]?.integer == 610)
            let slip = try #require(staff.json["quote"]?.string)

            let client: JSON = ["site_id": .number(desk.one.site.description), "package": "growth", "links": 12]
            let seen = try await gateway.send(.post, path, as: desk.one.owner, client)
            #expect(seen.status == 200 && seen.json["total"]?.string == "2800.00", "\(seen.text)")
            for secret in ["cost", "margin", "margin_permille", "is_below_floor"] {
                #expect(seen.json[secret]?.isNull == true, "\(secret)")
            }
            #expect(seen.json["lines"]?.array?.allSatisfy { $0["cost"]?.isNull == true } == true)
            let curious = try await gateway.send(.post, path, as: desk.one.owner, body)
            #expect(curious.status == 403, "\(curious.text)")
            #expect(try await gateway.send(.post, path, as: gateway.people.other.owner, client).status == 422)

            // The catalogue doubles its prices; what was promised holds, for just that.
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                ["update igny8_backlink_packages set price_min = price_min * 2, price_max = price_max * 2"]
            )
            var order = body.merged(with: ["quote": .string(slip)])
            let made = try await gateway.send(.post, OrderDesk.orders, as: desk.manager, order)
            #expect(made.status == 201 && made.json["charged_total"]?.string == "4830.00", "\(made.text)")
            #expect(made.json["links_agreed"]?.integer == 15)
            order = order.merged(with: ["links": 13])
            #expect(try await gateway.send(.post, OrderDesk.orders, as: desk.manager, order).status == 422)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let later = try await BusinessClock.now(in: tx).addingTimeInterval(15 * 86_400)
                _ = try await BusinessClock.freeze(at: later, in: tx)
            }
            let late = try await gateway.send(
                .post,
                OrderDesk.orders,
                as: desk.manager,
                body.merged(with: ["quote": .string(slip)])
            )
            #expect(late.status == 409 && late.json["type"]?.string?.hasSuffix("stale-quote") == true, "\(late.text)")
        }
    }

    @Test("a surcharge outside the niche's range needs a note; pass-through is cost and 20 percent")
    func terms() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let publisher = try await desk.publisher(cost: "99.99")
            let site: JSON = .number(desk.one.site.description)
            func quote(_ more: JSON) async throws -> TestAnswer {
                let base: JSON = ["site_id": site, "lines": [["publisher_id": .number(String(publisher))]]]
                return try await gateway.send(
                    .post,
                    OrderDesk.orders + "quote/",
                    as: desk.manager,
                    base.merged(with: more)
                )
            }
            let wild: JSON = ["niche": "crypto_casino", "niche_surcharge": "3.5"]
            #expect(try await quote(wild).status == 422)
            #expect(try await quote(wild.merged(with: ["surcharge_note": "a licence is at risk"])).status == 200)
            let passed = try await quote(["pricing": "pass_through"])
            #expect(
                passed.json["total"]?.string == "119.99" && passed.json["margin"]?.string == "20.00",
                "\(passed.text)"
            )
        }
    }

    @Test("staff plan links of the site, at most as many as are bought; those of an approved order are placed")
    func planning() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let publisher = try await desk.publisher()
            let order = try await desk.draft()
            let path = "\(OrderDesk.orders)\(order)/links/"
            func plan(_ count: Int, at page: String = "https://www.one.example/banners") async throws -> TestAnswer {
                let link: JSON = [
                    "target_url": .string(page), "publisher_id": .number(String(publisher)), "anchor_text": "banners",
                ]
                return try await gateway.send(
                    .post,
                    path,
                    as: desk.manager,
                    ["links": .array(Array(repeating: link, count: count))]
                )
            }
            #expect(try await plan(1, at: "https://elsewhere.example/").status == 422)
            #expect(try await plan(3).json["type"]?.string?.hasSuffix("links-agreed") == true)
            let one = try await plan(1)
            #expect(one.status == 201 && one.json["status"]?.string == "draft", "\(one.text)")
            #expect(try await desk.effects() == [0, 0])
            #expect(
                try await desk.gateway.send(.post, "\(OrderDesk.orders)\(order)/approve/", as: desk.manager, [:]).status
                    == 200
            )
            #expect(try await desk.effects() == [1, 1])
            #expect(try await plan(1).status == 201)
            #expect(try await plan(1).status == 409)
            let client = try await gateway.send(
                .post,
                path,
                as: desk.one.owner,
                ["links": [["target_url": "https://one.example/"]]]
            )
            #expect(client.status == 403)
        }
    }

    @Test("below the floor nothing is approved without a second person: neither who made the order nor who priced it")
    func floor() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let (first, second) = (desk.manager, gateway.people.admin)
            let order = try await desk.draft("1000.00", cost: "860.00")
            let (path, reason) = ("\(OrderDesk.orders)\(order)/", JSON.string("their first order with us"))
            let refused = try await gateway.send(.post, path + "approve/", as: first, [:])
            #expect(refused.status == 409 && refused.json["type"]?.string?.hasSuffix("margin-below-floor") == true)
            #expect(try await desk.submit(order).status == 409)
            #expect(try await gateway.send(.post, path + "allow-margin/", as: first, ["reason": reason]).status == 403)
            // Who prices it anew is not the second person either, though another has made it.
            let priced = try await gateway.send(.patch, path, as: second, ["expected_cost": "870.00"])
            #expect(priced.status == 200, "\(priced.text)")
            #expect(try await gateway.send(.post, path + "allow-margin/", as: second, ["reason": reason]).status == 403)
            _ = try await gateway.send(.patch, path, as: first, ["expected_cost": "880.00"])
            let allowed = try await gateway.send(.post, path + "allow-margin/", as: second, ["reason": reason])
            #expect(allowed.status == 200, "\(allowed.text)")
            // Other terms are not what was allowed.
            _ = try await gateway.send(.patch, path, as: first, ["expected_cost": "900.00"])
            #expect(try await gateway.send(.post, path + "approve/", as: first, [:]).status == 409)
            _ = try await gateway.send(.post, path + "allow-margin/", as: second, ["reason": reason])
            #expect(try await gateway.send(.post, path + "approve/", as: first, [:]).status == 200)
            // An agreed order may not become dearer than was allowed.
            let publisher = try await desk.publisher(cost: "450.01")
            let link: JSON = ["target_url": "https://one.example/", "publisher_id": .number(String(publisher))]
            let dear = try await gateway.send(.post, path + "links/", as: first, ["links": [link, link]])
            #expect(dear.status == 409, "\(dear.text)")
        }
    }

    @Test("an account that is past due orders nothing, until staff let it")
    func pastDue() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    insert into igny8_invoices (account_id, currency, kind, seller, buyer, net, tax, total, status, issuer,
                        issue_year, issue_number, number, issued_on, issued_at, first_failed_at)
                    values (\(desk.one.account.rawValue), 'USD', 'other', '{}', '{}', 10, 0, 10, 'pending', 'TT', 2026, 1,
                        'TT-2026-000001', '2026-09-01', igny8_now(), igny8_now())
                    """
                ]
            )
            let path = "\(OrderDesk.orders)\(order)/approve/"
            #expect(try await desk.submit(order).status == 402)
            #expect(try await gateway.send(.post, path, as: desk.manager, [:]).status == 402)
            #expect(try await desk.order(order)["status"]?.string == "draft")
            let guardPath = "/api/v1/accounts/\(desk.one.account)/spend-guard/override/"
            _ = try await gateway.send(.post, guardPath, as: desk.manager, ["reason": "the money is on its way"])
            #expect(try await gateway.send(.post, path, as: desk.manager, [:]).status == 200)
        }
    }

    @Test("an approved order that is cancelled has its invoice withdrawn and its links given up; one in progress stays")
    func cancelling() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            let path = "\(OrderDesk.orders)\(order)/"
            let link: JSON = ["target_url": "https://one.example/", "cost": "80.00"]
            _ = try await gateway.send(.post, path + "links/", as: desk.manager, ["links": [link]])
            #expect(try await gateway.send(.post, path + "approve/", as: desk.manager, [:]).status == 200)
            #expect(try await gateway.send(.post, path + "cancel/", as: gateway.people.one.editor, [:]).status == 403)
            let cancelled = try await gateway.send(.post, path + "cancel/", as: desk.one.owner, ["reason": "too early"])
            #expect(cancelled.status == 200 && cancelled.json["status"]?.string == "cancelled", "\(cancelled.text)")
            let invoice: String = try await gateway.value(
                "select status from igny8_invoices where kind = 'backlinks' and account_id = \(desk.one.account.rawValue)"
            )
            #expect(invoice == "void")
            let planned: Int64 = try await gateway.value(
                "select count(*) from igny8_sag_backlinks where order_id = \(order) and status <> 'rejected'"
            )
            #expect(planned == 0)
            #expect(try await gateway.send(.post, path + "cancel/", as: desk.manager, [:]).status == 409)
            let report = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await LedgerCheck.run(in: tx)
            }
            #expect(report.findings.isEmpty)
        }
    }

    @Test("what is booked on an order's invoice counts for the order, and for its managed service")
    func books() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let made = try await gateway.send(
                .post,
                OrderDesk.orders,
                as: desk.manager,
                [
                    "site_id": .number(desk.one.site.description), "package": "starter",
                    "managed_subscription_id": .number(desk.one.subscription.description),
                ]
            )
            let order = try #require(made.json["id"]?.integer)
            #expect(
                try await gateway.send(.post, "\(OrderDesk.orders)\(order)/approve/", as: desk.manager, [:]).status
                    == 200
            )
            for by in ["order", "subscription"] {
                let margins = try await gateway.send(.get, "/api/v1/services/margin/?by=\(by)", as: desk.manager)
                let row = try #require(margins.json["results"]?.array?.first, "\(margins.text)")
                #expect(row["\(by)_id"]?.integer == (by == "order" ? order : desk.one.subscription.rawValue))
                #expect(row["revenue"]?.string == "800.0000" || row["revenue"]?.string == "800.00", "\(margins.text)")
            }
        }
    }
}
