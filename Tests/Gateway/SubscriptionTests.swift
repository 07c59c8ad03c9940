import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Managed subscriptions over the API", .timeLimit(.minutes(3)))
struct SubscriptionTests {
    @Test("a sale makes a pending subscription, its onboarding job and its events; a second one for the site is 409")
    func create() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            let site = try await gateway.send(
                .post,
                "/api/v1/sites/",
                as: people.admin,
                ["domain": "https://www.Fresh.example/shop", "account_id": .number(people.one.account.description)]
            )
            #expect(site.status == 201)
            #expect(site.json["domain"]?.string == "fresh.example")
            let body: JSON = [
                "site_id": site.json["id"] ?? .null, "tier": "lite",
                "service_config": ["reporting": ["recipients": ["someone@one.example"]]],
            ]
            let sold = try await gateway.send(.post, "/api/v1/services/subscriptions/", as: people.admin, body)
            #expect(sold.status == 201, "\(sold.text)")
            #expect(sold.json["status"]?.string == "pending")
            #expect(sold.json["monthly_price"]?.string == "100.00")
            #expect(sold.json["articles_per_month"]?.integer == 10)
            #expect(sold.json["service_config"]?["automation"]?["schedule"]?.string == "weekly")
            let id = try #require(sold.json["id"]?.integer)
            #expect(sold.header("Location") == "/api/v1/services/subscriptions/\(id)/")
            let jobs: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'onboard_managed_client' and payload = \(PostgresJSON(bytes: Array("{\"subscription_id\":\(id)}".utf8)))"
            )
            #expect(jobs == 1)
            let steps = try await gateway.send(
                .get,
                "/api/v1/services/subscriptions/\(id)/onboarding/",
                as: people.one.owner
            )
            #expect(steps.json["results"]?.array?.count == 7)
            #expect(steps.json["results"]?.array?.first?["step"]?.string == "verify_plugin")
            let timeline = try await gateway.send(
                .get,
                "/api/v1/services/subscriptions/\(id)/timeline/",
                as: people.one.owner
            )
            #expect(timeline.json["results"]?.array?.first?["action"]?.string == "created")
            let again = try await gateway.send(.post, "/api/v1/services/subscriptions/", as: people.admin, body)
            #expect(again.status == 409)
        }
    }

    @Test("a plan that does not include the tier is 403 with the level needed, held, and the plan that has it")
    func gate() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            _ = try await gateway.send(
                .patch,
                "/api/v1/accounts/\(people.one.account)/",
                as: people.admin,
                ["plan": "growth"]
            )
            let site = try await gateway.send(
                .post,
                "/api/v1/sites/",
                as: people.one.owner,
                ["domain": "fresh.example"]
            )
            let answer = try await gateway.send(
                .post,
                "/api/v1/services/subscriptions/",
                as: people.admin,
                ["site_id": site.json["id"] ?? .null, "tier": "pro"]
            )
            #expect(answer.status == 403)
            #expect(answer.json["needed"]?.string == "lite_pro")
            #expect(answer.json["held"]?.string == "lite")
            #expect(answer.json["plan"]?.string == "scale")
        }
    }

    @Test("an illegal transition is 409 and says from where; a legal one answers the new state")
    func transitions() async throws {
        try await TestGateway.with { gateway in
            let path = "/api/v1/services/subscriptions/\(gateway.people.one.subscription)"
            let staff = gateway.people.manager
            let pause = try await gateway.send(.post, "\(path)/pause/", as: staff, [:])
            #expect(pause.status == 409)
            #expect(pause.json["type"]?.string == "urn:igny8:problem:illegal-transition")
            #expect(pause.json["from"]?.string == "pending")
            let onboard = try await gateway.send(.post, "\(path)/onboard/", as: staff)
            #expect(onboard.status == 202)
            let url = try #require(onboard.json["job"]?["url"]?.string)
            let job = try await gateway.send(.get, url, as: gateway.people.one.owner)
            #expect(job.json["task"]?.string == "onboard_managed_client")
            let cancel = try await gateway.send(.post, "\(path)/cancel/", as: staff, ["reason": "changed their mind"])
            #expect(cancel.json["status"]?.string == "cancelled")
            #expect(try await gateway.send(.post, "\(path)/onboard/", as: staff).status == 409)
        }
    }

    @Test("a config patch changes what it names and refuses unknown keys by their path")
    func config() async throws {
        try await TestGateway.with { gateway in
            let path = "/api/v1/services/subscriptions/\(gateway.people.one.subscription)/"
            let staff = gateway.people.manager
            let changed = try await gateway.send(
                .patch,
                path,
                as: staff,
                ["service_config": ["backlinks": ["monthly_budget": "500.00"]], "monthly_price": "350.00"]
            )
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.json["service_config"]?["backlinks"]?["monthly_budget"]?.string == "500.00")
            #expect(changed.json["service_config"]?["automation"]?["schedule"]?.string == "daily")
            #expect(changed.json["monthly_price"]?.string == "350.00")
            let wrong = try await gateway.send(
                .patch,
                path,
                as: staff,
                ["service_config": ["backlinks": ["budget": "1"]], "monthly_price": 5]
            )
            #expect(wrong.status == 422)
            #expect(wrong.json["errors"]?.names == ["monthly_price", "service_config.backlinks.budget"])
        }
    }

    @Test("of many calls at once for a plan's last place only one gets it")
    func lastPlace() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            _ = try await gateway.send(
                .patch,
                "/api/v1/accounts/\(people.one.account)/",
                as: people.admin,
                ["plan": "starter"]
            )
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await gateway.send(
                            .post,
                            "/api/v1/sites/",
                            as: people.one.owner,
                            ["domain": .string("n\(number).example")]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            // Starter has three places, one was taken.
            #expect(statuses.filter { $0 == 201 }.count == 2)
            #expect(statuses.filter { $0 == 403 }.count == 10)
        }
    }

    @Test("a saved payment method becomes the default and orders its registration")
    func paymentMethod() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let added = try await gateway.send(
                .post,
                "/api/v1/billing/payment-methods/",
                as: one.owner,
                ["kind": "stripe", "token": "pm_card_visa"]
            )
            #expect(added.status == 202, "\(added.text)")
            #expect(added.json["job"]?["task"]?.string == "register_payment_method")
            let id = try #require(added.json["payment_method_id"]?.integer)
            let list = try await gateway.send(.get, "/api/v1/billing/payment-methods/", as: one.owner)
            let rows = try #require(list.json["results"]?.array)
            #expect(rows.map { $0["is_default"] == .bool(true) } == rows.map { $0["id"]?.integer == id })
            #expect(!list.text.contains("pm_card_visa"))
            let path = "/api/v1/billing/payment-methods/\(one.paymentMethod)"
            #expect(try await gateway.send(.post, "\(path)/default/", as: one.owner).json["is_default"] == .bool(true))
            #expect(try await gateway.send(.delete, "\(path)/", as: one.owner).status == 204)
            #expect(try await gateway.send(.get, "\(path)/", as: one.owner).status == 404)
        }
    }
}
