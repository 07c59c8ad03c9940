import DomainModel
import HTTPTypes
import Logging
import Persistence
import Postgres
import ServiceLifecycle
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("Gates over the API", .timeLimit(.minutes(5)))
struct GateTests {
    private static let plans: [PlanKey] = [.free, .starter, .growth, .scale]

    private static func needs(of feature: Feature) -> [String] {
        feature == .contentTypes ? ["post", "page", "cluster_hub", "all"] : feature.order
    }

    /// Routes that only these tests serve: a read and a write behind every gate that can be.
    private static let gated: [Endpoint] = Feature.allCases.flatMap { feature in
        needs(of: feature).flatMap { level in
            [
                Endpoint(.get, path(feature, level), .anyone, "read", "A gated read") { call in
                    _ = try await call.read([])
                    return .noContent
                },
                Endpoint(.post, path(feature, level), .anyone, "write", "A gated write") { call in
                    try await call.write { _ in .noContent }
                },
            ].map { $0.requires(feature, level) }
        }
    }

    private static func path(_ feature: Feature, _ level: String) -> String { "gated/\(feature.rawValue)/\(level)/" }

    private static func setPlan(_ plan: PlanKey, of account: Account.ID, _ gateway: TestGateway) async throws {
        _ = try await gateway.store.batch(
            as: TestGateway.system,
            actor: "test",
            [
                """
                update igny8_accounts set plan_id = (select id from igny8_plans where key = \(plan.rawValue))
                where id = \(account.rawValue)
                """
            ]
        )
    }

    @Test("every gate, from both sides of its line, on each plan, for reads and writes; each decision is counted")
    func matrix() async throws {
        try await TestGateway.with(adding: Self.gated) { gateway in
            let owner = gateway.people.one.owner
            let token = try await gateway.token(of: owner)
            let headers = [(name: "Authorization", value: "Bearer \(token)")]
            let catalogue = try await Plans.all(in: gateway.test.service).map(\.value)
            let gate = FeatureGate(plans: catalogue)
            var (allowed, refused): (Int64, Int64) = (0, 0)
            for plan in Self.plans {
                try await Self.setPlan(plan, of: owner.account, gateway)
                for feature in Feature.allCases {
                    for level in Self.needs(of: feature) {
                        for method in [WebMethod.get, .post] {
                            let path = "/api/v1/" + Self.path(feature, level)
                            let answer = try await gateway.raw(method, path, headers: headers)
                            switch gate.decide(GateRequirement(feature, level), on: plan) {
                            case .allowed:
                                allowed += 1
                                #expect(answer.status == 204, "\(method) \(path) on \(plan): \(answer.text)")
                            case .refused(let refusal):
                                refused += 1
                                #expect(answer.status == 403, "\(method) \(path) on \(plan)")
                                #expect(answer.json["type"]?.string == "urn:igny8:problem:feature-not-in-plan")
                                #expect(answer.json["feature"]?.string == feature.rawValue)
                                #expect(answer.json["needed"]?.string == level)
                                #expect(answer.json["held"]?.string == refusal.held)
                                #expect(answer.json["plan"]?.string == refusal.offer?.plan.rawValue)
                                #expect(answer.json["plan_price"]?.string == refusal.offer?.price.decimalString)
                                #expect(Schema.problem.check(answer.json).isEmpty)
                            }
                        }
                    }
                }
            }
            #expect(allowed > 100 && refused > 100)
            await gateway.services.usage.flush()
            let sums = try await gateway.store.batch(
                as: .account(owner.account),
                actor: "test",
                [
                    """
                    select coalesce(sum(hits) filter (where is_allowed), 0),
                        coalesce(sum(hits) filter (where not is_allowed), 0)
                    from igny8_feature_usage_log where endpoint like '%/gated/%'
                    """
                ]
            )[0]
            let row = try #require(sums.first)
            #expect(try row.decode(0, as: Int64.self) == allowed)
            #expect(try row.decode(1, as: Int64.self) == refused)
        }
    }

    @Test("staff pass every gate, and their passing is not counted")
    func staff() async throws {
        try await TestGateway.with(adding: Self.gated) { gateway in
            let admin = gateway.people.admin
            try await Self.setPlan(.free, of: admin.account, gateway)
            for path in [Self.path(.ahrefsLevel, "full"), Self.path(.whiteLabel, "true")] {
                for method in [WebMethod.get, .post] {
                    #expect(try await gateway.send(method, "/api/v1/" + path, as: admin).status == 204)
                }
            }
            await gateway.services.usage.flush()
            #expect(try await gateway.value("select count(*) from igny8_feature_usage_log") == Int64(0))
        }
    }

