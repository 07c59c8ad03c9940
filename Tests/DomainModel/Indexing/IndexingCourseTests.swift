import DomainModel
import Foundation
import Testing

@Suite("The 7/14/28-day line of a request for indexing") struct IndexingCourseTests {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)
    private static func day(_ days: Double) -> Date { start.addingTimeInterval(days * 86_400) }

    struct Look: Sendable, CustomTestStringConvertible {
        let day: Double
        let finding: IndexFinding
        let step: IndexingCourse.Step
        var isResubmitted = false
        var status = IndexingStatus.checking

        var testDescription: String { "day \(day), \(finding), resubmitted \(isResubmitted)" }
    }

    private static let looks: [Look] = [
        Look(day: 0, finding: .notIndexed, step: .wait(until: day(7)), status: .submitted),
        Look(day: 6.99, finding: .unknown, step: .wait(until: day(7)), status: .submitted),
        Look(day: 7, finding: .indexed, step: .indexed, status: .submitted),
        Look(day: 7, finding: .notIndexed, step: .wait(until: day(14)), status: .submitted),
        Look(day: 7, finding: .unknown, step: .wait(until: day(14)), status: .submitted),
        Look(day: 13.9, finding: .notIndexed, step: .wait(until: day(14))),
        Look(day: 14, finding: .indexed, step: .indexed),
        Look(day: 14, finding: .notIndexed, step: .resubmit(until: day(28))),
        // Nobody pays twice for what may be there.
        Look(day: 14, finding: .unknown, step: .wait(until: day(28))),
        // Once only, however late.
        Look(day: 14, finding: .notIndexed, step: .wait(until: day(28)), isResubmitted: true),
        Look(day: 21, finding: .notIndexed, step: .resubmit(until: day(28))),
        Look(day: 21, finding: .notIndexed, step: .wait(until: day(28)), isResubmitted: true, status: .resubmitted),
        Look(day: 27.99, finding: .unknown, step: .wait(until: day(28)), isResubmitted: true),
        Look(day: 28, finding: .indexed, step: .indexed, isResubmitted: true),
        Look(day: 28, finding: .notIndexed, step: .failed, isResubmitted: true),
        Look(day: 28, finding: .unknown, step: .failed),
        // The worker was away for a month.
        Look(day: 40, finding: .notIndexed, step: .failed, status: .submitted),
        Look(day: 40, finding: .indexed, step: .indexed, status: .submitted),
    ]

    @Test("each day asks for its own step", arguments: looks)
    func steps(look: Look) throws {
        let course = IndexingCourse(
            status: look.status,
            submittedAt: Self.start,
            isResubmitted: look.isResubmitted
        )
        #expect(try course.step(look.finding, at: Self.day(look.day)) == look.step)
    }

    @Test("what is over has no steps", arguments: [IndexingStatus.indexed, .failed])
    func over(status: IndexingStatus) {
        let course = IndexingCourse(status: status, submittedAt: Self.start, isResubmitted: false)
        #expect(throws: IllegalTransition.self) { try course.step(.notIndexed, at: Self.day(7)) }
        #expect(throws: IllegalTransition.self) { try course.step(.indexed, at: Self.day(7)) }
        #expect(!status.isOpen)
    }

    private static func standing(
        _ service: IndexingServiceKey,
        _ price: Int64,
        _ indexed: Int = 0,
        of judged: Int = 0,
        usable: Bool = true
    ) -> IndexingStanding {
        IndexingStanding(
            service,
            price: UnitCost(tenThousandths: price, currency: .usd),
            indexed: indexed,
            judged: judged,
            isUsable: usable
        )
    }

    @Test("a service is chosen by eligibility, then success, then price; by hand where there is none")
    func choice() {
        let dear = Self.standing(.omega, 200, 80, of: 100)
        let cheap = Self.standing(.speedyindex, 75, 40, of: 100)
        let lucky = Self.standing(.linkcentaur, 100, 3, of: 3)
        let own = Self.standing(.indexnow, 0, 900, of: 1_000)
        func choose(
            _ all: [IndexingStanding],
            own: Bool = false,
            not: Set<IndexingServiceKey> = []
        ) -> IndexingServiceKey {
            IndexingChoice.service(among: all, isOwnPage: own, unwanted: not)
        }
        #expect(choose([dear, cheap, lucky]) == .omega, "three lucky ones decide nothing")
        #expect(choose([cheap, dear], not: [.omega]) == .speedyindex)
        #expect(choose([dear, own]) == .omega, "a publisher's page is not ours to submit")
        #expect(choose([dear, own], own: true) == .indexnow)
        #expect(choose([Self.standing(.omega, 200), Self.standing(.speedyindex, 75)]) == .speedyindex)
        #expect(choose([Self.standing(.omega, 200, usable: false)]) == .manual)
        #expect(choose([]) == .manual)
        #expect(choose([cheap], not: [.speedyindex]) == .manual)
    }

    @Test("the hold-out is as large as it is to be, and the same for the same page")
    func holdOut() {
        let pages = (1...10_000).map { "https://publisher-\($0 % 70).example/posts/\($0)/" }
        let held = pages.filter { IndexingChoice.isHeldOut($0, percent: 5) }
        #expect((400...600).contains(held.count))
        #expect(held == pages.filter { IndexingChoice.isHeldOut($0, percent: 5) })
        #expect(pages.allSatisfy { !IndexingChoice.isHeldOut($0, percent: 0) })
    }

    @Test("nothing is paid for a page that our look says cannot be indexed")
    func hindrances() {
        #expect(IndexingHindrance(.live) == nil && IndexingHindrance(.nofollow) == nil)
        #expect(IndexingHindrance(.noindex) == .noindex && IndexingHindrance(.canonicalized) == .canonical)
        #expect(IndexingHindrance(.blocked) == .robots)
        for verdict in [LinkVerdict.missing, .gone, .unreachable, .refused] {
            #expect(IndexingHindrance(verdict) == .status)
        }
    }
}
