import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("Links of an order, changed by staff", .timeLimit(.minutes(3)))
struct LinkChangeTests {
    private static func approve(_ order: Int64, _ gateway: TestGateway) async throws {
        try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
            var row = try #require(try await BacklinkServiceOrders.find(.init(order), for: TestGateway.system, in: tx))
            let now = try await BusinessClock.now(in: tx)
            try row.value.approve(by: nil, at: now, floor: .zero)
            row.value.linksAgreed = 1
            try await BacklinkServiceOrders.save(&row, in: tx)
        }
    }

    private static func body(_ members: [String: String]) -> JSON { .object(members.mapValues { .string($0) }) }

    @Test("ordered, delivered with its real cost, rejected, replaced: each by one PATCH, refused where it cannot be")
    func life() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            try await Self.approve(one.backlinkOrder, gateway)
            let order = "/api/v1/services/backlink-orders/\(one.backlinkOrder)/"
            let path = "\(order)links/\(one.backlink)/"
            func patch(_ members: [String: String], tag: String? = nil) async throws -> TestAnswer {
                try await gateway.send(
                    .patch,
                    path,
                    as: staff,
                    Self.body(members),
                    headers: tag.map { [("If-Match", $0)] } ?? []
                )
            }
            let delivered = ["status": "delivered", "source_url": "https://blog.example/a", "cost": "75.50"]
            #expect(try await patch(delivered).status == 409)
            let tag = try #require(try await gateway.send(.get, path, as: staff).header("ETag"))
            let ordered = try await patch(["status": "ordered", "due_on": "2026-12-01"], tag: tag)
            #expect(ordered.status == 200 && ordered.json["due_on"]?.string == "2026-12-01", "\(ordered.text)")
            #expect(try await patch(delivered, tag: tag).status == 412)
            #expect(try await patch(["status": "delivered"]).status == 422)
            #expect(try await patch(delivered.merging(["live_on": "2020-01-01"]) { $1 }).status == 422)
            #expect(try await patch(["status": "rejected"]).status == 422)
            for _ in 0..<2 {
                let answer = try await patch(delivered)
                #expect(answer.status == 200 && answer.json["status"]?.string == "pending", "\(answer.text)")
                #expect(answer.json["cost"]?.string == "75.50")
            }
            let jobs: Int64 = try await gateway.value("select count(*) from igny8_jobs where task = 'verify_link'")
            #expect(jobs == 1)
            #expect(try await gateway.send(.get, order, as: staff).json["status"]?.string == "delivered")
            #expect(try await patch(["cost": "1.00"]).status == 409)
            #expect(try await patch(["status": "rejected", "reason": "not as agreed"]).status == 200)
            let replaced = try await patch(["status": "replaced", "reason": "not as agreed"])
            let other = try #require(replaced.json["replacement_id"]?.integer)
            #expect(replaced.status == 200 && other != one.backlink)
            let stranger = "\(order)links/\(gateway.people.other.backlink)/"
            #expect(try await gateway.send(.get, stranger, as: staff).status == 404)
            #expect(try await gateway.send(.patch, stranger, as: staff, Self.body(["status": "ordered"])).status == 404)
            #expect(try await gateway.send(.get, stranger + "checks/", as: staff).status == 404)
            let differences = try await gateway.store.read(as: TestGateway.system, actor: "test") { tx in
                try await LinkBooks.differences(for: TestGateway.system, in: tx)
            }
            #expect(differences.isEmpty)
        }
    }

    @Test("nothing is ordered for an account that is past due")
    func pastDue() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            try await Self.approve(one.backlinkOrder, gateway)
            try await gateway.test.owner.transaction(settings: TestGateway.system.settings(actor: "test")) { tx in
                try await tx.query("alter table igny8_invoices disable trigger user")
                try await tx.query(
                    """
                    update igny8_invoices set status = 'pending', first_failed_at = igny8_now(), issuer = 'T', issue_year = 2026,
                        issue_number = 1, number = 'T-2026-1', issued_on = '2026-09-01', issued_at = igny8_now()
                    where id = \(one.invoice)
                    """
                )
                try await tx.query("alter table igny8_invoices enable trigger user")
            }
            let answer = try await gateway.send(
                .patch,
                "/api/v1/services/backlink-orders/\(one.backlinkOrder)/links/\(one.backlink)/",
                as: gateway.people.manager,
                Self.body(["status": "ordered"])
            )
            #expect(answer.status == 402, "\(answer.text)")
        }
    }

    @Test("deliveries are a job; a link's looks are read by the cursor, with their evidence, by its client too")
    func history() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let order = "/api/v1/services/backlink-orders/\(one.backlinkOrder)/"
            let told = try await gateway.send(
                .post,
                order + "deliveries/",
                as: gateway.people.manager,
                .object([
                    "deliveries": .array([
                        .object([
                            "link_id": .number("\(one.backlink)"), "source_url": .string("https://blog.example/a"),
                        ])
                    ])
                ])
            )
            #expect(told.status == 202 && told.json["job"]?["task"]?.string == "record_delivery")
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let link = try #require(
                    try await Backlinks.find(.init(one.backlink), for: TestGateway.system, in: tx)
                )
                for number in 0..<5 {
                    var check = BacklinkCheck(
                        .fetch,
                        number == 4 ? .missing : .live,
                        requestedURL: "https://blog.example/a"
                    )
                    check.pageHash = Array(repeating: UInt8(number), count: 32)
                    check.snippet = "<a>\(number)</a>"
                    check.redirects = [.init(status: 301, url: "https://blog.example/b")]
                    try await BacklinkChecks.record([.init(check, of: link.value, job: nil)], in: tx)
                }
            }
            let path = "\(order)links/\(one.backlink)/checks/"
            var seen: [String] = []
            var next: String? = path + "?cursor=&page_size=2"
            while let page = next {
                let answer = try await gateway.send(.get, page, as: one.owner)
                #expect(answer.status == 200, "\(answer.text)")
                seen += (answer.json["results"]?.array ?? []).compactMap { $0["snippet"]?.string }
                next = answer.json["next"]?.string.map { String($0.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }) }
            }
            #expect(seen == (0..<5).reversed().map { "<a>\($0)</a>" })
            let lost = try await gateway.send(.get, path + "?verdict=missing", as: one.owner)
            let look = try #require(lost.json["results"]?.array?.first)
            #expect(look["page_sha256"]?.string == String(repeating: "04", count: 32))
            #expect(look["redirects"]?.array?.first?["status"]?.integer == 301)
        }
    }

    @Test("a claim's letter is edited as a draft, sent once, and ends by a replacement that is tied to the lost link")
    func claims() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            let path = "/api/v1/services/link-claims/\(one.linkClaim)/"
            let list = try await gateway.send(.get, "/api/v1/services/link-claims/?status=draft", as: staff)
            #expect(list.json["count"]?.integer == 2)
            let edited = try await gateway.send(.patch, path, as: staff, Self.body(["letter": "Dear all"]))
            #expect(edited.status == 200 && edited.json["letter"]?.string == "Dear all")
            let sent = try await gateway.send(.post, path + "send/", as: staff, Self.body(["to": "ticket 17"]))
            #expect(sent.status == 200 && sent.json["status"]?.string == "sent", "\(sent.text)")
            #expect(try await gateway.send(.post, path + "send/", as: staff, Self.body(["to": "again"])).status == 409)
            #expect(try await gateway.send(.patch, path, as: staff, Self.body(["letter": "No"])).status == 409)
            let resolve = path + "resolve/"
            let greedy = Self.body(["outcome": "refund", "amount": "80.01"])
            #expect(try await gateway.send(.post, resolve, as: staff, greedy).status == 422)
            // The fixture's link was never lost.
            let early = try await gateway.send(.post, resolve, as: staff, Self.body(["outcome": "replacement"]))
            #expect(early.status == 409)
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await tx.query(
                    """
                    update igny8_sag_backlinks set status = 'lost', source_url = 'https://blog.example/a',
                        source_domain = 'blog.example', ordered_at = igny8_now(), delivered_at = igny8_now(),
                        live_at = igny8_now(), lost_at = igny8_now()
                    where id = \(one.backlink)
                    """
                )
            }
            let done = try await gateway.send(
                .post,
                resolve,
                as: staff,
                Self.body(["outcome": "replacement", "note": "next week"])
            )
            let other = try #require(done.json["replacement_id"]?.integer)
            #expect(done.status == 200 && done.json["status"]?.string == "replaced", "\(done.text)")
            let link = try await gateway.send(
                .get,
                "/api/v1/services/backlink-orders/\(one.backlinkOrder)/links/\(other)/",
                as: staff
            )
            #expect(link.json["replaces_id"]?.integer == one.backlink && link.json["cost"]?.string == "0.00")
            #expect(try await gateway.send(.post, resolve, as: staff, greedy).status == 409)
        }
    }
}
