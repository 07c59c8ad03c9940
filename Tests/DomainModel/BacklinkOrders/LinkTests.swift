import DomainModel
import Foundation
import Testing

@Suite("Links and their witnesses") struct LinkTests {
    private let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private func hours(_ hours: Double) -> Date { noon.addingTimeInterval(hours * 3_600) }

    private func link(_ status: BacklinkStatus) -> Backlink {
        Backlink(
            id: 1,
            accountID: 1,
            siteID: 1,
            targetURL: "https://client.example/",
            cost: .zero(.usd),
            price: .zero(.usd),
            status: status
        )
    }

    @Test("a delivered link goes live with the first look that sees it, whatever its rel")
    func confirmed() throws {
        var link = link(.pending)
        #expect(try link.take(LinkFinding(.missing, httpStatus: 200), at: noon) == .none)
        #expect(link.status == .pending && link.times.suspected == nil && link.lastVerdict == .missing)
        #expect(try link.take(LinkFinding(.nofollow, httpStatus: 200, rel: ["nofollow"]), at: hours(1)) == .confirmed)
        #expect(link.status == .live && link.times.live == hours(1) && link.rel == ["nofollow"])
    }

    @Test(
        "one failure makes a suspicion; a second one a day later makes a loss",
        arguments: [LinkVerdict.missing, .gone, .unreachable, .refused]
    )
    func twice(verdict: LinkVerdict) throws {
        var link = link(.live)
        #expect(try link.take(LinkFinding(verdict), at: noon) == .suspected)
        #expect(link.secondLookAt == hours(24))
        #expect(try link.take(LinkFinding(verdict), at: hours(23.9)) == .none)
        #expect(link.status == .live && link.times.suspected == noon)
        #expect(try link.take(LinkFinding(verdict), at: hours(24)) == .lost)
        #expect(link.status == .lost && link.times.lost == hours(24))
        #expect(link.lostReason == "\(verdict.words), twice in looks a day apart")
        #expect(try link.take(LinkFinding(verdict), at: hours(48)) == .none)
    }

    @Test("a look that sees it in between clears the suspicion, and the days count anew")
    func cleared() throws {
        var link = link(.live)
        #expect(try link.take(LinkFinding(.gone), at: noon) == .suspected)
        #expect(try link.take(LinkFinding(.live), at: hours(12)) == .cleared)
        #expect(link.times.suspected == nil)
        #expect(try link.take(LinkFinding(.gone), at: hours(25)) == .suspected)
    }

    @Test("our fetch and Ahrefs together are two witnesses; Ahrefs alone is none")
    func ahrefs() throws {
        var link = link(.live)
        link.standing.ahrefsLostAt = noon
        #expect(link.status == .live)
        #expect(try link.take(LinkFinding(.missing), at: hours(1)) == .lost)
        #expect(link.lostReason == "not on its page, as Ahrefs says")
        var seen = self.link(.live)
        seen.standing.ahrefsLostAt = noon
        #expect(try seen.take(LinkFinding(.live), at: hours(1)) == .none)
        #expect(seen.standing.ahrefsLostAt == nil)
    }

    @Test("a page that may not be looked at is no witness")
    func blocked() throws {
        var link = link(.live)
        _ = try link.take(LinkFinding(.missing), at: noon)
        #expect(try link.take(LinkFinding(.blocked, httpStatus: 403), at: hours(30)) == .none)
        #expect(link.status == .live && link.times.suspected == noon && link.httpStatus == 403)
    }

    @Test("a lost link that is seen again is live")
    func recovered() throws {
        var link = link(.live)
        _ = try link.take(LinkFinding(.gone), at: noon)
        _ = try link.take(LinkFinding(.gone), at: hours(24))
        #expect(try link.take(LinkFinding(.live), at: hours(30)) == .recovered)
        #expect(link.status == .live && link.times.lost == nil && link.times.suspected == nil && link.lostReason == nil)
    }

    @Test("a guarantee ends on the same day of its last month, or on that month's last")
    func guarantee() throws {
        var link = link(.ordered)
        let source = try #require(LinkSource(url: "https://Blog.Example.com/post"))
        #expect(source.domain == "blog.example.com")
        let date = try Date("2026-11-30T12:00:00Z", strategy: .iso8601)
        try link.deliver(on: source, at: date, in: .gmt, guaranteedFor: 3)
        #expect(link.guaranteeUntil?.description == "2027-02-28")
        #expect(link.status == .pending)
    }

    @Test(
        "only http and https with a host are pages",
        arguments: ["ftp://a.example/", "javascript:1", "https://", "//a.example/"]
    )
    func sources(url: String) {
        #expect(LinkSource(url: url) == nil)
    }
}
