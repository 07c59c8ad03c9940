import DomainModel
import Foundation
import Testing

@testable import AhrefsSync

@Suite("Ahrefs: our links among theirs") struct LinkMatchTests {
    private static func link(_ from: String, _ to: String, lost: Date? = nil, visited: Date? = nil) -> AhrefsBacklink {
        AhrefsBacklink(
            urlFrom: from,
            urlTo: to,
            anchor: "",
            domain: "",
            lastVisited: visited,
            lostAt: lost,
            isDofollow: true,
            isUGC: false,
            isSponsored: false,
            isSpam: false
        )
    }

    @Test(
        "addresses of one page are one address; of two pages, two",
        arguments: [
            ("https://www.a.example/x/", "http://A.example/x", true), ("https://a.example", "a.example/", true),
            ("https://a.example:443/x#part", "https://a.example/x", true),
            ("https://a.example/x?p=1", "https://a.example/x?p=2", false),
            ("https://a.example/X", "https://a.example/x", false),
            ("https://b.a.example/", "https://a.example/", false),
        ]
    )
    func normal(one: String, other: String, isSame: Bool) {
        #expect((LinkMatch.normal(one) == LinkMatch.normal(other)) == isSame)
    }

    @Test(
        "a link is found by page and target; a live one counts more than a lost one, a later visit more than an earlier"
    )
    func find() {
        let ours = [
            LinkMatch.Ours(id: 1, source: "https://a.example/post/", target: "https://me.example/"),
            LinkMatch.Ours(id: 2, source: "https://a.example/post/", target: "https://me.example/other/"),
            LinkMatch.Ours(id: 3, source: "https://b.example/", target: "https://me.example/"),
        ]
        let day = Date(timeIntervalSince1970: 1_790_000_000)
        let links = [
            Self.link("http://www.a.example/post", "http://me.example", lost: day, visited: day),
            Self.link("https://a.example/post", "https://me.example/", visited: day.addingTimeInterval(-9)),
            Self.link("https://b.example/page", "https://me.example/"),
        ]
        let found = LinkMatch.find(ours, in: links)
        #expect(Array(found.keys) == [1] && found[1]?.lostAt == nil)
    }

    @Test("quality grows with rating, visits and being followed, and halves for spam")
    func quality() {
        func score(_ rating: Int?, _ traffic: Int?, _ follows: Bool = true, _ spam: Bool = false) -> Int? {
            LinkQuality.score(ratingTenths: rating, traffic: traffic, isDofollow: follows, isSpam: spam)
        }
        #expect(score(nil, 10) == nil && score(0, 0, false) == 0 && score(1_000, 1_000_000) == 100)
        #expect(score(500, 999) == 30 + 15 + 15 && score(500, 999, false) == 45 && score(500, 999, true, true) == 30)
    }
}
