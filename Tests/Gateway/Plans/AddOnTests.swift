import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Add-ons over the API", .timeLimit(.minutes(5)))
struct AddOnTests {
    private static let root = "/api/v1/billing/add-ons/"

    private static func setPlan(_ plan: PlanKey, _ gateway: TestGateway) async throws {
        let path = "/api/v1/accounts/\(gateway.people.one.account)/"
        let body: JSON = ["plan": .string(plan.rawValue)]
        #expect(try await gateway.send(.patch, path, as: gateway.people.admin, body).status == 200)
    }

    private static func site(_ domain: String, _ gateway: TestGateway) async throws -> JSON {
        let body: JSON = ["domain": .string(domain)]
        let answer = try await gateway.send(.post, "/api/v1/sites/", as: gateway.people.one.owner, body)
        return try #require(answer.json["id"], "\(answer.text)")
    }

    /// What each plan may buy (spec 1 and 6).
    private static let sales: [(item: String, plans: [PlanKey])] = [
        ("managed_service:lite", [.growth, .scale]), ("managed_service:pro", [.scale]),
        ("backlink_package:starter", [.growth, .scale]), ("backlink_package:growth", [.growth, .scale]),
        ("backlink_package:authority", [.scale]), ("indexing_boost:indexing_boost", [.growth, .scale]),
        ("credits:credits_1000", [.free, .starter, .growth, .scale]),
    ]

    @Test(
        "what is offered and what is sold are the same, on each plan, and a refusal names plan and price",
        arguments: [PlanKey.free, .starter, .growth, .scale]
    )
    func eligibility(plan: PlanKey) async throws {
        try await TestGateway.with { gateway in
            let site = try await Self.site("fresh.example", gateway)
            try await Self.setPlan(plan, gateway)
            let owner = gateway.people.one.owner
            let list = try await gateway.send(.get, Self.root, as: owner)
            #expect(list.status == 200, "\(list.text)")
            let offers = try #require(list.json["results"]?.array)
            for (item, plans) in Self.sales {
                let (kind, key) = (String(item.prefix { $0 != ":" }), String(item.drop { $0 != ":" }.dropFirst()))
                let offer = try #require(offers.first { $0["kind"]?.string == kind && $0["key"]?.string == key })
                let isSold = plans.contains(plan)
                #expect(offer["is_available"] == .bool(isSold), "\(item) on \(plan)")
                if !isSold {
                    #expect(offer["reason"]?.string == "feature-not-in-plan")
                    #expect(offer["plan"]?.string == plans[0].rawValue, "\(item) on \(plan)")
                }
                let bodies: [String: (path: String, body: JSON)] = [
                    "managed_service": ("managed-service/", ["site_id": site, "tier": .string(key)]),
                    "backlink_package": ("backlink-package/", ["site_id": site, "package": .string(key)]),
                    "indexing_boost": ("indexing-boost/", ["site_id": site, "urls": ["https://a.example/"]]),
                    "credits": ("credits/", ["package": .string(key)]),
                ]
                let (path, body) = try #require(bodies[kind])
                let answer = try await gateway.send(.post, Self.root + path, as: owner, body)
                if isSold {
                    // The site gets one managed service only.
                    let expected = item == "managed_service:pro" ? [201, 409] : [201]
                    #expect(expected.contains(answer.status), "\(item) on \(plan): \(answer.text)")
                } else {
                    #expect(answer.status == 403, "\(item) on \(plan): \(answer.text)")
                    #expect(answer.json["plan"]?.string == plans[0].rawValue)
                    #expect(answer.json["plan_price"]?.string == (plans[0] == .growth ? "149.00" : "349.00"))
                    #expect(answer.json["held"]?.string?.isEmpty == false)
                }
            }
        }
    }

