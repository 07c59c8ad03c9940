import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("The conventions of the API", .timeLimit(.minutes(2)))
struct ConventionTests {
    @Test("a path without its slash moves to the one with it, query and all")
    func slash() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(.get, "/api/v1/sites?page=2", as: gateway.people.admin)
            #expect(answer.status == 308)
            #expect(answer.header("Location") == "/api/v1/sites/?page=2")
        }
    }

    @Test("a wrong method is 405 with what is allowed, an unknown path 404, both as problems")
    func misdirected() async throws {
        try await TestGateway.with { gateway in
            let wrong = try await gateway.send(.delete, "/api/v1/sites/")
            #expect(wrong.status == 405)
            #expect(wrong.header("Allow") == "GET, HEAD, POST")
            let unknown = try await gateway.send(.get, "/api/v1/nothing/")
            #expect(unknown.status == 404)
            #expect(unknown.header("Content-Type") == "application/problem+json")
            #expect(unknown.json["instance"]?.string == unknown.header("X-Request-Id"))
        }
    }

    @Test("every wrong field is named at once, with what was expected there")
    func fields() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(
                .post,
                "/api/v1/services/subscriptions/",
                as: gateway.people.admin,
                [
                    "site_id": "one", "tier": "gold", "color": 1,
                    "service_config": ["automation": ["schedule": "hourly"]],
                ]
            )
            #expect(answer.status == 422)
            let errors = try #require(answer.json["errors"])
            #expect(errors["site_id"]?.string == "an integer of at least 1")
            #expect(errors["tier"]?.string == "one of lite, pro")
            #expect(errors["color"]?.string == "nothing: this field is not known here")
            #expect(errors["service_config.automation.schedule"]?.string?.contains("one of") == true)
        }
    }

    @Test(
        "what cannot be read is refused by its kind",
        arguments: [
            (#"{"a":"#, "application/json", 400), (#"{"a":1,"a":2}"#, "application/json", 400),
            ("{}", "text/plain", 415), (String(repeating: "[", count: 100), "application/json", 400),
            ("\"\u{FFFD}", "application/json", 400), ("[]", "application/json", 422),
        ]
    )
    func unreadable(body: String, type: String, status: Int) async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.raw(
                .post,
                "/api/v1/auth/login/",
                Array(body.utf8),
                headers: [("Content-Type", type)]
            )
            #expect(answer.status == status)
            #expect(answer.header("Content-Type") == "application/problem+json")
        }
    }

    @Test(
        "what is too long, or no HTTP at all, is a problem too, though no route ever sees it",
        arguments: [
            (
                "GET /api/v1/sites/?search=\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n",
                "16384 bytes"
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "b", count: 9_000))\r\n\r\n", "16384 bytes"),
            ("HELO gateway\r\n\r\n", "no HTTP/1.1 request"),
        ]
    )
    func noRequest(bytes: String, expected: String) async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.speak(bytes)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(200))")
            #expect(answer.contains("application/problem+json"), "\(answer.prefix(200))")
            #expect(answer.contains(expected), "\(answer)")
            #expect(answer.contains("nosniff"))
        }
    }

    @Test("a body beyond its limit is 413")
    func tooLarge() async throws {
        try await TestGateway.with { gateway in
            let body = Array(repeating: UInt8(ascii: " "), count: 300_000)
            let answer = try await gateway.raw(.post, "/api/v1/auth/login/", body)
            #expect(answer.status == 413)
        }
    }

    @Test("a query that is not as declared is 400 and names the parameter")
    func query() async throws {
        try await TestGateway.with { gateway in
            for query in ["page=0", "page_size=201", "ordering=password", "tier=gold", "colour=red", "page=1&page=2"] {
                let answer = try await gateway.send(
                    .get,
                    "/api/v1/services/subscriptions/?\(query)",
                    as: gateway.people.admin
                )
                #expect(answer.status == 400, "\(query)")
                let name = String(query.prefix { $0 != "=" })
                #expect(answer.json["errors"]?[name] != nil, "\(query)")
            }
        }
    }

    @Test("every answer carries the headers that keep browsers from harm")
    func headers() async throws {
        try await TestGateway.with { gateway in
            for path in ["/openapi.json", "/docs/", "/api/v1/sites/", "/nothing"] {
                let answer = try await gateway.send(.get, path)
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                let policy = try #require(answer.header("Content-Security-Policy"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("script-src 'self' 'unsafe"))
            }
        }
    }

    @Test("a lost update is 412, the present version changes, and a known version is not sent again")
    func versions() async throws {
        try await TestGateway.with { gateway in
            let path = "/api/v1/sites/\(gateway.people.one.site)/"
            let owner = gateway.people.one.owner
            let first = try await gateway.send(.get, path, as: owner)
            let tag = try #require(first.header("ETag"))
            let same = try await gateway.send(.get, path, as: owner, headers: [("If-None-Match", tag)])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)
            let changed = try await gateway.send(.patch, path, as: owner, ["name": "New"], headers: [("If-Match", tag)])
            #expect(changed.status == 200)
            #expect(changed.json["name"]?.string == "New")
            let lost = try await gateway.send(.patch, path, as: owner, ["name": "Lost"], headers: [("If-Match", tag)])
            #expect(lost.status == 412)
            for tag in ["", String(repeating: "a", count: 101)] {
                let odd = try await gateway.send(
                    .patch,
                    path,
                    as: owner,
                    ["name": "Lost"],
                    headers: [("If-Match", tag)]
                )
                #expect(odd.status == 400)
                #expect(odd.json["errors"]?["If-Match"] != nil)
            }
            let now = try await gateway.send(.get, path, as: owner)
            #expect(now.json["name"]?.string == "New")
            #expect(now.header("ETag") == changed.header("ETag"))
        }
    }

    @Test("the same key and body give the first answer and one effect; another body is 422")
    func idempotency() async throws {
        try await TestGateway.with { gateway in
            let key = [(name: "Idempotency-Key", value: "k-1")]
            let body: JSON = ["domain": "fresh.example"]
            let owner = gateway.people.one.owner
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await gateway.send(.post, "/api/v1/sites/", as: owner, body, headers: key)
                    }
                }
                return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.body)).count == 1)
            #expect(answers.filter { $0.header("Idempotency-Replayed") == nil }.count == 1)
            let sites: Int64 = try await gateway.value(
                "select count(*) from igny8_sites where domain = 'fresh.example'"
            )
            #expect(sites == 1)
            let other = try await gateway.send(
                .post,
                "/api/v1/sites/",
                as: owner,
                ["domain": "another.example"],
                headers: key
            )
            #expect(other.status == 422)
        }
    }
}
