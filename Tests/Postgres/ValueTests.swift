import Foundation
import Postgres
import TestSupport
import Testing

private enum Colour: String, PostgresCodable {
    case red, green
}

extension PostgresTests {
    @Suite("Values")
    struct ValueTests {
        /// What comes back when `value` is sent, cast to `type`.
        private func roundTrip<Value: PostgresCodable>(_ value: Value, _ type: String) async throws -> Value {
            try await TestDatabase.withDatabase { test in
                try await test.service.value("select \(value)::\(unsafeRaw: type)")
            }
        }

        @Test("every type comes back as it was sent")
        func roundTrips() async throws {
            let uuid = UUID()
            let moment = Date(timeIntervalSince1970: 1_789_632_000.123456)
            try await TestDatabase.withDatabase { test in
                let row = try #require(
                    try await test.service.query(
                        """
                        select \(Int16.min) as int2, \(Int32.max) as int4, \(Int64.min) as int8, \(-1) as int,
                            \(true) as yes, \(false) as no, \(0.1 + 0.2) as double, \("naïve 🙂 o'clock") as text,
                            \(Array<UInt8>(0...255)) as bytes, \(uuid) as uuid, \(moment) as moment,
                            \(PostgresDay(year: 2024, month: 2, day: 29)) as day,
                            \(nil as Int?) as null, \(nil as String?)::text as null_text, \(5 as Int?) as some
                        """
                    ).first
                )
                #expect(try row.decode("int2", as: Int16.self) == .min)
                #expect(try row.decode("int4", as: Int32.self) == .max)
                #expect(try row.decode("int8", as: Int64.self) == .min)
                #expect(try row.decode("int", as: Int.self) == -1)
                #expect(try row.decode("yes", as: Bool.self))
                #expect(try !row.decode("no", as: Bool.self))
                #expect(try row.decode("double", as: Double.self) == 0.1 + 0.2)
                #expect(try row.decode("text", as: String.self) == "naïve 🙂 o'clock")
                #expect(try row.decode("bytes", as: [UInt8].self) == Array(0...255))
                #expect(try row.decode("uuid", as: UUID.self) == uuid)
                let returned: Date = try row.decode("moment")
                #expect(abs(returned.timeIntervalSince(moment)) < 0.000_001)
                #expect(try row.decode("day", as: PostgresDay.self) == PostgresDay(year: 2024, month: 2, day: 29))
                #expect(try row.decode("null", as: Int?.self) == nil)
                #expect(try row.decode("null_text", as: String?.self) == nil)
                #expect(try row.decode("some", as: Int?.self) == 5)
            }
        }

