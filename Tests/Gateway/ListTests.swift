import DomainModel
import HTTPTypes
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("Lists", .timeLimit(.minutes(2)))
struct ListTests {
    @Test("pages follow one another by their links, in the order asked for, without gap or repetition")
    func pages() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            for number in 0..<7 { try await add(number, to: one, gateway) }
            var path: String? = "/api/v1/services/time-entries/?page_size=3&ordering=minutes&account_id=\(one.account)"
            var minutes: [Int64] = []
            var previous: [JSON?] = []
            while let next = path {
                let page = try await gateway.send(.get, next, as: gateway.people.admin).json
                #expect(page["count"]?.integer == 8)
                minutes += try #require(page["results"]?.array).compactMap { $0["minutes"]?.integer }
                previous.append(page["previous"])
                path = page["next"]?.string.map { String($0.dropFirst("http://gateway.test".count)) }
            }
            #expect(minutes == [1, 2, 3, 4, 5, 6, 7, 30])
            #expect(previous.first == .some(.null))
            #expect(previous.count == 3)
        }
    }

    @Test("a cursor walks a large list, newest first, and is not counted")
    func cursor() async throws {
        try await TestGateway.with { gateway in
            for number in 0..<7 { try await add(number, to: gateway.people.one, gateway) }
            var path: String? = "/api/v1/services/time-entries/?page_size=3&cursor="
            var ids: [Int64] = []
            while let next = path {
                let page = try await gateway.send(.get, next, as: gateway.people.admin).json
                #expect(page["count"] == .null)
                ids += try #require(page["results"]?.array).compactMap { $0["id"]?.integer }
                path = page["next"]?.string.map { String($0.dropFirst("http://gateway.test".count)) }
            }
            #expect(ids.count == 9)
            #expect(ids == ids.sorted(by: >))
        }
    }

    @Test("filters are exact, search looks anywhere, and neither reads % or _ as a pattern")
    func narrowing() async throws {
        try await TestGateway.with { gateway in
            func count(_ query: String) async throws -> Int64? {
                let path = "/api/v1/services/subscriptions/?\(query)"
                return try await gateway.send(.get, path, as: gateway.people.admin).json["count"]?.integer
            }
            let queries = [
                "", "account_id=\(gateway.people.one.account)", "tier=lite", "search=OTHER", "search=%25", "search=_",
            ]
            var counts: [Int64?] = []
            for query in queries { counts.append(try await count(query)) }
            #expect(counts == [2, 1, 0, 1, 0, 0])
        }
    }

    @Test("every list answers in every order and to every filter it offers, whatever is asked for")
    func everyList() async throws {
        try await TestGateway.with { gateway in
            let values = ["1", "x", "true", "2026-09-17", "2026-09-17T08:00:00Z", "%27%20or%20true%20--"]
            let lists = allEndpoints(publicURL: "").filter { $0.method == .get && $0.parameters.isEmpty }
                .filter { endpoint in endpoint.query.contains { $0.name == "page" } }
            #expect(lists.count > 10)
            for list in lists {
                let orders = list.query.first { $0.name == "ordering" }.map { words(of: $0.schema) } ?? []
                // Asked of one site only; without it the answer is 400.
                let whose = list.path.hasSuffix("prospects/") ? "&site_id=\(gateway.people.one.site)" : ""
                let paging = ["page", "page_size", "ordering", "cursor"]
                let filters = list.query.map(\.name).filter { !paging.contains($0) }
                let questions =
                    orders.map { ("ordering=\($0)\(whose)", [200]) }
                    + filters.flatMap { name in values.map { ("\(name)=\($0)", [200, 400]) } }
                for (question, allowed) in questions {
                    let path = "\(list.template)?\(question)"
                    let answer = try await gateway.send(.get, path, as: gateway.people.admin)
                    #expect(allowed.contains(answer.status), "\(path)")
                }
            }
        }
    }

    @Test("money is text with its currency's decimals, times are RFC 3339, days are days")
    func forms() async throws {
        try await TestGateway.with { gateway in
            let path = "/api/v1/services/subscriptions/\(gateway.people.one.subscription)/"
            let row = try await gateway.send(.get, path, as: gateway.people.admin).json
            #expect(row["monthly_price"]?.string == "399.00")
            #expect(row["currency"]?.string == "USD")
            #expect(TextFormat.time.accepts(row["created_at"]?.string ?? ""))
            #expect(row["started_at"] == .null)
            let entry = try await gateway.send(
                .get,
                "/api/v1/services/time-entries/\(gateway.people.one.timeEntry)/",
                as: gateway.people.admin
            ).json
            #expect(entry["worked_on"]?.string == "2026-09-20")
        }
    }

    @Test(
        "binary columns become the text that the server itself would print",
        arguments: [
            "0", "1", "-1", "399.00", "0.01", "-0.05", "12345678.90", "100000", "1000.5", "99999999.999",
        ]
    )
    func numbers(text: String) async throws {
        try await TestDatabase.withDatabase { test in
            let model = ReadModel("Number", table: "x", columns: [.init("value", .decimal)])
            let rows = try await test.service.query("select \(text)::text::numeric as value")
            var writer = JSONWriter()
            try RowWriter(model).write(rows, into: &writer)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == "{\"value\":\"\(text)\"}")
        }
    }

    private func words(of schema: Schema) -> [String] {
        if case .string(let text) = schema { text.values } else { [] }
    }

    private func add(_ number: Int, to client: Client, _ gateway: TestGateway) async throws {
        let answer = try await gateway.send(
            .post,
            "/api/v1/services/time-entries/",
            as: gateway.people.admin,
            [
                "subscription_id": .number(client.subscription.description), "minutes": .number(String(number + 1)),
                "worked_on": "2026-09-21",
            ]
        )
        #expect(answer.status == 201)
    }
}