    @Test("a flag stands before the gate: off, nothing is decided; on, the gate speaks; an override holds at once")
    func flags() async throws {
        let endpoint = Endpoint(.get, "gated/flag/", .anyone, "readFlagged", "A read behind a flag and a gate") {
            call in
            _ = try await call.read([])
            return .noContent
        }.with { $0.flag = .whiteLabelReports }.requires(.whiteLabel, "true")
        try await TestGateway.with(adding: [endpoint]) { gateway in
            let one = gateway.people.one
            func ask() async throws -> TestAnswer { try await gateway.send(.get, "/api/v1/gated/flag/", as: one.owner) }
            #expect(try await ask().status == 204)
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await FeatureFlags.override(
                    .whiteLabelReports,
                    for: one.account,
                    isEnabled: false,
                    reason: "test",
                    by: nil,
                    in: tx
                )
            }
            try await Self.setPlan(.growth, of: one.account, gateway)
            let off = try await ask()
            #expect(off.status == 403 && off.json["flag"]?.string == "white_label_reports", "\(off.text)")
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await FeatureFlags.removeOverride(.whiteLabelReports, for: one.account, in: tx)
            }
            let on = try await ask()
            #expect(on.json["feature"]?.string == "white_label" && on.json["plan"]?.string == "scale", "\(on.text)")
            await gateway.services.usage.flush()
            #expect(try await gateway.value("select sum(hits) from igny8_feature_usage_log") == Int64(2))
        }
    }

    @Test("a plan that staff edit, and what an account keeps, hold from the next request")
    func changes() async throws {
        try await TestGateway.with(adding: Self.gated) { gateway in
            let one = gateway.people.one
            let path = "/api/v1/" + Self.path(.ahrefsLevel, "full")
            #expect(try await gateway.send(.get, path, as: one.owner).status == 204)
            let list = try await gateway.send(.get, "/api/v1/billing/plans/?key=scale", as: gateway.people.admin)
            let scale = try #require(list.json["results"]?.array?.first)
            let id = try #require(scale["id"]?.integer)
            let patch: JSON = ["ahrefs_level": "readonly", "content_types": ["post", "page"]]
            let features = try #require(scale["features"]?.merged(with: patch))
            let put = "/api/v1/billing/plans/\(id)/features/"
            #expect(try await gateway.send(.put, put, as: gateway.people.manager, features).status == 403)
            #expect(try await gateway.send(.put, put, as: one.owner, features).status == 403)
            let wrong = features.merged(with: ["ahrefs_level": "everything"])
            #expect(try await gateway.send(.put, put, as: gateway.people.admin, wrong).status == 422)
            let stale = [(name: "If-Match", value: "\"stale\"")]
            let lost = try await gateway.send(.put, put, as: gateway.people.admin, features, headers: stale)
            #expect(lost.status == 412)
            let changed = try await gateway.send(.put, put, as: gateway.people.admin, features)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.json["features"] == features)
            let refused = try await gateway.send(.get, path, as: one.owner)
            #expect(refused.status == 403 && refused.json["plan"]?.isNull == true, "\(refused.text)")
            #expect(refused.json["held"]?.string == "readonly")
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    insert into igny8_feature_grants (account_id, feature, level)
                    values (\(one.account.rawValue), 'ahrefs_level', 'full')
                    """
                ]
            )
            #expect(try await gateway.send(.get, path, as: one.owner).status == 204)
            #expect(try await gateway.send(.get, path, as: gateway.people.other.owner).status == 403)
        }
    }

    @Test(
        "an API key needs api_access of the plan: readonly to read, full to write, and is told the plan and its price"
    )
    func keys() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let headers = [(name: "Authorization", value: "Api-Key \(one.key)")]
            for (plan, read) in [(PlanKey.free, 403), (.starter, 403), (.growth, 200), (.scale, 200)] {
                try await Self.setPlan(plan, of: one.account, gateway)
                let answer = try await gateway.raw(.get, "/api/v1/sites/", headers: headers)
                #expect(answer.status == read, "\(plan): \(answer.text)")
                guard read == 403 else { continue }
                #expect(answer.json["plan"]?.string == "growth" && answer.json["plan_price"]?.string == "149.00")
            }
        }
    }

    @Test("a gate that refuses another tenant's row says nothing but 404")
    func strangers() async throws {
        let endpoint = Endpoint(.get, "sites/{id}/gated/", .anyone, "readGatedSite", "A gated read of a row") { call in
            _ = try await call.read([])
            return .noContent
        }.requires(.whiteLabel, "true")
        try await TestGateway.with(adding: [endpoint]) { gateway in
            let people = gateway.people
            let path = "/api/v1/sites/\(people.one.site)/gated/"
            try await Self.setPlan(.free, of: people.one.account, gateway)
            try await Self.setPlan(.free, of: people.other.account, gateway)
            #expect(try await gateway.send(.get, path, as: people.one.owner).status == 403)
            #expect(try await gateway.send(.get, path, as: people.other.owner).status == 404)
        }
    }

    @Test("every declared gate knows its level, and the document prints gate, flag and what a refusal says")
    func declared() throws {
        let endpoints = allEndpoints(publicURL: "")
        for endpoint in endpoints {
            let gates = [endpoint.gate, endpoint.keyGate].compactMap(\.self) + endpoint.bodyGates.map(\.requirement)
            for gate in gates { #expect(gate.feature.knows(gate.level), "\(endpoint.operation): \(gate)") }
        }
        let document = OpenAPIDocument(endpoints: endpoints, publicURL: "").json
        let buy = try #require(document["paths"]?["/api/v1/billing/add-ons/backlink-package/"]?["post"])
        #expect(buy["x-flag"]?.string == "backlink_orders_enabled")
        let gate: JSON = ["feature": "backlinks_level", "level": "self_service"]
        #expect(buy["x-body-gates"]?.array?.first?["gate"] == gate)
        #expect(buy["description"]?.string?.contains("needs backlinks_level at self_service in the plan.") == true)
        let key = try #require(document["paths"]?["/api/v1/api-keys/"]?["post"])
        #expect(key["x-gate"] == ["feature": "api_access", "level": "readonly"])
        #expect(key["description"]?.string?.contains("Needs api_access at readonly in the plan.") == true)
        let refusal = try #require(buy["responses"]?["403"]?["description"]?.string)
        #expect(refusal.contains("feature-disabled") && refusal.contains("cheapest plan and its price"))
        let site = try #require(document["paths"]?["/api/v1/sites/"]?["post"])
        #expect(site["x-plan-limit"]?.string == "sites")
        let tiers = document["paths"]?["/api/v1/billing/add-ons/managed-service/"]?["post"]?["x-body-gates"]?.array
        #expect(tiers?.compactMap { $0["gate"]?["level"]?.string } == ["lite", "lite_pro"])
    }

    @Test("what was counted is written when the gateway stops")
    func shutdown() async throws {
        try await TestGateway.with(adding: Self.gated) { gateway in
            let path = "/api/v1/" + Self.path(.ahrefsLevel, "full")
            #expect(try await gateway.send(.get, path, as: gateway.people.one.owner).status == 204)
            #expect(try await gateway.value("select count(*) from igny8_feature_usage_log") == Int64(0))
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            let group = ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: gateway.services.usage), .init(service: Witness { start.yield(()) }),
                    ],
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                )
            )
            async let running: Void = group.run()
            _ = await starts.first { _ in true }
            await group.triggerGracefulShutdown()
            try await running
            #expect(try await gateway.value("select sum(hits) from igny8_feature_usage_log") == Int64(1))
        }
    }

    /// Says when the services run, and waits for their end.
    private struct Witness: Service {
        let started: @Sendable () -> Void

        func run() async throws {
            started()
            try await gracefulShutdown()
        }
    }

    @Test("counting costs a request microseconds, and one flush writes all kinds in one statement")
    func cost() async throws {
        try await TestGateway.with { gateway in
            let usage = gateway.services.usage
            let account = gateway.people.one.account
            let decisions = (0..<100).map { number in
                FeatureUsage.Decision(
                    accountID: account,
                    feature: .ahrefsLevel,
                    required: "full",
                    current: "full",
                    isAllowed: true,
                    endpoint: "GET /api/v1/test/\(number)/"
                )
            }
            let rounds = 200
            let counted = ContinuousClock().measure {
                for _ in 0..<rounds { for decision in decisions { usage.count(decision) } }
            }
            let each = counted / (rounds * decisions.count)
            print("counting a decision: \(each) (debug build)")
            // About one on a quiet machine; the bound tells a lock from a round trip, also on a busy one.
            #expect(each < .milliseconds(1))
            let flushed = await ContinuousClock().measure { await usage.flush() }
            print("flushing 100 kinds: \(flushed)")
            await usage.flush()
            for decision in decisions { usage.count(decision) }
            await usage.flush()
            let sums = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                ["select sum(hits), count(*) from igny8_feature_usage_log"]
            )[0]
            // Within one hour a kind is one row; at the turn of the hour it may be two.
            #expect(try sums[0].decode(0, as: Int.self) == (rounds + 1) * 100)
            #expect(try [100, 200].contains(sums[0].decode(1, as: Int.self)))
        }
    }
}
