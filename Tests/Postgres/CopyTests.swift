import Foundation
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("COPY and scripts")
    struct CopyTests {
        @Test("values with tabs, newlines, backslashes and nulls arrive as they are")
        func escaping() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query(
                    "create table copied (id int, text text, number numeric, at timestamptz, tags text[], raw bytea)"
                )
                let texts = ["tab\there", "line\nbreak\r\n", "back\\slash \\N \\.", "", "\\.", "naïve 🙂"]
                let at = Date(timeIntervalSince1970: -0.5)
                let tags: [String?] = ["a\tb", nil, "\"quoted\\\"", ""]
                let copied = try await test.owner.copyIn(
                    "copied",
                    columns: ["id", "text", "number", "at", "tags", "raw"],
                    rows: texts.enumerated().map { index, text in
                        [
                            index, text, PostgresNumeric(unscaled: -39900, scale: 2), at, tags,
                            Array<UInt8>([0, 9, 10, 92]),
                        ]
                    } + [[99, nil, nil, nil as Date?, nil, nil]]
                )
                #expect(copied == texts.count + 1)
                let rows = try await test.owner.query("select * from copied order by id")
                for (row, text) in zip(rows, texts) {
                    #expect(try row.decode("text", as: String.self) == text)
                    #expect(try row.decode("number", as: PostgresNumeric.self).description == "-399.00")
                    #expect(try row.decode("at", as: Date.self) == at)
                    #expect(try row.decode("tags", as: [String?].self) == tags)
                    #expect(try row.decode("raw", as: [UInt8].self) == [0, 9, 10, 92])
                }
                let last = try #require(rows.last)
                #expect(try last.decode("text", as: String?.self) == nil)
                #expect(try last.decode("at", as: Date?.self) == nil)
            }
        }

        @Test("a hundred thousand rows pass through, beside statements of the same transaction")
        func many() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query("create table copied (id int, text text)")
                let line = String(repeating: "x", count: 100)
                try await test.owner.transaction { tx in
                    try await tx.copyIn(
                        "copied",
                        columns: ["id", "text"],
                        rows: (0..<100_000).lazy.map { [$0, line] }
                    )
                    #expect(try await tx.value("select count(*) from copied") == 100_000)
                    #expect(try await tx.copyIn("copied", columns: ["id"], rows: [[1], [2]]) == 2)
                }
                #expect(try await test.owner.value("select count(*) from copied") == 100_002)
            }
        }

        @Test("a row that does not fit fails the copy, and the connection stays usable")
        func failing() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query("create table copied (id int)")
                let error = await failure { try await test.owner.copyIn("copied", columns: ["id"], rows: [["x"]]) }
                #expect(error?.sqlState == .invalidTextRepresentation)
                let missing = await failure { try await test.owner.copyIn("missing", columns: ["id"], rows: [[1]]) }
                #expect(missing?.sqlState == .undefinedTable)
                #expect(try await test.owner.transaction { try await $0.value("select 1") } == 1)
                #expect(try await test.owner.query("select * from copied").isEmpty)
            }
        }

        @Test("a script runs whole or not at all, and its settings meet nobody else")
        func scripts() async throws {
            try await TestDatabase.withDatabase { test in
                let one = database(test.ownerURL, on: TestDatabase.loop) { $0.leasedConnections = 1 }
                try await one.script("create table a (id int); insert into a values (1); set search_path to nowhere;")
                #expect(try await one.transaction { try await $0.value("select count(*) from a") } == 1)
                let error = await failure { try await one.script("insert into a values (2); select 1 / 0;") }
                #expect(error?.sqlState == .divisionByZero)
                #expect(try await one.value("select count(*) from a") == 1)
                try await one.transaction { tx in
                    try await tx.script("create table b (id int); insert into b values (1), (2);")
                    #expect(try await tx.value("select count(*) from b") == 2)
                }
                await one.close()
            }
        }
    }
}
