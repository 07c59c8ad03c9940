import DomainModel
import Foundation
import Testing

@Suite struct InvoiceTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func invoice(_ nets: [Int64], taxRate: String = "0") throws -> Invoice {
        let day = try #require(CalendarDay("2026-09-17"))
        var invoice = try Invoice(
            accountID: 1,
            currency: .usd,
            lines: nets.map {
                try InvoiceLine(
                    kind: .managedPro,
                    description: "line",
                    unitPrice: Money(minor: $0, currency: .usd),
                    taxRate: #require(Ratio(taxRate))
                )
            },
            seller: .agency,
            buyer: Party(name: "Client", email: "c@example.com")
        )
        try invoice.issue(number: #require(InvoiceNumber(year: 2026, sequence: 1)), at: now, on: day)
        return invoice
    }

    private func dollars(_ minor: Int64) -> Money { Money(minor: minor, currency: .usd) }

    @Test("a number reads as it prints")
    func numbers() {
        #expect(InvoiceNumber(year: 2026, sequence: 1)?.description == "IG-2026-000001")
        #expect(InvoiceNumber(year: 2026, sequence: 1_234_567)?.description == "IG-2026-1234567")
        #expect(InvoiceNumber("IG-2026-000042")?.sequence == 42)
        for text in [
            "IG-2026-42", "IG-2026-0", "ig-2026-000001", "IG-26-000001", "IG-2026-000001-C1", "IG-2026-+00001",
        ] {
            #expect(InvoiceNumber(text) == nil, "\(text)")
        }
    }

    @Test("an attempt is named by the invoice's number and its count")
    func keys() throws {
        let number = try #require(InvoiceNumber("IG-2026-000001"))
        #expect(AttemptKey(paying: number, attempt: 3).rawValue == "inv:IG-2026-000001:pay:3")
    }

    @Test("tax is rounded on each line and added up")
    func tax() throws {
        let invoice = try invoice([1_005, 1_005], taxRate: "0.075")
        #expect(invoice.lines.map(\.tax.minor) == [75, 75])
        #expect(invoice.tax.minor == 150 && invoice.total.minor == 2_160 && invoice.due == invoice.total)
    }

    @Test("money in settles it, in parts too, and never more than is due")
    func receiving() throws {
        var invoice = try invoice([10_000])
        try invoice.receive(dollars(4_000), at: now)
        #expect(invoice.status == .pending && invoice.due == dollars(6_000))
        #expect(throws: AmountExceedsDue(amount: dollars(6_001), due: dollars(6_000))) {
            try invoice.receive(dollars(6_001), at: now)
        }
        try invoice.receive(dollars(6_000), at: now)
        #expect(invoice.status == .paid && invoice.paidAt == now)
        #expect(throws: IllegalTransition.self) { try invoice.receive(dollars(1), at: now) }
    }

    @Test("an invoice over nothing is paid as it is issued")
    func overNothing() throws {
        #expect(try invoice([0]).status == .paid)
    }

    @Test("a credit lowers what is due first; what is left of it goes back")
    func credit() throws {
        var open = try invoice([10_000])
        let nothing = try open.apply(credit: dollars(2_500), at: now)
        #expect(nothing.isZero)
        #expect(open.due == dollars(7_500))
        try open.receive(dollars(7_000), at: now)
        let excess = try open.apply(credit: dollars(1_500), at: now)
        #expect(excess == dollars(1_000))
        #expect(open.status == .paid && open.due.isZero)
        #expect(throws: AmountExceedsDue.self) { try open.apply(credit: dollars(7_001), at: now) }
    }

    @Test("only what nobody has paid on can be withdrawn")
    func voiding() throws {
        var part = try invoice([10_000])
        try part.receive(dollars(1), at: now)
        #expect(throws: AmountExceedsDue.self) { try part.void() }
        var untouched = try invoice([10_000])
        try untouched.void()
        #expect(untouched.status == .void && untouched.due.isZero)
    }

    @Test("dunning walks through its days, whatever the first one is")
    func dunning() throws {
        let first = try #require(CalendarDay("2026-09-17"))
        var today = first
        var attempts = [0]
        while case .retry(let day) = DunningSchedule.standard.next(after: .soft, firstAttempt: first, today: today) {
            attempts.append(first.days(until: day))
            today = day
        }
        #expect(attempts == [0, 1, 3, 5, 7, 10, 12, 14])
        #expect(DunningSchedule.standard.next(after: .soft, firstAttempt: first, today: today) == .pauseService)
        #expect(
            DunningSchedule.standard.next(after: .hard, firstAttempt: first, today: first)
                == .askClient(until: first.adding(days: 14))
        )
    }

    @Test(
        "stolen cards and missing confirmations are final, an empty account is not",
        arguments: [
            ("stolen_card", Decline.Severity.hard), ("authentication_required", .hard), ("insufficient_funds", .soft),
            ("card_declined", .soft), ("expired_card", .hard), ("try_again_later", .soft),
        ]
    )
    func declines(code: String, severity: Decline.Severity) {
        #expect(Decline(code: code, message: "").severity == severity)
    }
}
