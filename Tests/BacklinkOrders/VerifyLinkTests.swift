import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import BacklinkOrders

@Suite("Verification of links", .timeLimit(.minutes(4))) struct VerifyLinkTests {
    private let one = "https://one.example/post"
    private let two = "https://two.example/post"
    private let three = "https://three.example/post"

    @Test("a delivered link goes live with its evidence, once however often it is looked at at once")
    func confirmed() async throws {
        try await LinkHouse.open { house in
            house.pages.set(one, LinkHouse.link)
            let link = try await house.deliver(one)[0]
            let jobs = (0..<6).map { number in
                var job = BacklinkOrdersJobs.verify(link, account: house.account.id)
                job.uniqueKey = "try:\(number)"
                return job
            }
            _ = try await house.transaction { tx in try await house.producer.enqueue(jobs, in: tx) }
            try await house.settle()
            let found = try await house.link(link)
            #expect(
                found.status == .live && found.times.live != nil && found.lastVerdict == .live
                    && found.httpStatus == 200
            )
            #expect(try await house.story(of: link) == ["went_live"])
            let figures = try await house.figures()
            #expect(figures.live == 1 && figures.delivered == 1 && figures.cost.decimalString == "80.00")
            let history = try await house.history(of: link)
            #expect(history.count == 6)
            #expect(
                history.allSatisfy { $0.snippet?.contains("vinyl banners") == true && $0.anchorText == "vinyl banners" }
            )
        }
    }

    @Test("a link is lost after two failures a day apart, and found again; counters, flag and log follow")
    func lostAndFound() async throws {
        try await LinkHouse.open { house in
            house.pages.set(one, LinkHouse.link)
            let link = try await house.deliver(one)[0]
            try await house.verify(link)
            house.pages.set(one, "<p>Nothing here.</p>")
            try await house.verify(link)
            #expect(try await house.link(link).times.suspected != nil)
            // Twice on one day is one witness.
            try await house.live(hours: 12)
            try await house.verify(link)
            #expect(try await house.link(link).status == .live)
            #expect(try await house.openFlags().isEmpty)
            // The second look comes by itself.
            try await house.live(hours: 13)
            let lost = try await house.link(link)
            #expect(lost.status == .lost && lost.lostReason == "not on its page, twice in looks a day apart")
            #expect(try await house.figures().live == 0)
            let flags = try await house.openFlags()
            #expect(flags.map(\.kind) == [.linkLost] && flags.first?.subjectID == link.rawValue)
            house.pages.set(one, LinkHouse.link)
            try await house.verify(link)
            #expect(try await house.link(link).status == .live)
            #expect(try await house.figures().live == 1)
            #expect(try await house.openFlags().isEmpty)
            #expect(
                try await house.story(of: link)
                    == ["went_live", "suspected", "lost", "flag_raised", "recovered", "flag_cleared"]
            )
            #expect(try await house.history(of: link).map(\.verdict) == [.live, .missing, .missing, .missing, .live])
        }
    }

    @Test("a suspicion ends with the look that sees the link; a page that may not be looked at says nothing")
    func suspicions() async throws {
        try await LinkHouse.open { house in
            house.pages.set(one, LinkHouse.link)
            let link = try await house.deliver(one)[0]
            try await house.verify(link)
            house.pages.set(one, status: 500, "oops")
            try await house.verify(link)
            house.pages.set(one, status: 403, "who are you")
            try await house.live(hours: 25)
            let blocked = try await house.link(link)
            #expect(blocked.status == .live && blocked.times.suspected != nil && blocked.lastVerdict == .blocked)
            house.pages.set(one, LinkHouse.link)
            try await house.verify(link)
            #expect(try await house.link(link).times.suspected == nil)
            #expect(try await house.story(of: link) == ["went_live", "suspected", "suspicion_cleared"])
        }
    }

    @Test("Ahrefs and our own fetch are two witnesses on one day")
    func ahrefs() async throws {
        try await LinkHouse.open { house in
            house.pages.set(one, LinkHouse.link)
            let link = try await house.deliver(one)[0]
            try await house.verify(link)
            try await house.transaction { tx in
                var row = try #require(try await Backlinks.find(link, for: LinkHouse.system, in: tx))
                row.standing.ahrefsLostAt = try await BusinessClock.now(in: tx)
                try await Backlinks.save(&row, in: tx)
            }
            house.pages.set(one, status: 404, "gone")
            try await house.verify(link)
            #expect(try await house.link(link).lostReason == "its page is gone, as Ahrefs says")
        }
    }

    @Test("whatever a page answers costs its own job one attempt, and no other link anything")
    func garbage() async throws {
        try await LinkHouse.open { house in
            let bad = FetchFailure(
                verdict: .refused,
                detail: "the address 169.254.169.254 is not on the public internet"
            )
            house.pages.set(one, .failure(bad))
            house.pages.set(two, "\u{0}\u{1}<<<a href='\(String(repeating: "<b>", count: 9_000))")
            house.pages.set(three, LinkHouse.link)
            let links = try await house.deliver(one, two, three)
            try await house.verify(links[0], links[1], links[2])
            #expect(house.pages.visited.sorted() == [one, three, two])
            let attempts = try await house.transaction { tx in
                try await tx.query(
                    "select max(attempt) as most, count(*) as jobs from igny8_job_history where task = 'verify_link'"
                )
                .first.map { row in try [row.decode("most", as: Int.self), row.decode("jobs", as: Int.self)] }
            }
            #expect(attempts == [1, 3])
            #expect(try await house.link(links[0]).lastVerdict == .refused)
            #expect(try await house.history(of: links[0]).first?.detail == bad.detail)
            #expect(try await house.link(links[2]).status == .live)
            #expect(try await house.figures().live == 1)
        }
    }

    @Test("the weekly look takes each live link that was not seen of late, and no other")
    func weekly() async throws {
        try await LinkHouse.open { house in
            for page in [one, two, three] { house.pages.set(page, LinkHouse.link) }
            let links = try await house.deliver(one, two, three)
            try await house.verify(links[0], links[1])
            try await house.transaction { tx in
                var third = try #require(try await Backlinks.find(links[2], for: LinkHouse.system, in: tx))
                let now = try await BusinessClock.now(in: tx)
                try third.value.reject(at: now)
                try await Backlinks.save(&third, in: tx)
            }
            // The 17th is a Thursday; on the Sunday after the next all live links are older than six days.
            try await house.live(hours: 24 * 9)
            #expect(house.pages.visited.sorted() == [one, two])
            try await house.live(hours: 24 * 2)
            #expect(house.pages.visited.sorted() == [one, one, two, two])
            #expect(try await house.history(of: links[2]).isEmpty)
        }
    }
}
