import Postgres
import TestSupport
import Testing

/// Everything that talks to a real server.
@Suite("Postgres", .timeLimit(.minutes(2)))
struct PostgresTests {
    @Test("a new database answers")
    func answers() async throws {
        try await TestDatabase.withDatabase { test in
            let row = try #require(try await test.service.query("select current_user::text as who, 1 as one").first)
            #expect(try row.decode("who", as: String.self) == "igny8_service")
            #expect(try row.decode("one", as: Int.self) == 1)
        }
    }
}