    @Test("a flag that is off hides what it stands before, and is named")
    func flags() async throws {
        try await TestGateway.with { gateway in
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                for flag in FeatureFlag.allCases { try await FeatureFlags.set(flag, isEnabled: false, in: tx) }
            }
            let owner = gateway.people.one.owner
            let list = try await gateway.send(.get, Self.root, as: owner)
            let offers = list.json["results"]?.array ?? []
            let lite = try #require(offers.first { $0["key"]?.string == "lite" })
            #expect(lite["reason"]?.string == "feature-disabled")
            #expect(lite["flag"]?.string == "managed_services_enabled")
            let site = try await Self.site("fresh.example", gateway)
            let body: JSON = ["site_id": site, "package": "starter"]
            let answer = try await gateway.send(.post, Self.root + "backlink-package/", as: owner, body)
            #expect(answer.status == 403 && answer.json["flag"]?.string == "backlink_orders_enabled")
        }
    }

    @Test("links are priced by their number and niche, invoiced, booked, and the charge is ordered: all or nothing")
    func links() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let site = try await Self.site("fresh.example", gateway)
            let body: JSON = ["site_id": site, "package": "starter", "links": 6, "niche": "health_medical"]
            let answer = try await gateway.send(.post, Self.root + "backlink-package/", as: owner, body)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json["price"]?.string == "1550.00" && answer.json["quantity"]?.integer == 6)
            let details = try #require(answer.json["details"])
            #expect(details["niche"] == "health_medical" && details["multiplier"] == "1.5")
            #expect(details["order_id"]?.integer != nil)
            #expect(answer.json["invoice_status"]?.string == "pending")
            let id = try #require(answer.json["invoice_id"]?.integer)
            let invoice = try await gateway.send(.get, "/api/v1/billing/invoices/\(id)/", as: owner)
            #expect(invoice.json["total"]?.string == "1550.00" && invoice.json["kind"]?.string == "backlinks")
            #expect(invoice.json["lines"]?.array?.count == 1)
            let jobs: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'collect_payment' and payload ->> 'invoice_id' = \(String(id))"
            )
            #expect(jobs == 1)
            let report = try await gateway.store.read(as: TestGateway.system, actor: "test") { tx in
                try await LedgerCheck.run(in: tx)
            }
            #expect(report.isBalanced, "\(report.findings)")
            for wrong: JSON in [
                ["site_id": site, "package": "starter", "links": 9], ["site_id": site, "package": "enterprise"],
                ["site_id": site, "package": "starter", "niche": "none"], ["site_id": 9_999_999, "package": "starter"],
                ["site_id": .number(gateway.people.other.site.description), "package": "starter"],
            ] {
                let refused = try await gateway.send(.post, Self.root + "backlink-package/", as: owner, wrong)
                #expect(refused.status == 422, "\(refused.text)")
            }
            #expect(try await gateway.value("select count(*) from igny8_add_on_purchases") == Int64(1))
        }
    }

    @Test("who pays by bank transfer is asked for it by a mail's job instead of a charge")
    func manual() async throws {
        try await TestGateway.with { gateway in
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    update igny8_account_payment_methods set kind = 'bank', is_verified = true
                    where id = \(gateway.people.one.paymentMethod)
                    """
                ]
            )
            let site = try await Self.site("fresh.example", gateway)
            let body: JSON = ["site_id": site, "urls": ["https://a.example/"]]
            let answer = try await gateway.send(
                .post,
                Self.root + "indexing-boost/",
                as: gateway.people.one.owner,
                body
            )
            let id = try #require(answer.json["invoice_id"]?.integer, "\(answer.text)")
            let tasks: String = try await gateway.value(
                "select string_agg(task, ',') from igny8_jobs where payload ->> 'invoice_id' = \(String(id))"
            )
            #expect(tasks == "follow_up_invoice")
        }
    }

    @Test("each URL is indexed for its price once, however often it is named")
    func indexing() async throws {
        try await TestGateway.with { gateway in
            let site = try await Self.site("fresh.example", gateway)
            let urls: JSON = [
                "https://a.example/1", "https://a.example/2", "https://a.example/1", "https://a.example/3",
            ]
            let owner = gateway.people.one.owner
            let body: JSON = ["site_id": site, "urls": urls]
            let answer = try await gateway.send(.post, Self.root + "indexing-boost/", as: owner, body)
            #expect(answer.status == 201 && answer.json["price"]?.string == "0.45", "\(answer.text)")
            #expect(answer.json["details"]?["urls"]?.array?.count == 3)
            let list = try await gateway.send(.get, Self.root + "purchases/", as: owner)
            #expect(list.json["results"]?.array?.count == 1)
            let other = try await gateway.send(.get, Self.root + "purchases/", as: gateway.people.other.owner)
            #expect(other.json["results"]?.array?.isEmpty == true)
        }
    }

    @Test("a managed service begins pending, with its onboarding and without an invoice")
    func managed() async throws {
        try await TestGateway.with { gateway in
            let site = try await Self.site("fresh.example", gateway)
            let owner = gateway.people.one.owner
            let body: JSON = ["site_id": site, "tier": "pro"]
            let answer = try await gateway.send(.post, Self.root + "managed-service/", as: owner, body)
            #expect(answer.status == 201 && answer.json["price"]?.string == "399.00", "\(answer.text)")
            #expect(answer.json["invoice_id"]?.isNull == true)
            let id = try #require(answer.json["subscription_id"]?.integer)
            let path = "/api/v1/services/subscriptions/\(id)/"
            #expect(try await gateway.send(.get, path, as: owner).json["status"]?.string == "pending")
            let jobs: Int64 = try await gateway.value(
                """
                select count(*) from igny8_jobs
                where task = 'onboard_managed_client' and payload ->> 'subscription_id' = \(String(id))
                """
            )
            #expect(jobs == 1)
            #expect(
                try await gateway.send(.post, Self.root + "managed-service/", as: gateway.people.one.editor, body)
                    .status
                    == 403
            )
        }
    }

    @Test("fifty clicks at once buy once: the same click, the same key, and different keys for one site")
    func parallel() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let token = try await gateway.token(of: owner)
            @Sendable func click(_ path: String, _ body: JSON, key: String?) async throws -> TestAnswer {
                var headers = [(name: "Authorization", value: "Bearer \(token)")]
                if let key { headers.append(("Idempotency-Key", key)) }
                return try await gateway.raw(.post, Self.root + path, body.bytes, headers: headers)
            }
            func fifty(
                _ path: String,
                _ body: JSON,
                key: @escaping @Sendable (Int) -> String?
            ) async throws -> [TestAnswer] {
                try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                    for number in 0..<50 { group.addTask { try await click(path, body, key: key(number)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            let site = try await Self.site("fresh.example", gateway)
            let links: JSON = ["site_id": site, "package": "starter"]
            let same = try await fifty("backlink-package/", links) { _ in nil }
            #expect(same.allSatisfy { $0.status == 201 }, "\(same.map(\.status))")
            #expect(Set(same.map { $0.json["id"]?.integer }).count == 1)
            let keyed = try await fifty("backlink-package/", links) { _ in "one-key" }
            #expect(Set(keyed.map { $0.json["id"]?.integer }).count == 1)
            #expect(keyed[0].json["id"] != same[0].json["id"], "another key is another purchase")
            let managed = try await fifty("managed-service/", ["site_id": site, "tier": "lite"]) { "key-\($0)" }
            #expect(managed.filter { $0.status == 201 }.count == 1)
            #expect(managed.filter { $0.status == 409 }.count == 49)
            let rows = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    "select kind, count(*) from igny8_add_on_purchases group by kind order by kind",
                    "select count(*) from igny8_invoices where kind = 'backlinks'",
                ]
            )
            #expect(try rows[0].map { try $0.decode(1, as: Int.self) } == [2, 1])
            #expect(try rows[1][0].decode(0, as: Int.self) == 2)
        }
    }

    @Test(
        "fifty at once for the last seat of a plan: exactly one wins, of sites and of users",
        arguments: ["sites", "users"]
    )
    func lastSeat(what: String) async throws {
        try await TestGateway.with { gateway in
            // Starter has three seats; of sites two are taken, of users two: owner and editor.
            try await Self.setPlan(.starter, gateway)
            if what == "sites" { _ = try await Self.site("second.example", gateway) }
            let token = try await gateway.token(of: gateway.people.one.owner)
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for number in 0..<50 {
                    let body: JSON =
                        what == "sites"
                        ? ["domain": .string("n\(number).example")]
                        : ["email": .string("n\(number)@one.example"), "name": "N", "role": "viewer"]
                    group.addTask {
                        try await gateway.raw(
                            .post,
                            "/api/v1/\(what)/",
                            body.bytes,
                            headers: [("Authorization", "Bearer \(token)")]
                        )
                    }
                }
                return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1, "\(answers.map(\.status)) \(answers[0].text)")
            let refused = answers.filter { $0.status == 403 }
            #expect(refused.count == 49)
            for answer in refused {
                #expect(answer.json["feature"]?.string == what && answer.json["held"]?.string == "3")
                #expect(answer.json["needed"]?.string == "4" && answer.json["plan"]?.string == "growth")
                #expect(answer.json["plan_price"]?.string == "149.00")
            }
        }
    }

    @Test("who comes back takes a seat: no reactivation beyond the plan")
    func reactivation() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let path = "/api/v1/users/\(one.editor.user)/"
            #expect(try await gateway.send(.delete, path, as: one.owner).status == 204)
            try await Self.setPlan(.free, gateway)
            let refused = try await gateway.send(.patch, path, as: one.owner, ["is_active": true])
            #expect(refused.status == 403 && refused.json["feature"]?.string == "users", "\(refused.text)")
            try await Self.setPlan(.starter, gateway)
            #expect(try await gateway.send(.patch, path, as: one.owner, ["is_active": true]).status == 200)
        }
    }

    @Test("bought credits come when their invoice is paid, once")
    func credits() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let bought = try await gateway.send(.post, Self.root + "credits/", as: owner, ["package": "credits_5000"])
            #expect(bought.status == 201 && bought.json["price"]?.string == "199.00", "\(bought.text)")
            func balance() async throws -> Int64? {
                let answer = try await gateway.send(.get, "/api/v1/billing/credits/", as: owner)
                return answer.json["balance"]?.integer
            }
            #expect(try await balance() == 0)
            let id = try #require(bought.json["invoice_id"]?.integer)
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx -> Bool in
                let found = try await Invoices.find(Invoice.ID(id), for: TestGateway.system, lock: .forUpdate, in: tx)
                guard var invoice = found else { throw Problem.notFound }
                try invoice.value.receive(invoice.due, at: await BusinessClock.now(in: tx))
                try await Invoices.save(&invoice, in: tx)
                return invoice.status == .paid
            }
            #expect(try await balance() == 5_000)
        }
    }
}
