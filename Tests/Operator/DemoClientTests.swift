import Foundation
import Testing

@testable import Operator

@Suite("The demo's clients") struct DemoClientTests {
    @Test("are six, each with a name, a domain and a key of its own")
    func distinct() {
        #expect(DemoClient.all.count == 6)
        #expect(Set(DemoClient.all.map(\.name)).count == 6)
        #expect(Set(DemoClient.all.map(\.domain)).count == 6)
        #expect(Set(DemoClient.all.map(\.slug)).count == 6)
    }

    @Test(
        "live in zones that exist, on domains that reach nobody, on plans that sell their tier",
        arguments: DemoClient.all
    )
    func sound(client: DemoClient) {
        #expect(TimeZone(identifier: client.timeZone) != nil)
        #expect(client.domain.hasSuffix(".example"))
        #expect(client.plan == "scale" || (client.plan == "growth" && client.tier == "lite"))
    }

    @Test("one has a card that declines, one a plugin that comes on the third day")
    func trouble() {
        #expect(DemoClient.all.count { $0.card != DemoClient.goodCard } == 1)
        #expect(DemoClient.all.map(\.pluginAfterDays).sorted() == [0, 0, 0, 0, 0, 3])
    }

    @Test("begin on 17 September 2026 at 8 in the morning, UTC")
    func start() {
        #expect(DemoSeed.start.formatted(.iso8601) == "2026-09-17T08:00:00Z")
        #expect(Moment("2026-09-17T08:00:00Z")?.date == DemoSeed.start)
        #expect(Moment("2026-09-17T08:00:00.25Z")?.date == DemoSeed.start.addingTimeInterval(0.25))
        #expect(Moment("yesterday") == nil)
    }
}
