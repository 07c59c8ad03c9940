import DomainModel
import Foundation
import Testing

@Suite struct LedgerTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func dollars(_ minor: Int64) -> Money { Money(minor: minor, currency: .usd) }

    @Test("an entry that does not balance cannot be made")
    func unbalanced() throws {
        let day = try #require(CalendarDay("2026-09-17"))
        func entry(_ lines: [LedgerLine]) throws -> LedgerEntry {
            try LedgerEntry(kind: .refund, key: "k", effectiveOn: day, tags: LedgerTags(accountID: 1), lines: lines)
        }
        #expect(throws: LedgerError.unbalanced(.usd)) {
            try entry([.debit(.receivable, dollars(2)), .credit(.refunds, dollars(1))])
        }
        #expect(throws: LedgerError.unbalanced(.eur)) {
            try entry([.debit(.receivable, Money(minor: 2, currency: .eur)), .credit(.refunds, dollars(2))])
        }
        #expect(throws: LedgerError.tooFewLines) { try entry([.debit(.receivable, dollars(0))]) }
        let good = try entry([
            .debit(.receivable, dollars(2)), .credit(.refunds, dollars(2)), .debit(.taxPayable, dollars(0)),
        ])
        #expect(good.lines.count == 2)
        let back = good.reversed(on: day)
        #expect(
            back.lines == [.credit(.receivable, dollars(2)), .debit(.refunds, dollars(2))] && back.key == "reversal:k"
        )
    }

    @Test("random months of issuing, paying, refunding, crediting and writing off balance: 2,000 of them")
    func randomMonths() throws {
        for seed in 0..<2_000 {
            var books = RandomBooks(seed: seed)
            for _ in 0..<40 { try books.step() }
            #expect(books.balances.values.reduce(0, +) == 0, "seed \(seed)")
            #expect(books.openDue == books.balances[.receivable, default: 0], "seed \(seed)")
            #expect(books.refundsOwed == -books.balances[.customerCredit, default: 0], "seed \(seed)")
        }
    }

    @Test("MRR adds up for random months: 2,000 of them")
    func mrr() throws {
        for seed in 0..<2_000 {
            var dice = Dice(seed)
            let changes = (0..<dice.roll(0...40)).map { _ in
                MRR.Change(
                    before: dollars(Int64(dice.pick([0, 10_000, 39_900, dice.roll(1...50_000)]))),
                    after: dollars(Int64(dice.pick([0, 10_000, 39_900, dice.roll(1...50_000)]))),
                    wasActiveEarlier: dice.chance(2)
                )
            }
            let mrr = try MRR(of: changes, in: .usd)
            #expect(try mrr.expectedEnd() == mrr.end, "seed \(seed)")
            for part in [mrr.new, mrr.expansion, mrr.reactivation, mrr.contraction, mrr.churn] {
                #expect(!part.isNegative, "seed \(seed)")
            }
        }
    }
}
