import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Indexing

/// Each runs the gateway, the sandbox and both workers over a database of its own.
@Suite("Indexing over real HTTP", .serialized) struct IndexingTests {}

extension IndexingTests {
    @Suite("A link's way into the index", .timeLimit(.minutes(5))) struct LineTests {
        private static func page(_ name: String) -> String { "https://publisher.example/\(name)" }

        @Test(
            "submitted at once, looked at on day 7, once more on day 14, failed on day 28; nothing paid that brings nothing"
        )
        func line() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.speedyindex)
                let told: [(String, String?)] = [
                    ("early", "2026-11-06T00:00:00Z"), ("late", "2026-11-18T12:00:00Z"), ("never", nil),
                    ("there", "2026-01-01T00:00:00Z"),
                ]
                try await house.sandbox(
                    "indexing/pages/",
                    [
                        "pages": .array(
                            told.map { name, moment in
                                var page: JSONValue = ["url": .string(Self.page(name))]
                                if let moment { page = page.merging(["indexed_at": .string(moment)]) }
                                return page
                            }
                        )
                    ]
                )
                try await house.links(
                    told.map { (Self.page($0.0), "live") } + [
                        (Self.page("hidden"), "noindex"), (Self.page("other"), "canonicalized"),
                    ]
                )
                try await house.submitAll()
                func state(_ name: String) async throws -> String {
                    try await house.texts(
                        """
                        select status || case when needs_review then '!' else '' end
                        from igny8_backlink_indexing_requests where url = \(Self.page(name))
                        """
                    ).joined(separator: " ")
                }
                func states() async throws -> [String] {
                    var all: [String] = []
                    for name in ["early", "late", "never", "there", "hidden"] { all.append(try await state(name)) }
                    return all
                }
                #expect(try await states() == ["submitted", "submitted", "submitted", "indexed", ""])
                let sent = try await house.tasks()
                #expect(sent.map(\.kind) == ["checker", "indexer"] && sent.map(\.urls.count) == [4, 3])
                // A second run, and a third at once, find nothing to do.
                try await house.enqueue(
                    IndexingJobs.submitReady(because: "again"),
                    IndexingJobs.submitReady(because: "and again")
                )
                try await house.settle()
                #expect(try await house.tasks().count == 2)
                try await house.advance(days: 6)
                #expect(try await states() == ["submitted", "submitted", "submitted", "indexed", ""])
                try await house.advance(days: 2)
                #expect(try await states() == ["indexed", "checking", "checking", "indexed", ""])
                try await house.advance(days: 7)
                #expect(try await states() == ["indexed", "resubmitted", "resubmitted", "indexed", ""])
                try await house.advance(days: 12)
                #expect(try await states() == ["indexed", "resubmitted", "resubmitted", "indexed", ""])
                try await house.advance(days: 2)
                #expect(try await states() == ["indexed", "indexed", "failed!", "indexed", ""])
                // One look at four pages, three submissions, two once more; its own reports are free.
                let cost = "0.0435"
                #expect(
                    try await house.texts("select sum(cost)::text from igny8_backlink_indexing_requests") == [cost]
                )
                #expect(
                    try await house.texts(
                        "select sum(amount)::text from igny8_ledger_lines where ledger_account = 'cost_indexing'"
                    ) == [cost]
                )
                #expect(
                    try await house.count(
                        "select count(*) from igny8_indexing_submissions where outcome is not null or is_repeat"
                    ) == 5
                )
                // Links, orders and flags follow.
                #expect(try await house.count("select count(*) from igny8_sag_backlinks where is_indexed") == 3)
                #expect(try await house.count("select links_indexed::bigint from igny8_backlink_service_orders") == 3)
                let wrong = try await house.transaction { tx in
                    try await Backlinks.miscounted(for: IndexingHouse.system, in: tx)
                }
                #expect(wrong == [])
                #expect(
                    try await house.count(
                        """
                        select count(*) from igny8_delivery_flags where kind = 'indexing_failed' and cleared_at is null
                            and subscription_id is not null
                        """
                    ) == 1
                )
                #expect(
                    try await house.texts("select reason from igny8_indexing_savings order by reason")
                        == ["already_indexed", "canonical", "noindex"]
                )
                #expect(
                    try await house.count(
                        "select count(*) from igny8_backlink_indexing_requests where client_price > 0"
                    ) == 0
                )
                #expect(try await house.dead() == [])
                let audit = try await house.transaction { tx in try await AuditVerifier.run(in: tx) }
                #expect(audit.findings.isEmpty)
            }
        }

        @Test("two runs at once send each page once")
        func twice() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.omega)
                try await house.links((0..<40).map { (Self.page("twice-\($0)"), "live") })
                try await house.enqueue(
                    IndexingJobs.submitLinks(of: house.site, account: house.account),
                    IndexingJobs.submitReady(because: "a"),
                    IndexingJobs.submitReady(because: "b"),
                    IndexingJobs.submitLinks(at: try Date(IndexingHouse.start, strategy: .iso8601))
                )
                try await house.settle()
                let urls = try await house.tasks().flatMap(\.urls)
                #expect(urls.count == 40 && Set(urls).count == 40)
                #expect(try await house.count("select count(*) from igny8_indexing_submissions") == 40)
            }
        }

        @Test("a worker killed between sending and storing: the task is found by its title, and nothing is sent twice")
        func killed() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.speedyindex)
                let url = Self.page("killed")
                try await house.sandbox("indexing/pages/", ["pages": [["url": .string(url)]]])
                try await house.sandbox("indexing/keys/", ["provider": "speedyindex", "key": "key-of-the-agency-1"])
                try await house.links([(url, "live")])
                // The service took it; the worker died before it could write that down.
                let batch = try await house.transaction { tx in
                    _ = try await IndexingRequests.queue(
                        .of(house.site),
                        sparing: UnitCost(tenThousandths: 75, currency: .usd),
                        in: tx
                    )
                    let ready = try await IndexingRequests.ready(after: 0, limit: 10, in: tx)
                    let batch = try await IndexingBatches.create(.submit, of: .speedyindex, count: 1, in: tx)
                    try await IndexingRequests.place(ready.map(\.id), in: batch, in: tx)
                    _ = try await IndexingBatches.begin(batch.id, in: tx)
                    return batch
                }
                try await house.test.owner.query(
                    """
                    insert into sandbox.indexing_tasks (provider, key, kind, title, urls)
                    values ('speedyindex', 'key-of-the-agency-1', 'indexer', \(batch.title), \([url]))
                    """
                )
                _ = try await house.transaction { tx in
                    try await tx.query(
                        "update igny8_indexing_batches set sending_at = now() - interval '5 minutes'"
                    )
                }
                try await house.enqueue(IndexingJobs.send(batch.id))
                try await house.settle()
                #expect(try await house.tasks().count == 1)
                #expect(
                    try await house.texts("select status from igny8_backlink_indexing_requests") == ["submitted"]
                )
                #expect(try await house.texts("select state from igny8_indexing_batches") == ["sent"])
                #expect(
                    try await house.count("select count(*) from igny8_ledger_entries where kind = 'cost_incurred'") == 1
                )
            }
        }

        @Test("a page of the hold-out is sent to nobody for 14 days, and then like the others")
        func holdOut() async throws {
            try await IndexingHouse.open(holdout: 50) { house in
                try await house.connect(.speedyindex)
                let pages = (0..<24).map { Self.page("held-\($0)") }
                let told = pages.enumerated().map { place, url -> JSONValue in
                    let page: JSONValue = ["url": .string(url)]
                    return place % 2 == 0 ? page.merging(["indexed_at": "2026-11-12T00:00:00Z"]) : page
                }
                try await house.sandbox("indexing/pages/", ["pages": .array(told)])
                try await house.links(pages.map { ($0, "live") })
                try await house.submitAll()
                let held = try await house.count(
                    "select count(*) from igny8_backlink_indexing_requests where held_out and status = 'queued'"
                )
                #expect((4...20).contains(held))
                #expect(try await house.tasks().filter { $0.kind == "indexer" }.flatMap(\.urls).count == 24 - held)
                try await house.advance(days: 15)
                // What came by itself has cost nothing but two looks; the others have been sent by now.
                let left = try await house.count(
                    """
                    select count(*) from igny8_backlink_indexing_requests
                    where held_out and not (status = 'indexed' and submitted_at is null or status = 'submitted')
                    """
                )
                #expect(left == 0)
                let rates = try await house.texts(
                    """
                    select outcome || ' ' || count(*) from igny8_indexing_submissions
                    where service is null group by outcome order by 1
                    """
                )
                #expect(rates.count == 2 && rates.joined().contains("not_indexed"))
                let stats = try await house.call(.get, "stats/", as: house.staff)
                #expect(stats.status == 200 && stats.text.contains(#""service":null"#))
            }
        }
    }
}
