import DomainModel
import HTTPTypes
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Answers that are still true", .timeLimit(.minutes(2)))
struct RememberedAnswerTests {
    private static let path = "/api/v1/sites/"

    @Test("a list shows every change with the next request, whoever makes it, and a row that is gone is gone")
    func nothingOld() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(of: gateway.people.one.owner)
            for number in 0..<30 {
                try await gateway.change("update igny8_sites set name = \("Name \(number)")")
                for _ in 0..<3 {
                    let page = try await gateway.list(Self.path, token)
                    #expect(page["results"]?.array?.compactMap { $0["name"]?.string } == ["Name \(number)"])
                }
            }
            try await gateway.change("update igny8_sites set is_deleted = true, deleted_at = now()")
            #expect(try await gateway.list(Self.path, token)["results"] == [])
        }
    }

    @Test("while nothing is committed the remembered answer is given, and only to its caller")
    func remembered() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one.owner
            let token = try await gateway.token(of: one)
            let others = try await gateway.token(of: gateway.people.other.owner)
            let key = RememberedAnswers.Key(
                tenant: one.account.rawValue,
                actor: "user:\(one.user.rawValue)",
                uri: Self.path
            )
            // The server's other databases commit too: it may take a few attempts to meet one moment of quiet.
            var wasGiven = false
            for _ in 0..<500 where !wasGiven {
                #expect(try await gateway.list(Self.path, token)["count"]?.integer == 1)
                let entry = try #require(gateway.services.answers[key])
                gateway.services.answers.remember(
                    Answer(status: .ok, body: Array("{}".utf8)),
                    at: entry.snapshot,
                    for: key
                )
                let count = try await gateway.list(Self.path, token)["count"]
                #expect(try await gateway.list(Self.path, others)["count"]?.integer == 1)
                wasGiven = count == nil
            }
            #expect(wasGiven)
        }
    }

    @Test("at the snapshot it is asked to spare, a page's statement gives no rows; at any other it gives all")
    func sparedStatement() async throws {
        try await TestGateway.with { gateway in
            let tenant = TestGateway.system
            let model = Resources.sites.model
            let page = ReadModel.Page(limit: 10)
            var wasSpared = false
            for _ in 0..<500 where !wasSpared {
                let rows = try await gateway.read(model.rows(page, for: tenant, unlessAt: nil))
                #expect(rows.count == 2)
                let snapshot = try #require(try model.snapshot(of: rows))
                wasSpared = try await gateway.read(model.rows(page, for: tenant, unlessAt: snapshot)).isEmpty
            }
            #expect(wasSpared)
            #expect(try await gateway.read(model.rows(page, for: tenant, unlessAt: "1:1:")).count == 2)
        }
    }

    @Test("rows that the clock changes are never remembered")
    func clock() {
        let model = ReadModel(
            "Age",
            table: "igny8_sites",
            columns: [.init("age", .integer, "extract(epoch from igny8_now() - t.created_at)::bigint")]
        )
        #expect(
            !model.rows(.init(limit: 1), for: TestGateway.system, unlessAt: nil).text.contains("pg_current_snapshot")
        )
    }
}

extension TestGateway {
    fileprivate func list(_ path: String, _ token: String) async throws -> JSON {
        try await raw(.get, path, headers: [("Authorization", "Bearer \(token)")]).json
    }

    fileprivate func change(_ sql: SQL) async throws { _ = try await read(sql) }

    fileprivate func read(_ sql: SQL) async throws -> PostgresRows {
        try await store.batch(as: Self.system, actor: "test", [sql])[0]
    }
}
