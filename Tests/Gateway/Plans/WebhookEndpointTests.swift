import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Webhook endpoints over the API", .timeLimit(.minutes(3)))
struct WebhookEndpointTests {
    private static let root = "/api/v1/webhook-endpoints/"

    private static func create(_ gateway: TestGateway, _ types: JSON = []) async throws -> (id: Int64, secret: String) {
        let body: JSON = ["url": "https://hooks.one.example/in", "event_types": types]
        let answer = try await gateway.send(.post, root, as: gateway.people.one.owner, body)
        #expect(answer.status == 201, "\(answer.text)")
        return (try #require(answer.json["id"]?.integer), try #require(answer.json["secret"]?.string))
    }

    @Test("the secret is shown once, kept sealed, and opens only where it was put")
    func secret() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let (id, secret) = try await Self.create(gateway)
            #expect(secret.hasPrefix("whsec_") && secret.count > 40)
            for path in [Self.root, "\(Self.root)\(id)/", "/api/v1/audit/"] {
                #expect(try await !gateway.send(.get, path, as: one.owner).text.contains(secret))
            }
            let shown = try await gateway.send(.get, "\(Self.root)\(id)/", as: one.owner)
            #expect(shown.json["secret_last4"]?.string == String(secret.suffix(4)))
            let box = try #require(gateway.services.secrets)
            let opened = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let endpoint = try await WebhookEndpoints.find(.init(id), for: TestGateway.system, in: tx)
                return try await WebhookEndpoints.secret(of: try #require(endpoint).value, openedBy: box, in: tx)
            }
            #expect(String(decoding: opened, as: UTF8.self) == secret)
            #expect(try await gateway.send(.get, Self.root, as: one.editor).status == 403)
            let wrong: [JSON] = [
                ["url": "ftp://a.example/"], ["url": "https://user:secret@a.example/"],
                ["url": "https://a.example/", "event_types": ["moon.rose"]],
            ]
            for body in wrong { #expect(try await gateway.send(.post, Self.root, as: one.owner, body).status == 422) }
        }
    }

    @Test(
        "a change and its deliveries are one transaction: an event for each endpoint that asked, with its job; or nothing"
    )
    func outbox() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            let (id, _) = try await Self.create(gateway, ["subscription.changed"])
            func change(_ price: Int, fails: Bool) async throws {
                try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                    for subscription in [people.one.subscription, people.other.subscription] {
                        try await tx.query(
                            """
                            update igny8_managed_service_subscriptions set monthly_price = \(price)
                            where id = \(subscription.rawValue)
                            """
                        )
                    }
                    if fails { throw Problem.notFound }
                }
            }
            await #expect(throws: Problem.self) { try await change(300, fails: true) }
            #expect(try await gateway.value("select count(*) from igny8_outgoing_events") == Int64(0))
            try await change(310, fails: false)
            let list = try await gateway.send(.get, "\(Self.root)\(id)/deliveries/", as: people.one.owner)
            let rows = try #require(list.json["results"]?.array, "\(list.text)")
            #expect(rows.count == 1)
            #expect(rows[0]["event_type"]?.string == "subscription.changed" && rows[0]["status"]?.string == "pending")
            #expect(rows[0]["data"]?["monthly_price"]?.string == "310.00")
            #expect(try await gateway.value("select count(*) from igny8_outgoing_events") == Int64(1))
            let jobs: Int64 = try await gateway.value(
                """
                select count(*) from igny8_jobs where task = 'deliver_webhook' and state = 'pending'
                    and account_id = \(people.one.account.rawValue) and limit_keys = \("webhook:\(id)")
                """
            )
            #expect(jobs == 1)
            let others = try await gateway.send(.get, "\(Self.root)\(id)/deliveries/", as: people.other.owner)
            #expect(others.status == 404)
        }
    }

    @Test("a failed delivery is replayed by a job; one under way is not, nor to who is disabled; deleting ends all")
    func replay() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            let owner = people.one.owner
            let (id, _) = try await Self.create(gateway, ["subscription.changed"])
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    update igny8_managed_service_subscriptions set monthly_price = 1
                    where id = \(people.one.subscription.rawValue)
                    """
                ]
            )
            let delivery: Int64 = try await gateway.value("select id from igny8_webhook_deliveries")
            let path = "\(Self.root)\(id)/deliveries/\(delivery)/replay/"
            #expect(try await gateway.send(.post, path, as: owner).status == 409, "it is on its way")
            func fail() async throws {
                _ = try await gateway.store.batch(
                    as: TestGateway.system,
                    actor: "test",
                    [
                        """
                        update igny8_webhook_deliveries set status = 'failed', attempts = attempts + 10,
                            next_attempt_at = null
                        """
                    ]
                )
            }
            try await fail()
            let wrong = "\(Self.root)\(people.one.webhook)/deliveries/\(delivery)/replay/"
            #expect(try await gateway.send(.post, wrong, as: owner).status == 404, "another endpoint's")
            #expect(try await gateway.send(.post, path, as: people.other.owner).status == 404)
            let answer = try await gateway.send(.post, path, as: owner)
            #expect(answer.status == 202 && answer.json["job"]?["task"]?.string == "deliver_webhook", "\(answer.text)")
            let job = try #require(answer.json["job"]?["id"]?.integer)
            let attempt: String = try await gateway.value(
                "select payload ->> 'attempt' from igny8_jobs where id = \(job)"
            )
            #expect(attempt == "11")
            try await fail()
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    update igny8_webhook_endpoints set status = 'disabled', disabled_at = igny8_now(),
                        failing_since = igny8_now() where id = \(id)
                    """
                ]
            )
            #expect(try await gateway.send(.post, path, as: owner).status == 409)
            let enabled = try await gateway.send(.post, "\(Self.root)\(id)/enable/", as: owner)
            #expect(enabled.json["status"]?.string == "active" && enabled.json["failing_since"]?.isNull == true)
            #expect(try await gateway.send(.post, path, as: owner).status == 202)
            #expect(try await gateway.send(.delete, "\(Self.root)\(id)/", as: owner).status == 204)
            #expect(try await gateway.send(.get, "\(Self.root)\(id)/", as: owner).status == 404)
            #expect(
                try await gateway.value("select count(*) from igny8_webhook_deliveries where status = 'pending'")
                    == Int64(0)
            )
        }
    }

    @Test("the events of the domain are those that the database writes")
    func types() async throws {
        try await TestGateway.with { gateway in
            let source: String = try await gateway.value(
                """
                select string_agg(pg_get_functiondef(oid), ' ') from pg_proc
                where proname like 'igny8_announce%' and proname <> 'igny8_announce'
                """
            )
            for type in WebhookEventType.allCases where !type.rawValue.hasPrefix("refund.") {
                #expect(source.contains("'\(type.rawValue)'"), "\(type)")
            }
            let named = Set(source.matches(of: /'([a-z_]+\.[a-z_]+)'/).map { String($0.output.1) })
            #expect(named.allSatisfy { WebhookEventType(rawValue: $0) != nil }, "\(named)")
        }
    }

    @Test("an account has at most twenty endpoints, also when many come at once")
    func most() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(of: gateway.people.one.owner)
            let body: JSON = ["url": "https://hooks.one.example/in"]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await gateway.raw(
                            .post,
                            Self.root,
                            body.bytes,
                            headers: [("Authorization", "Bearer \(token)")]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // One was there.
            #expect(statuses.filter { $0 == 201 }.count == WebhookEndpoints.most - 1)
            #expect(statuses.filter { $0 == 409 }.count == 11)
        }
    }
}
