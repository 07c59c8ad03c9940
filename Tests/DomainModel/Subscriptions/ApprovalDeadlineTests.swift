import DomainModel
import Foundation
import Testing

@Suite("What is due about an approval") struct ApprovalDeadlineTests {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func approval(hours: Double, _ silence: ApprovalDeadline.Silence, isAsked: Bool = true) -> Approval {
        Approval(
            id: 1,
            accountID: 1,
            subject: .backlinkOrder,
            subjectID: 1,
            deadline: ApprovalDeadline(at: start.addingTimeInterval(hours * 3_600), silence: silence),
            askedAt: isAsked ? start : nil
        )
    }

    private func at(_ hours: Double) -> Date { start.addingTimeInterval(hours * 3_600) }

    @Test("asked, reminded a day before the end, closed as agreed; never anything twice")
    func course() {
        var open = approval(hours: 72, .approve, isAsked: false)
        #expect(open.step(at: at(0)) == .ask)
        open.askedAt = at(0)
        #expect(open.step(at: at(0)) == .wait(until: at(48)))
        #expect(open.step(at: at(48)) == .remind)
        open.remindedAt = at(48)
        #expect(open.step(at: at(48)) == .wait(until: at(72)))
        #expect(open.step(at: at(72)) == .approve)
        var escalated = approval(hours: 72, .escalate)
        #expect(escalated.step(at: at(73)) == .escalate)
        escalated.escalatedAt = at(73)
        #expect(escalated.step(at: at(74)) == .nothing)
    }

    @Test("where there is less time the reminder comes halfway; a deadline that is past comes before it")
    func shortOfTime() {
        let short = approval(hours: 24, .approve)
        #expect(short.step(at: at(1)) == .wait(until: at(12)))
        #expect(short.step(at: at(24)) == .approve)
    }

    @Test("what is decided is left alone; what has no deadline waits for ever")
    func nothing() throws {
        var decided = approval(hours: 72, .approve)
        try decided.approve(by: 7, at: at(1), way: .member)
        #expect(decided.step(at: at(100)) == .nothing && decided.way == .member)
        #expect(Approval(id: 1, accountID: 1, subject: .blueprint, subjectID: 1).step(at: at(100)) == .nothing)
    }

    @Test("a link ends with the deadline where silence is a yes, and a week later where staff settle it")
    func links() {
        #expect(ApprovalDeadline(at: at(72), silence: .approve).linksExpireAt == at(72))
        #expect(ApprovalDeadline(at: at(72), silence: .escalate).linksExpireAt == at(72 + 7 * 24))
    }
}
