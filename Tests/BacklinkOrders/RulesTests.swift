import DomainModel
import Testing

@testable import BacklinkOrders

@Suite("What pages and hosts ask of robots") struct RulesTests {
    private func rules(_ text: String) -> RobotsRules { RobotsRules(Array(text.utf8), agent: "igny8-linkcheck") }

    @Test("the group that names us counts, else that for all; several groups of one name are one")
    func groups() {
        let both = rules("User-agent: *\nDisallow: /\n\nUser-agent: IGNY8-LinkCheck/1.0\nDisallow: /private\n")
        #expect(both.allows("/post") && !both.allows("/private/x"))
        let others = rules("User-agent: googlebot\nDisallow: /\n")
        #expect(others.allows("/"))
        let listed = rules(
            "user-agent: a\nuser-agent: *\ndisallow: /a\n\nuser-agent: *\ndisallow: /b\ncrawl-delay: 1.5"
        )
        #expect(!listed.allows("/a") && !listed.allows("/b") && listed.allows("/c"))
        #expect(listed.crawlDelay == .milliseconds(1_500))
    }

    @Test(
        "the longest rule that fits decides",
        arguments: [
            ("Disallow: /a\nAllow: /a/b", "/a/b/c", true), ("Disallow: /a\nAllow: /a/b", "/a/c", false),
            ("Allow: /p\nDisallow: /p", "/p", true), ("Disallow:", "/x", true),
            ("Disallow: /*.pdf$", "/x/y.pdf", false),
            ("Disallow: /*.pdf$", "/x/y.pdf?z", true), ("Disallow: /a*b*c", "/aXXbYYcZZ", false),
            ("Disallow: /a*b*c", "/aXXcYY", true), ("Disallow: /$", "/", false), ("Disallow: /$", "/x", true),
            ("Disallow: *", "/x", false), ("Disallow: /x # no", "/x", false),
        ]
    )
    func patterns(rule: String, path: String, allowed: Bool) {
        #expect(rules("User-agent: *\n\(rule)\n").allows(path) == allowed)
    }

    @Test("what is no number, or a day, is no crawl delay that anybody keeps")
    func delays() {
        #expect(rules("User-agent: *\nCrawl-delay: soon").crawlDelay == nil)
        #expect(rules("User-agent: *\nCrawl-delay: -1").crawlDelay == nil)
        #expect(rules("User-agent: *\nCrawl-delay: 86400").crawlDelay == RobotsRules.longestDelay)
        #expect(rules("User-agent: *\nCrawl-delay: inf").crawlDelay == nil)
    }

    @Test("a pattern of many stars takes no longer than its length")
    func stars() {
        let pattern = String(repeating: "*a", count: 1_000)
        let start = ContinuousClock.now
        #expect(rules("User-agent: *\nDisallow: /\(pattern)b").allows("/" + String(repeating: "a", count: 5_000)))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("orders in headers concern all robots, or name the one that matters")
    func headers() {
        func orders(_ header: String) -> [Bool] {
            let orders = RobotsOrders(meta: [], headers: [header])
            return [orders.isNoindex, orders.isNofollow]
        }
        #expect(orders("noindex") == [true, false])
        #expect(orders("none") == [true, true])
        #expect(orders("otherbot: noindex, nofollow") == [false, false])
        #expect(orders("otherbot: noindex, googlebot: nofollow") == [false, true])
        #expect(orders("max-snippet: 10, noindex") == [true, false])
        #expect(orders("unavailable_after: 25 Jun 2030 15:00:00 PST, nofollow") == [false, true])
    }

    @Test("a canonical is found in a header among other links")
    func linkHeader() {
        #expect(LinkHeader.canonicals("<https://a.example/x,y>; rel=\"canonical\"") == ["https://a.example/x,y"])
        #expect(LinkHeader.canonicals("</s.css>; rel=preload; as=style, </c>; rel=canonical") == ["/c"])
        #expect(LinkHeader.canonicals("</a>; rel=\"alternate canonical\"; hreflang=de") == ["/a"])
        #expect(LinkHeader.canonicals("<unclosed; rel=canonical").isEmpty)
    }

    @Test("one visitor a host at a time; a second host waits for nobody; who waits too long is sent away")
    func gate() async throws {
        let gate = HostGate(redis: nil, patience: .milliseconds(50))
        let inside = AsyncStream<Void>.makeStream()
        let leave = AsyncStream<Void>.makeStream()
        let first = Task {
            try await gate.alone(at: "a.example", for: .seconds(1)) { _ in
                inside.continuation.yield()
                for await _ in leave.stream { break }
            }
        }
        for await _ in inside.stream { break }
        try await gate.alone(at: "b.example", for: .seconds(1)) { _ in }
        await #expect(throws: HostBusy.self) { try await gate.alone(at: "a.example", for: .seconds(1)) { _ in } }
        leave.continuation.yield()
        try await first.value
        try await gate.alone(at: "a.example", for: .seconds(1)) { lease in lease.delay = .seconds(5) }
        await #expect(throws: HostBusy.self) { try await gate.alone(at: "a.example", for: .seconds(1)) { _ in } }
    }
}
