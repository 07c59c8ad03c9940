import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("A client's yes to an order of links", .timeLimit(.minutes(2)))
struct OrderApprovalTests {
    @Test("a client approves what was shown, by a link, once; it is invoiced and placed in the same breath")
    func byLink() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            let path = "\(OrderDesk.orders)\(order)/approve/"
            // Nothing was laid before the client yet.
            #expect(try await gateway.send(.post, path, as: desk.one.owner, [:]).status == 409)
            let submitted = try await desk.submit(order)
            #expect(submitted.status == 200 && submitted.json["status"]?.string == "draft", "\(submitted.text)")
            let approval = try await desk.open(order)
            let (own, staffs) = (try await desk.order(order, as: desk.one.owner), try await desk.order(order))
            #expect(own["approval_id"]?.integer == approval && staffs["expected_cost"]?.string == "400.00")
            #expect(own["expected_cost"]?.isNull == true && own["margin"]?.isNull == true)
            let asked: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'follow_up_approval'"
            )
            #expect(asked == 1)
            let token = try await desk.link(to: approval)
            let shown = try await gateway.send(.post, OrderDesk.approvals + "open/", as: nil, ["token": .string(token)])
            #expect(shown.json["shown"]?["amount"]?.string == "1000.00", "\(shown.text)")
            #expect(!shown.text.contains("400.00"))
            let stranger = try await desk.click(desk.one.approval, token)
            #expect(stranger.status == 404)
            #expect(try await desk.click(approval, "ap_made-up").status == 404)
            let yes = try await desk.click(approval, token, comment: "go on")
            #expect(yes.status == 200 && yes.json["decided_by_way"]?.string == "link", "\(yes.text)")
            #expect(try await desk.order(order)["status"]?.string == "approved")
            #expect(try await desk.effects() == [1, 1])
            let again = try await desk.click(approval, token)
            #expect(again.status == 410, "\(again.text)")
            let no = try await desk.click(approval, token, "request-changes/", comment: "stop")
            #expect(no.status == 410)
            #expect(try await desk.effects() == [1, 1])
            let charged: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task in ('collect_payment', 'follow_up_invoice')"
            )
            #expect(charged == 1)
            let actor: String = try await gateway.value(
                """
                select actor from igny8_audit_events where action = 'approved' and subject_kind = 'backlink_order'
                """
            )
            #expect(actor == "user:\(desk.one.owner.user)")
        }
    }

    @Test("an order that changes voids what was shown and its links; the same again changes nothing")
    func changed() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            _ = try await desk.submit(order)
            let first = try await desk.open(order)
            let token = try await desk.link(to: first)
            _ = try await desk.submit(order)
            #expect(try await desk.open(order) == first)
            // What the client does not see may change.
            let path = "\(OrderDesk.orders)\(order)/"
            _ = try await gateway.send(
                .patch,
                path,
                as: desk.manager,
                ["notes": "a good one", "expected_cost": "410.00"]
            )
            #expect(try await desk.open(order) == first)
            _ = try await gateway.send(.patch, path, as: desk.manager, ["price": "1100.00"])
            let void = try await desk.click(first, token)
            #expect(void.status == 410 && void.json["type"]?.string?.hasSuffix("withdrawn") == true, "\(void.text)")
            _ = try await desk.submit(order)
            let second = try await desk.open(order)
            #expect(second != first)
            #expect(try await desk.click(second, token).status == 404)
            // A link that is planned is something else to see, too.
            let fresh = try await desk.link(to: second)
            let link: JSON = ["target_url": "https://one.example/", "cost": "80.00"]
            _ = try await gateway.send(.post, path + "links/", as: desk.manager, ["links": [link]])
            #expect(try await desk.click(second, fresh).status == 410)
            // However it has changed: a digest is compared, not a note that somebody remembered to make.
            _ = try await desk.submit(order)
            let third = try await desk.open(order)
            let last = try await desk.link(to: third)
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                ["update igny8_sag_backlinks set target_url = 'https://one.example/other' where order_id = \(order)"]
            )
            let stale = try await desk.click(third, last)
            #expect(stale.status == 409 && stale.json["type"]?.string?.hasSuffix("content-changed") == true)
            #expect(try await gateway.send(.post, path + "approve/", as: desk.one.owner, [:]).status == 409)
            #expect(try await desk.effects() == [0, 0])
        }
    }

    @Test("eight answers at once, by link, member and staff: one is taken, one invoice, one job")
    func atOnce() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            _ = try await desk.submit(order)
            let approval = try await desk.open(order)
            let token = try await desk.link(to: approval)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        switch number % 3 {
                        case 0: try await desk.click(approval, token).status
                        case 1:
                            try await gateway.send(
                                .post,
                                "\(OrderDesk.approvals)\(approval)/approve/",
                                as: desk.one.owner,
                                [:]
                            ).status
                        default:
                            try await gateway.send(
                                .post,
                                "\(OrderDesk.orders)\(order)/approve/",
                                as: desk.manager,
                                [:]
                            ).status
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1, "\(statuses)")
            #expect(statuses.allSatisfy { [200, 409, 410].contains($0) }, "\(statuses)")
            #expect(try await desk.effects() == [1, 1])
        }
    }

    @Test("only owners and admins decide, only for their own; a link dies with its owner's role")
    func who() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            _ = try await desk.submit(order)
            let approval = try await desk.open(order)
            let path = "\(OrderDesk.approvals)\(approval)/"
            #expect(try await gateway.send(.post, path + "approve/", [:]).status == 401)
            #expect(try await gateway.send(.post, path + "approve/", as: desk.one.editor, [:]).status == 403)
            #expect(try await gateway.send(.post, path + "approve/", as: gateway.people.other.owner, [:]).status == 404)
            #expect(try await gateway.send(.get, path, as: gateway.people.other.owner).status == 404)
            let token = try await desk.link(to: approval, of: desk.one.editor)
            #expect(try await desk.click(approval, token).status == 404)
            let no = try await gateway.send(.post, path + "request-changes/", as: desk.one.owner, ["comment": "fewer"])
            #expect(no.status == 200 && no.json["status"]?.string == "changes_requested", "\(no.text)")
            #expect(try await gateway.send(.post, path + "approve/", as: desk.one.owner, [:]).status == 409)
            #expect(try await desk.order(order)["status"]?.string == "draft")
            #expect(try await desk.effects() == [0, 0])
        }
    }

    @Test("a link that has expired answers no more")
    func expired() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let order = try await desk.draft()
            _ = try await desk.submit(order, ["deadline_days": 1])
            let approval = try await desk.open(order)
            let token = try await desk.link(to: approval)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let later = try await BusinessClock.now(in: tx).addingTimeInterval(9 * 86_400)
                _ = try await BusinessClock.freeze(at: later, in: tx)
            }
            let late = try await desk.click(approval, token)
            #expect(late.status == 410 && late.json["type"]?.string?.hasSuffix("link-expired") == true, "\(late.text)")
        }
    }

    @Test("up to the agreed limit an order goes on by itself; silence means a yes only within the agreed budget")
    func agreed() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let large = try await desk.draft("300.01", cost: "100.00")
            let bold = try await desk.submit(large, ["default": "approve"])
            #expect(bold.status == 409 && bold.json["type"]?.string?.hasSuffix("over-budget") == true, "\(bold.text)")
            try await desk.agree(autoApproveUnder: "300.00", budget: "700.00")
            let small = try await desk.draft("300.00", cost: "100.00")
            let agreed = try await desk.submit(small)
            #expect(agreed.status == 200 && agreed.json["status"]?.string == "approved", "\(agreed.text)")
            #expect(try await desk.effects() == [1, 1])
            // 400 of the budget are left: silence is a yes to 300.01, and not to 400.01.
            func silence(_ order: Int64) async throws -> String {
                _ = try await desk.submit(order)
                return try await gateway.value(
                    "select default_decision from igny8_approvals where id = \(try await desk.open(order))"
                )
            }
            #expect(try await silence(large) == "approve")
            #expect(try await silence(try await desk.draft("400.01", cost: "100.00")) == "escalate")
        }
    }

    @Test("a blueprint is answered by the same routes, and its onboarding goes on")
    func blueprint() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let id: Int64 = try await gateway.value(
                """
                insert into igny8_approvals (account_id, subscription_id, subject_kind, subject_id)
                values (\(desk.one.account.rawValue), \(desk.one.subscription.rawValue), 'blueprint', 77) returning id
                """
            )
            let yes = try await gateway.send(.post, "\(OrderDesk.approvals)\(id)/approve/", as: desk.one.owner, [:])
            #expect(yes.status == 200 && yes.json["status"]?.string == "approved", "\(yes.text)")
            let jobs: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'onboard_managed_client'"
            )
            #expect(jobs == 1)
        }
    }

    @Test("a package that is bought by click is an order, agreed and invoiced at the same price")
    func bought() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let bought = try await gateway.send(
                .post,
                "/api/v1/billing/add-ons/backlink-package/",
                as: desk.one.owner,
                [
                    "site_id": .number(desk.one.site.description), "package": "starter", "links": 6,
                    "niche": "tech_saas",
                ]
            )
            #expect(bought.status == 201, "\(bought.text)")
            let order = try await desk.order(try #require(bought.json["details"]?["order_id"]?.integer))
            #expect(order["status"]?.string == "approved" && order["package"]?.string == "starter")
            #expect(order["charged_total"]?.string == bought.json["price"]?.string)
            let margins = try await gateway.send(.get, "/api/v1/services/margin/?by=order", as: desk.manager)
            #expect(margins.json["results"]?.array?.map { $0["order_id"] } == [order["id"]], "\(margins.text)")
        }
    }

    @Test("staff plan campaigns, and move them by their transitions")
    func campaigns() async throws {
        try await TestGateway.with { gateway in
            let desk = OrderDesk(gateway: gateway)
            let path = "/api/v1/services/campaigns/"
            let site: JSON = .number(desk.one.site.description)
            let plan: JSON = [
                "target_pages": ["https://one.example/a"], "links": 8, "anchor_mix": ["branded": 60, "exact": 40],
            ]
            let made = try await gateway.send(
                .post,
                path,
                as: desk.manager,
                ["site_id": site, "name": "Winter", "country": "GB", "monthly_plan": plan]
            )
            #expect(made.status == 201 && made.json["monthly_plan"]?["links"]?.integer == 8, "\(made.text)")
            let own = "\(path)\(try #require(made.json["id"]?.integer))/"
            let foreign = plan.merged(with: ["target_pages": ["https://elsewhere.example/"]])
            #expect(try await gateway.send(.patch, own, as: desk.manager, ["monthly_plan": foreign]).status == 422)
            let uneven: JSON = ["monthly_plan": ["anchor_mix": ["branded": 60]]]
            #expect(try await gateway.send(.patch, own, as: desk.manager, uneven).status == 422)
            #expect(try await gateway.send(.patch, own, as: desk.manager, ["status": "paused"]).status == 409)
            let started = try await gateway.send(.patch, own, as: desk.manager, ["status": "active"])
            #expect(started.json["status"]?.string == "active", "\(started.text)")
            #expect(try await gateway.send(.patch, own, as: desk.one.owner, ["status": "paused"]).status == 403)
            let twin = try await gateway.send(.post, path, as: desk.manager, ["site_id": site, "name": "winter"])
            #expect(twin.status == 409)
        }
    }
}