        @Test("text reads from every textual type")
        func textual() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.query("create type colour as enum ('red', 'green')")
                let row = try #require(
                    try await test.owner.query(
                        """
                        select 'a'::varchar(5) as varchar, 'b'::char(3) as char, 'c'::name as name, 'red'::colour as colour,
                            '{"k": [1, null]}'::jsonb as jsonb, '{"k":1}'::json as json, '10.0.0.1'::inet as address,
                            '10.1.0.0/16'::cidr as network, '::1'::inet as loopback, 'fe80::1/64'::inet as local
                        """
                    ).first
                )
                let expected = [
                    "varchar": "a", "char": "b  ", "name": "c", "colour": "red", "jsonb": #"{"k": [1, null]}"#,
                    "json": #"{"k":1}"#, "address": "10.0.0.1", "network": "10.1.0.0/16", "loopback": "::1",
                    "local": "fe80::1/64",
                ]
                for (column, text) in expected { #expect(try row.decode(column, as: String.self) == text) }
                #expect(try row.decode("colour", as: Colour.self) == .red)
            }
        }

        @Test("text goes into enums, json, addresses and days without a cast")
        func inferred() async throws {
            try await TestDatabase.withDatabase { test in
                try await test.owner.script(
                    """
                    create type colour as enum ('red', 'green');
                    create table things (colour colour, data jsonb, address inet, day date, label text, note varchar(9));
                    """
                )
                let inserted = try await test.owner.query(
                    """
                    insert into things values (\(Colour.green), \(#"{"a":1}"#), \("192.168.0.1"), \("2026-09-17"), \(""),
                        \(nil as String?))
                    """
                )
                #expect(inserted.affected == 1)
                let found = try await test.owner.query("select * from things where colour = \(Colour.green)")
                let row = try #require(found.first)
                #expect(try row.decode("label", as: String.self) == "")
                #expect(try row.decode("day", as: PostgresDay.self).description == "2026-09-17")
                #expect(try row.decode("note", as: String?.self) == nil)
            }
        }

        @Test("text with a zero byte is refused, not cut short")
        func zeroByte() async throws {
            try await TestDatabase.withDatabase { test in
                let error = await failure { try await test.service.query("select \("before\0after")") }
                #expect(error?.sqlState == .characterNotInRepertoire)
            }
        }

        @Test(
            "numerics keep their digits and their scale",
            arguments: [
                "0", "0.00", "399.00", "-0.0001", "0.1000", "10000", "9999.9999", "100000000", "-12345678901234567.8",
                "9223372036854775807", "-9223372036854775808", "-0.000000000000000001", "0.00010000", "1e3",
            ]
        )
        func numerics(_ text: String) async throws {
            try await TestDatabase.withDatabase { test in
                let number: PostgresNumeric = try await test.service.value("select \(text)::numeric")
                let expected: String = try await test.service.value("select (\(text)::numeric)::text")
                #expect(number.description == expected)
                #expect(PostgresNumeric(expected) == number)
                let same: String = try await test.service.value("select (\(number))::text")
                #expect(same == expected)
            }
        }

        @Test(
            "numerics that 64 bits cannot hold are errors",
            arguments: ["NaN", "Infinity", "9223372036854775808", "1e30"]
        )
        func largeNumerics(_ text: String) async throws {
            try await TestDatabase.withDatabase { test in
                let error = await failure {
                    try await test.service.value("select \(text)::numeric as n", as: PostgresNumeric.self)
                }
                guard case .decoding("n", _) = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
            }
        }

        @Test("a whole numeric reads as an integer, one with a fraction does not")
        func wholeNumerics() async throws {
            try await TestDatabase.withDatabase { test in
                let sum: Int64 = try await test.service.value("select sum(x) from unnest(\([1, 2, 3])) as x")
                #expect(sum == 6)
                let error = await failure { try await test.service.value("select 1.5 as n", as: Int.self) }
                #expect(error == .decoding(column: "n", reason: "a numeric with a fraction cannot be read as Int"))
            }
        }

        @Test("arrays come back with their nulls, also empty")
        func arrays() async throws {
            try await TestDatabase.withDatabase { test in
                let texts: [String?] = ["a", nil, "", "{\"quoted\\\",}", "NULL"]
                #expect(try await test.service.value("select \(texts)") == texts)
                #expect(try await test.service.value("select \([] as [Int])") == [] as [Int])
                #expect(try await test.service.value("select \([Int64.max, .min])") == [Int64.max, .min])
                #expect(try await test.service.value("select \([true, false])") == [true, false])
                #expect(try await test.service.value("select array[1, null, 3]") == [1, nil, 3] as [Int?])
                let days = [PostgresDay(year: 1999, month: 12, day: 31), PostgresDay(year: 2000, month: 1, day: 1)]
                #expect(try await test.service.value("select \(days)") == days)
                let dates = [Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 0.5)]
                #expect(try await test.service.value("select \(dates)") == dates)
                let count: Int = try await test.service.value(
                    "select count(*) from generate_series(1, 9) as n where n = any(\([2, 4, 99]))"
                )
                #expect(count == 2)
                let error = await failure {
                    try await test.service.value("select array[1, null] as a", as: [Int].self)
                }
                #expect(error == .decoding(column: "a", reason: "null cannot be read as Int"))
            }
        }

        @Test("json of our own types comes back, dates to the microsecond")
        func json() async throws {
            struct Payload: Codable, Equatable {
                var name: String
                var at: Date
                var amounts: [Int]
            }
            let payload = Payload(
                name: "a/b \u{1F600}",
                at: Date(timeIntervalSince1970: 1_789_632_000.25),
                amounts: [1, 2]
            )
            try await TestDatabase.withDatabase { test in
                let json: PostgresJSON = try await test.service.value("select \(PostgresJSON(payload)) || '{}'::jsonb")
                #expect(try json.decode(Payload.self) == payload)
                let at: String = try await test.service.value("select \(PostgresJSON(payload)) ->> 'at'")
                #expect(at == "2026-09-17T08:00:00.25Z")
            }
        }

        @Test("a wrong column or type is an error that names it")
        func mismatches() async throws {
            try await TestDatabase.withDatabase { test in
                let row = try #require(try await test.service.query("select 1 as one, null::int as nothing").first)
                #expect(throws: PostgresError.decoding(column: "two", reason: "there is no such column")) {
                    try row.decode("two", as: Int.self)
                }
                #expect(throws: PostgresError.decoding(column: "nothing", reason: "null cannot be read as Int")) {
                    try row.decode("nothing", as: Int.self)
                }
                let error = #expect(throws: PostgresError.self) { try row.decode("one", as: String.self) }
                #expect(error?.description.contains("one") == true)
                #expect(throws: PostgresError.self) { try row.decode(2, as: Int.self) }
                let big = await failure { try await test.service.value("select 70000 as n", as: Int16.self) }
                #expect(big == .decoding(column: "n", reason: "the number does not fit Int16"))
            }
        }

        @Test("days of every year agree with the server's calendar")
        func calendar() async throws {
            try await TestDatabase.withDatabase { test in
                let rows = try await test.service.query(
                    "select d::date as day, d::date::text as text from generate_series('1599-12-30'::timestamp, '2401-01-02', '17 days') as d"
                )
                #expect(rows.count > 15_000)
                for row in rows {
                    #expect(
                        try row.decode("day", as: PostgresDay.self).description == row.decode("text", as: String.self)
                    )
                }
            }
        }
    }
}
