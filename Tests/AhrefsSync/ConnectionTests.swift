import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import AhrefsSync

/// Each runs the gateway, the sandbox and the worker over a database of its own.
@Suite("Ahrefs over real HTTP", .serialized) struct AhrefsTests {}

extension AhrefsTests {
    @Suite("A key", .timeLimit(.minutes(5))) struct ConnectionTests {
        @Test("is tested by a job, shows what it is good for, brings the first snapshots, and can be taken away")
        func life() async throws {
            try await LinkHouse.open { house in
                let before = try await house.ahrefs(.get, "status/")
                #expect(before["is_connected"] == false && before["status"] == .null)
                let asked = try await house.ahrefs(.post, "connect/", ["api_key": "ahrefs_standard_key_abcd"])
                #expect(asked.status == 202 && asked.string("job.task") == "test_ahrefs_connection")
                try await house.settle()
                let status = try await house.ahrefs(.get, "status/")
                #expect(status.string("status") == "active" && status.string("plan_type") == "standard")
                #expect(status.string("api_key_last4") == "abcd")
                #expect(status.integer("credits_limit") == 400_000)
                // Three domains: 57 units, by the headers.
                #expect(status.integer("budget.spent") == 57 && status.integer("budget.reserved") == 0)
                #expect(status.integer("credits_remaining") == 400_000 - 57)
                #expect(status.integer("week.requests") == 1 && status.integer("week.units") == 57)
                #expect(status["last_synced"] != .null && status["last_error"] == .null)
                let snapshots = try await house.count(
                    """
                    select count(*) from igny8_ahrefs_domain_snapshots
                    where site_id = \(house.client.site.rawValue) and snapshot_date = '2026-11-16'
                        and domain_rating > 0 and backlinks_total > 0 and organic_traffic > 0
                    """
                )
                #expect(snapshots == 3)
                #expect(try await house.ahrefs(.delete, "disconnect/").status == 204)
                #expect(try await house.ahrefs(.delete, "disconnect/").status == 404)
                #expect(try await house.ahrefs(.get, "status/")["is_connected"] == false)
                #expect(try await house.count("select count(*) from igny8_ahrefs_connections") == 0)
                #expect(try await house.count("select count(*) from igny8_ahrefs_domain_snapshots") == 3)
                #expect(try await house.dead() == [])
                let audit = try await house.transaction { tx in try await AuditVerifier.run(in: tx) }
                #expect(audit.findings.isEmpty)
            }
        }

        @Test("that Ahrefs does not take is in error, one that ends is expired, and neither leaves a dead letter")
        func refused() async throws {
            try await LinkHouse.open { house in
                try await house.connect("not-a-key-of-ahrefs")
                let wrong = try await house.ahrefs(.get, "status/")
                #expect(wrong.string("status") == "error")
                #expect(wrong.string("last_error")?.contains("answered 401") == true)
                try await house.connect("ahrefs_lite_that_works")
                #expect(try await house.ahrefs(.get, "status/").string("status") == "active")
                try await house.sandbox("ahrefs/keys/", ["key": "ahrefs_lite_that_works", "is_valid": false])
                let refresh = try await house.ahrefs(.get, "backlinks/banner.example/")
                #expect(refresh.status == 200 && refresh["stale"] == true && refresh["job.id"] != nil)
                try await house.settle()
                let ended = try await house.ahrefs(.get, "status/")
                #expect(ended.string("status") == "expired")
                // Nothing more is asked with it.
                #expect(try await house.ahrefs(.get, "backlinks/banner.example/")["job"] == .null)
                let order = try await house.ahrefs(
                    .post,
                    "snapshot/",
                    ["site_id": .integer(house.client.site.rawValue)]
                )
                #expect(order.status == 409)
                #expect(try await house.dead() == [])
            }
        }

        @Test("a test of a key that was replaced meanwhile changes nothing")
        func replaced() async throws {
            try await LinkHouse.open { house in
                try await house.connect("ahrefs_lite_first_key_1")
                try await house.connect("ahrefs_enterprise_second")
                try await house.enqueue(AhrefsJobs.test(house.client.account, keyVersion: 1))
                try await house.settle()
                let status = try await house.ahrefs(.get, "status/")
                #expect(status.string("plan_type") == "enterprise")
                #expect(
                    try await house.count(
                        "select count(*) from igny8_ahrefs_calls where task = 'test_ahrefs_connection'"
                    )
                        == 2
                )
            }
        }

        @Test("is found nowhere: no row, no job, no log line, no answer, whatever the provider does")
        func canary() async throws {
            try await LinkHouse.open { house in
                let canary = "ahrefs_lite_CANARY5f2c9be1d7"
                try await house.connect(canary)
                for kind in ["garbage", "half_body", "500", "429", "reset"] {
                    let order: JSONValue = [
                        "provider": "ahrefs", "match": "GET /v3/site-explorer/*", "kind": .string(kind), "count": 1,
                        "retry_after": 1,
                    ]
                    try await house.sandbox("faults/", order)
                }
                for path in [
                    "backlinks/banner.example/", "top-pages/banner.example/", "domain/banner.example/history/",
                ] {
                    _ = try await house.ahrefs(.get, path)
                }
                try await house.settle()
                try await house.sandbox("ahrefs/keys/", ["key": .string(canary), "is_valid": false])
                try await house.enqueue(AhrefsJobs.test(house.client.account, keyVersion: 1))
                try await house.settle()
                var seen = house.logs.text
                for path in [
                    "integration/ahrefs/status/", "jobs/", "audit/", "integration/ahrefs/backlinks/banner.example/",
                ] { seen += try await house.api(.get, path).text }
                seen += try await Self.dump(house)
                let hex = canary.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(!seen.contains(canary) && !seen.contains("CANARY") && !seen.contains(hex))
                // The looking itself works: what may be seen is there.
                #expect(seen.contains("refresh_ahrefs_view") && seen.contains(String(canary.suffix(4))))
            }
        }

        /// Every row of every table, as a dump would have it.
        private static func dump(_ house: LinkHouse) async throws -> String {
            let settings = LinkHouse.system.settings(actor: "test")
            return try await house.test.owner.transaction(settings: settings) { owner in
                let tables = try await owner.query(
                    """
                    select relname::text as name from pg_class
                    where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
                    """
                ).map { row in try row.decode("name", as: String.self) }
                var text = ""
                for table in tables {
                    text += try await owner.query(
                        "select coalesce(string_agg(t::text, ' '), '') as rows from \(identifier: table) t"
                    )[0].decode("rows", as: String.self)
                }
                return text
            }
        }
    }
}
