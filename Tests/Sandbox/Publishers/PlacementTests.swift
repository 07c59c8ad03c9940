import Foundation
import Testing
import WebClient

@testable import Sandbox

@Suite("Pages of publishers") struct PlacementTests {
    private static let moment = Date(timeIntervalSince1970: 1_790_000_000)

    private static func placement(_ name: String, seed: String = "seed") -> Placement {
        Placement(
            name,
            on: "gazette.localhost",
            to: "https://client.example/?a=1&b=2",
            anchor: "vinyl <banners>",
            orderedAt: moment,
            seed: seed
        )
    }

    @Test("a name and a seed decide; another seed decides otherwise; every fate comes about")
    func seeds() {
        let names = (0..<200).map { "link-\($0)" }
        let fates = names.map { Self.placement($0).fate }
        #expect(fates == names.map { Self.placement($0).fate })
        #expect(fates != names.map { Self.placement($0, seed: "other").fate })
        #expect(Set(fates) == Set(Placement.Fate.allCases))
        #expect(fates.count { $0 == .good } > 100)
        for name in names {
            let days = Self.placement(name).appearsAt.timeIntervalSince(Self.moment) / 86_400
            #expect((2...17).contains(days))
        }
    }

    @Test("a page is what its fate and the moment make of it", arguments: Placement.Fate.allCases)
    func pages(fate: Placement.Fate) throws {
        var placement = Self.placement("link")
        placement.choose(fate)
        #expect(placement.page(at: placement.appearsAt.addingTimeInterval(-1)) == nil)
        func link(after days: Double) -> Bool? {
            placement.page(at: placement.appearsAt.addingTimeInterval(days * 86_400))
                .map { $0.contains("<a href=\"https://client.example/?a=1&amp;b=2\"") }
        }
        let expected: [Bool?] =
            switch fate {
            case .good, .nofollow, .noindex: [true, true, true]
            case .late: [false, true, true]
            case .missing: [false, false, false]
            case .vanishing: [true, true, false]
            case .gone: [true, true, nil]
            }
        #expect([link(after: 0), link(after: 5), link(after: 31)] == expected)
        let page = try #require(placement.page(at: placement.appearsAt))
        #expect(page.contains("rel=\"nofollow\"") == (fate == .nofollow))
        #expect(page.contains("content=\"noindex\"") == (fate == .noindex))
    }

    @Test("pages are placed, chosen and served by the sandbox's clock")
    func routes() async throws {
        try await RunningSandbox.start { sandbox in
            let port = try #require(URLComponents(string: sandbox.url)?.port)
            let order = #"""
                {"placements": [{"reference": "one", "host": "gazette.localhost", "target_url": "https://client.example/",
                "anchor_text": "banners", "fate": "vanishing", "appears_at": "2026-10-01T08:00:00Z"}]}
                """#
            func page() async throws -> (status: Int, hasLink: Bool) {
                let reply = try await sandbox.send(.get, "/placements/one/")
                return (reply.status, reply.response.text.contains("https://client.example/"))
            }
            _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
            let placed = try await sandbox.json(.post, "/placements/", order)
            #expect(placed.status == 201 && placed.text("0.url") == "http://gazette.localhost:\(port)/placements/one/")
            #expect(try await page().status == 404)
            _ = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-10-02T08:00:00Z"}"#)
            #expect(try await page() == (200, true))
            let moved = try await sandbox.json(.patch, "/placements/one/", #"{"vanishes_at": "2026-10-02T00:00:00Z"}"#)
            #expect(moved.text("0.fate") == nil && moved.text("fate") == "vanishing")
            #expect(try await page() == (200, false))
            let evil = order.replacing("gazette.localhost", with: "evil.example")
            #expect(try await sandbox.json(.post, "/placements/", evil).status == 400)
        }
    }
}
