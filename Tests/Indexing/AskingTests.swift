import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Indexing

extension IndexingTests {
    @Suite("What clients and staff ask", .timeLimit(.minutes(5))) struct AskingTests {
        @Test("pages are looked at before they are paid for; a month's URLs are invoiced once")
        func pages() async throws {
            try await IndexingHouse.open(isPro: false, looksAtPages: true) { house in
                try await house.connect(.speedyindex)
                let port = house.sandboxURL.split(separator: ":").last ?? ""
                func page(_ name: String) -> String { "http://h1.localhost:\(port)/corpus/\(name)" }
                let good = [page("canonical-self")]
                let bad = [page("meta-noindex"), page("nowhere-to-be-found")]
                try await house.sandbox("indexing/pages/", ["pages": .array(good.map { ["url": .string($0)] })])
                let order: JSONValue = [
                    "site_id": .integer(house.site.rawValue), "urls": .array((good + bad).map { .string($0) }),
                ]
                let asked = try await house.call(.post, "submit/", as: house.owner, order)
                #expect(asked.status == 202, "\(asked.text)")
                try await house.settle()
                let states = try await house.texts(
                    """
                    select status || ' ' || coalesce(hindrance, '') || ' ' || client_price
                    from igny8_backlink_indexing_requests order by url
                    """
                )
                #expect(states == ["submitted  0.1500", "failed noindex 0.1500", "failed status 0.1500"], "\(states)")
                // Once more: what waits already is left alone.
                #expect(try await house.call(.post, "submit/", as: house.owner, order).status == 202)
                try await house.settle()
                #expect(try await house.tasks().filter { $0.kind == "indexer" }.count == 1)
                let savings = try await house.call(.get, "savings/?site_id=\(house.site)", as: house.owner)
                #expect(savings.integer("pages") == 2 && savings["reasons.0.cost"] == .null)
                // The 1st of December, and the run once more.
                let first = "2026-12-01T01:00:00Z"
                try await house.sandbox("clock/", ["advance_to": .string(first)])
                try await house.settle()
                let due = try Date(first, strategy: .iso8601)
                try await house.enqueue(IndexingJobs.bill(inZone: "Europe/London", dueAt: due))
                try await house.settle()
                let invoices = try await house.texts(
                    "select kind || ' ' || status || ' ' || total::numeric(12, 2) from igny8_invoices"
                )
                #expect(invoices == ["indexing pending 0.15"])
                #expect(
                    try await house.count(
                        "select count(*) from igny8_backlink_indexing_requests where invoice_id is not null"
                    ) == 1
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test("what was bought is taken up with its invoice, and is not invoiced again")
        func bought() async throws {
            try await IndexingHouse.open(isPro: false, plan: .growth, looksAtPages: true) { house in
                let port = house.sandboxURL.split(separator: ":").last ?? ""
                let url = "http://h2.localhost:\(port)/corpus/long-article"
                let headers = [(name: "Authorization", value: "Bearer \(house.owner)")]
                let body: JSONValue = ["site_id": .integer(house.site.rawValue), "urls": [.string(url)]]
                let sold = try await IndexingHouse.send(
                    .post,
                    "\(house.gatewayURL)/api/v1/billing/add-ons/indexing-boost/",
                    headers: headers,
                    body
                )
                #expect(sold.status == 201, "\(sold.text)")
                try await house.settle()
                try await house.advance(days: 1)
                let rows = try await house.texts(
                    """
                    select status || ' ' || indexing_service || ' ' || (invoice_id is not null)
                    from igny8_backlink_indexing_requests
                    """
                )
                #expect(rows == ["submitted manual true"])
                // Growth may buy it, and not ask for it.
                let refused = try await house.call(.post, "submit/", as: house.owner, body)
                #expect(refused.status == 403 && refused.text.contains("scale"))
                #expect(
                    try await house.call(
                        .post,
                        "bulk-submit/",
                        as: house.owner,
                        ["site_id": .integer(house.site.rawValue)]
                    )
                    .status == 403
                )
            }
        }

        @Test("a failure is decided about: once more elsewhere, free of charge, or written off")
        func resolve() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.omega)
                try await house.links([
                    ("https://publisher.example/one", "live"), ("https://publisher.example/two", "live"),
                ])
                let all = try await house.call(
                    .post,
                    "bulk-submit/",
                    as: house.owner,
                    ["site_id": .integer(house.site.rawValue)]
                )
                #expect(all.status == 202, "\(all.text)")
                try await house.settle()
                try await house.advance(days: 29)
                let failed = try await house.call(.get, "requests/?status=failed&ordering=id", as: house.owner)
                #expect(failed.integer("count") == 2 && failed["results.0.cost"] == .null, "\(failed.text)")
                #expect(failed.string("results.0.last_error")?.contains("nobody can tell") == true)
                // Not known to be missing: it was not paid for twice.
                #expect(try await house.tasks().count == 1)
                let ids = [failed.integer("results.0.id") ?? 0, failed.integer("results.1.id") ?? 0]
                try await house.connect(.linkcentaur)
                func decide(_ id: Int, _ body: JSONValue, as token: String? = nil) async throws -> IndexingHouse.Reply {
                    try await house.call(.post, "requests/\(id)/resolve/", as: token ?? house.staff, body)
                }
                #expect(try await decide(ids[0], ["decision": "retry"], as: house.owner).status == 403)
                #expect(try await decide(999_999, ["decision": "retry"]).status == 404)
                #expect(try await decide(ids[0], ["decision": "done"]).status == 409)
                let again = try await decide(ids[0], ["decision": "retry", "note": "try the other one"])
                #expect(again.status == 200 && again.integer("id") != ids[0], "\(again.text)")
                #expect(try await decide(ids[0], ["decision": "retry"]).status == 409)
                #expect(try await decide(ids[1], ["decision": "write_off"]).status == 200)
                try await house.settle()
                #expect(
                    try await house.texts(
                        """
                        select status || ' ' || indexing_service || ' ' || client_price
                        from igny8_backlink_indexing_requests where replaces_id = \(Int64(ids[0]))
                        """
                    ) == ["submitted linkcentaur 0.0000"]
                )
                #expect(
                    try await house.count("select count(*) from igny8_delivery_flags where cleared_at is null") == 0
                )
                let stats = try await house.call(.get, "stats/?site_id=\(house.site)", as: house.staff)
                #expect(stats.integer("pending") == 1 && stats.integer("failed") == 2)
                #expect(stats.string("cost") == "0.0500" && stats.integer("needs_review") == 0)
                #expect(try await house.call(.get, "stats/?site_id=999999", as: house.owner).status == 404)
            }
        }

        @Test("nothing is sent for an account that is past due, until it may spend again")
        func pastDue() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.omega)
                try await house.links([("https://publisher.example/owed", "live")])
                try await house.transaction { tx in
                    let account = try #require(
                        try await Accounts.find(house.account, for: IndexingHouse.system, in: tx)
                    )
                    let invoice = try await OneTimeInvoice.issue(
                        .backlinks,
                        .backlinks,
                        "Links",
                        total: Money(minor: 10_000, currency: .usd),
                        to: account.value,
                        in: tx
                    )
                    try await tx.query(
                        "update igny8_invoices set first_failed_at = igny8_now() where id = \(invoice.id.rawValue)"
                    )
                }
                let asked = try await house.call(
                    .post,
                    "bulk-submit/",
                    as: house.owner,
                    ["site_id": .integer(house.site.rawValue)]
                )
                #expect(asked.status == 402, "\(asked.text)")
                try await house.submitAll()
                #expect(try await house.tasks().isEmpty)
                #expect(try await house.texts("select status from igny8_backlink_indexing_requests") == ["queued"])
                try await house.transaction { tx in
                    try await SpendGuards.override(
                        house.account,
                        until: Date(timeIntervalSince1970: 4_000_000_000),
                        because: "a promise to pay",
                        by: nil,
                        in: tx
                    )
                }
                try await house.enqueue(IndexingJobs.submitReady(because: "override"))
                try await house.settle()
                #expect(try await house.tasks().count == 1)
            }
        }
    }
}
