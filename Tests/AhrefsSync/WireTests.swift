import DomainModel
import Foundation
import Logging
import TestSupport
import Testing
import WebClient

@testable import AhrefsSync

extension AhrefsTests {
    @Suite("The wire", .timeLimit(.minutes(5))) struct WireTests {
        private static func client(_ base: String) -> AhrefsClient {
            AhrefsClient(
                web: WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.wire")),
                baseURL: base,
                guardAddresses: false
            )
        }

        @Test("every endpoint answers our client, and none costs more than was forecast")
        func endpoints() async throws {
            try await LinkHouse.open { house in
                let ahrefs = Self.client("\(house.sandboxURL)/ahrefs")
                let key = "ahrefs_lite_wire_key_01"
                let day = CalendarDay(year: 2026, month: 11, day: 10)!
                let target = "banner.example"
                let limits = try await ahrefs.limitsAndUsage(key: key)
                #expect(limits.value.remaining == 100_000 && limits.receipt.units == 0)
                #expect(limits.value.resetsOn?.description == "2026-12-01" && limits.value.expiresAt != nil)
                let free = try await ahrefs.freeDomainRating(of: target, key: key)
                #expect(free.receipt.units == 0 && free.value ?? 0 > 0)
                let rating = try await ahrefs.domainRating(of: target, on: day, key: key)
                let stats = try await ahrefs.backlinksStats(of: target, on: day, key: key)
                let metrics = try await ahrefs.metrics(of: target, on: day, key: key)
                #expect([rating.receipt, stats.receipt, metrics.receipt].allSatisfy { $0.units == 50 })
                #expect(stats.value.backlinks ?? 0 > 0 && metrics.value.organicTraffic ?? 0 > 0)
                let buckets = try await ahrefs.pagesByTraffic(of: target, key: key)
                #expect(buckets.value["range100_pages"] != nil)
                let batch = try await ahrefs.batchAnalysis(of: [target, "rival-one.example"], key: key)
                #expect(batch.value.count == 2 && batch.receipt.units == 50 && batch.receipt.rows == 2)
                #expect(batch.value[target]?.isWhole == true && batch.receipt.cache == "no_cache")
                let from = CalendarDay(year: 2025, month: 11, day: 10)!
                let ratings = try await ahrefs.domainRatingHistory(of: target, from: from, key: key)
                let traffic = try await ahrefs.trafficHistory(of: target, from: from, key: key)
                let domains = try await ahrefs.refdomainsHistory(of: target, from: from, key: key)
                #expect(Set(ratings.value.map(\.date)) == Set(traffic.value.map(\.date)))
                #expect(Set(traffic.value.map(\.value)).count > 6, "days pass, and traffic drifts")
                let links = try await ahrefs.backlinks(of: target, rows: 100, key: key)
                let refdomains = try await ahrefs.refdomains(of: target, rows: 100, key: key)
                let keywords = try await ahrefs.organicKeywords(of: target, on: day, rows: 100, key: key)
                let pages = try await ahrefs.topPages(of: target, on: day, rows: 100, key: key)
                #expect(links.value.allSatisfy { $0.lostAt == nil && $0.firstSeen != nil })
                #expect(keywords.value.count > 0 && pages.value.count > 0)
                for (view, receipt) in [
                    (AhrefsView.domainRatingHistory, ratings.receipt), (.trafficHistory, traffic.receipt),
                    (.referringDomainsHistory, domains.receipt), (.backlinks, links.receipt),
                    (.referringDomains, refdomains.receipt), (.organicKeywords, keywords.receipt),
                    (.topPages, pages.receipt), (.metrics, batch.receipt),
                ] {
                    let units = try #require(receipt.units)
                    #expect((50...view.forecast(rows: 100)).contains(units), "\(view): \(units)")
                }
                let source = try #require(links.value.first).domain
                let ours = try await ahrefs.backlinks(
                    of: target,
                    AhrefsLinkFilter(sources: [source]),
                    rows: 50,
                    key: key
                )
                #expect(!ours.value.isEmpty && ours.value.allSatisfy { $0.domain == source })
                let since = AhrefsLinkFilter(lostSince: from)
                let lost = try await ahrefs.backlinks(of: target, since, rows: 100, key: key)
                #expect(!lost.value.isEmpty && lost.value.allSatisfy { $0.lostAt != nil && $0.lostReason != nil })
            }
        }

        @Test("the sandbox refuses what Ahrefs refuses: no select, no key, unknown names, the 61st call of a minute")
        func refusals() async throws {
            try await LinkHouse.open { house in
                func ask(_ path: String, _ key: String = "ahrefs_lite_refusals_1") async throws -> LinkHouse.Reply {
                    try await LinkHouse.send(
                        .get,
                        "\(house.sandboxURL)/ahrefs/v3/\(path)",
                        headers: [("Authorization", "Bearer \(key)")]
                    )
                }
                let list = "site-explorer/all-backlinks?target=banner.example"
                #expect(try await ask(list).status == 400)
                #expect(try await ask(list + "&select=url_from").status == 200)
                #expect(try await ask(list + "&select=url_from&offset=5").status == 400)
                #expect(try await ask(list + "&select=position").status == 400)
                #expect(try await ask(list + "&select=url_from&limit=101").status == 403, "a Lite plan")
                #expect(try await ask(list + "&select=url_from", "unknown").status == 401)
                #expect(try await ask("site-explorer/metrics?target=banner.example").status == 400, "no date")
                let key = "ahrefs_lite_much_too_fast"
                var statuses: [Int] = []
                for _ in 0..<61 {
                    statuses.append(try await ask("public/domain-rating-free?target=a.example", key).status)
                }
                #expect(statuses.prefix(60).allSatisfy { $0 == 200 } && statuses.last == 429)
            }
        }

        @Test("an error names endpoint and status, and never the key, whatever the answer echoes")
        func masking() async throws {
            let key = "ahrefs_lite_CANARY77"
            let text = #"{"message":"key \#(key) has no units\u0000"}"#
            try await RecordingServer.run(answering: { _ in .init(403, text: text) }) { server in
                let error = await #expect(throws: AhrefsError.self) {
                    try await Self.client(server.url).freeDomainRating(of: "a.example", key: key)
                }
                let sentence = error?.description ?? ""
                #expect(sentence.contains("public/domain-rating-free answered 403") && sentence.contains("no units"))
                #expect(!sentence.contains("CANARY") && error?.kind == .forbidden)
            }
        }
    }
}
