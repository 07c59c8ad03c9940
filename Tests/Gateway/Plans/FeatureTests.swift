import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Features, plans and credits over the API", .timeLimit(.minutes(3)))
struct FeatureTests {
    private static func setPlan(_ plan: String, _ gateway: TestGateway) async throws {
        let path = "/api/v1/accounts/\(gateway.people.one.account)/"
        let answer = try await gateway.send(.patch, path, as: gateway.people.admin, ["plan": .string(plan)])
        #expect(answer.status == 200)
    }

    @Test("an account sees its levels, the next ones with plan and price, its limits and what is used of them")
    func features() async throws {
        try await TestGateway.with { gateway in
            try await Self.setPlan("growth", gateway)
            let owner = gateway.people.one.owner
            let answer = try await gateway.send(.get, "/api/v1/billing/features/", as: owner)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["plan"]?.string == "growth")
            let features = try #require(answer.json["features"]?.array)
            #expect(features.count == Feature.allCases.count)
            let ahrefs = try #require(features.first { $0["feature"]?.string == "ahrefs_level" })
            #expect(ahrefs["level"]?.string == "readonly")
            #expect(ahrefs["next"]?["level"]?.string == "full")
            #expect(ahrefs["next"]?["plan"]?.string == "scale" && ahrefs["next"]?["plan_price"]?.string == "349.00")
            let sag = try #require(features.first { $0["feature"]?.string == "sag_mode" })
            #expect(sag["next"]?.isNull == true)
            let limits = try #require(answer.json["limits"]?.array)
            #expect(limits.map { $0["allowed"]?.integer } == [10, 10, 5_000])
            #expect(limits.map { $0["used"]?.integer } == [1, 2, 0])
            let other = "/api/v1/billing/features/?account_id=\(gateway.people.other.account)"
            #expect(try await gateway.send(.get, other, as: owner).status == 404)
            let staff = try await gateway.send(.get, other, as: gateway.people.manager)
            #expect(staff.json["plan"]?.string == "scale")
        }
    }

    @Test("a check answers yes or no with level, plan and price, refuses what is no level, and is counted")
    func check() async throws {
        try await TestGateway.with { gateway in
            try await Self.setPlan("starter", gateway)
            let owner = gateway.people.one.owner
            func check(_ path: String) async throws -> TestAnswer {
                try await gateway.send(.get, "/api/v1/billing/features/check/\(path)", as: owner)
            }
            let no = try await check("ahrefs_level/?level=full")
            #expect(no.status == 200 && no.json["is_allowed"] == .bool(false), "\(no.text)")
            #expect(no.json["held"]?.string == "none" && no.json["plan"]?.string == "scale")
            #expect(no.json["plan_price"]?.string == "349.00" && no.json["currency"]?.string == "USD")
            let yes = try await check("content_types/?level=page")
            #expect(yes.json["is_allowed"] == .bool(true) && yes.json["plan"]?.isNull == true)
            #expect(try await check("ahrefs_level/").json["needed"]?.string == "readonly")
            #expect(try await check("ahrefs_level/?level=most").status == 400)
            #expect(try await check("telepathy/").status == 404)
            await gateway.services.usage.flush()
            #expect(
                try await gateway.value("select sum(hits) from igny8_feature_usage_log where not is_allowed")
                    == Int64(2)
            )
        }
    }

    @Test("plans are shown with the spec's matrix to everybody who has signed in")
    func plans() async throws {
        try await TestGateway.with { gateway in
            let list = try await gateway.send(.get, "/api/v1/billing/plans/", as: gateway.people.one.editor)
            let plans = try #require(list.json["results"]?.array)
            #expect(plans.map { $0["key"]?.string } == ["free", "starter", "growth", "scale"])
            #expect(plans.map { $0["price"]?.string } == ["0.00", "49.00", "149.00", "349.00"])
            #expect(plans[1]["features"]?["content_types"] == ["post", "page"])
            #expect(plans[3]["features"]?["content_types"] == ["all"])
            #expect(plans[2]["features"]?["managed_services"]?.string == "lite")
        }
    }

    @Test("the balance and its ledger are the account's own")
    func credits() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            for (account, amount) in [(people.one.account, 300), (people.other.account, 7)] {
                try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                    try await CreditService.change(
                        by: amount,
                        kind: .subscription,
                        of: account,
                        description: "October",
                        reference: "month",
                        in: tx
                    )
                    try await CreditService.spend("image_generation", of: account, reference: "image:1", in: tx) { _ in
                    }
                }
            }
            let answer = try await gateway.send(.get, "/api/v1/billing/credits/", as: people.one.owner)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["balance"]?.integer == 295 && answer.json["monthly_credits"]?.integer == 25_000)
            #expect(answer.json["results"]?.array?.map { $0["amount"]?.integer } == [-5, 300])
            #expect(answer.json["count"]?.integer == 2)
            #expect(answer.json["costs"]?.array?.contains { $0["operation"]?.string == "content_generation" } == true)
            let staff = "/api/v1/billing/credits/?account_id=\(people.other.account)"
            #expect(try await gateway.send(.get, staff, as: people.admin).json["balance"]?.integer == 2)
        }
    }
}
