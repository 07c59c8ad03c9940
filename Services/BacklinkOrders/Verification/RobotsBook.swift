import NIOConcurrencyHelpers

/// What hosts' robots.txt said, kept for an hour of machine time by each process.
final class RobotsBook: Sendable {
    private struct Page {
        let rules: RobotsRules
        let readAt: ContinuousClock.Instant
    }

    /// RFC 9309, 2.4: no longer than a day.
    private let life: Duration
    /// A page of rules is seldom more than a few hundred bytes: some megabytes.
    private let mostHosts: Int
    private let pages = NIOLockedValueBox<[String: Page]>([:])

    init(life: Duration = .seconds(3_600), mostHosts: Int = 10_000) {
        self.life = life
        self.mostHosts = mostHosts
    }

    /// The rules of an origin; they are fetched when they are not known or too old. Whoever asks holds the host, so nobody
    /// fetches them twice at once.
    func rules(of origin: String, fetch: () async throws -> RobotsRules) async throws -> RobotsRules {
        let now = ContinuousClock.now
        if let page = pages.withLockedValue({ $0[origin] }), now - page.readAt < life { return page.rules }
        let rules = try await fetch()
        pages.withLockedValue { pages in
            if pages.count >= mostHosts {
                pages = pages.filter { now - $0.value.readAt < life }
                // Still full: chance decides. They are only read again.
                while pages.count >= mostHosts, let any = pages.keys.first { pages[any] = nil }
            }
            pages[origin] = Page(rules: rules, readAt: now)
        }
        return rules
    }
}
