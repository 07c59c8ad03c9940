import DomainModel
import Testing

@Suite struct ProrationTests {
    @Test(
        "the first month costs its days of the full month, and owes articles by the same fraction",
        arguments: [
            ("2026-09-17", 14, "186.20", 14), ("2026-09-01", 30, "399.00", 30), ("2026-09-30", 1, "13.30", 1),
            ("2026-10-31", 1, "12.87", 1), ("2026-02-15", 14, "199.50", 15),
        ]
    )
    func firstMonth(from: String, days: Int, price: String, quota: Int) throws {
        let served = Proration(startingOn: try #require(CalendarDay(from)))
        #expect(served.days == days)
        #expect(try served.price(Money(minor: 39_900, currency: .usd)).decimalString == price)
        #expect(served.quota(30) == quota)
    }

    @Test("days outside of the month are cut off, and a part never turns around")
    func cut() throws {
        let month = try #require(CalendarMonth(year: 2026, month: 9))
        let (early, late) = (month.firstDay.adding(days: -40), month.lastDay.adding(days: 40))
        #expect(Proration(of: month, from: early, to: late) == Proration(full: month))
        #expect(Proration(of: month, from: late, to: early).days == 0)
    }

    @Test("the parts of a month cut anywhere cost the month, to the cent after allocation: 5,000 random months")
    func partsOfAMonth() throws {
        for seed in 0..<5_000 {
            var dice = Dice(seed)
            let month = try #require(CalendarMonth(year: dice.roll(2024...2032), month: dice.roll(1...12)))
            let price = Money(minor: Int64(dice.roll(1...500_000)), currency: dice.pick([.usd, .jpy, .bhd]))
            let cut = month.firstDay.adding(days: dice.roll(0...month.numberOfDays))
            let parts = [
                Proration(of: month, from: month.firstDay, to: cut),
                Proration(of: month, from: cut, to: month.next.firstDay),
            ]
            #expect(parts.map(\.days).reduce(0, +) == month.numberOfDays, "seed \(seed)")
            let rounded = try parts.map { try $0.price(price) }.total(in: price.currency)
            #expect(abs(rounded.minor - price.minor) <= 1, "seed \(seed)")
            let exact = try price.allocated(by: parts.map { Int64($0.days) })
            #expect(try exact.total(in: price.currency) == price, "seed \(seed)")
            for (part, allocated) in zip(parts, exact) {
                #expect(try abs(part.price(price).minor - allocated.minor) <= 1, "seed \(seed)")
            }
            let quotas = parts.map { $0.quota(30) }
            #expect(abs(quotas.reduce(0, +) - 30) <= 1, "seed \(seed)")
        }
    }

    @Test("a full quota cannot be had for less than the full price: every day of every month length")
    func noCheapQuota() throws {
        for month in try (1...12).map({ try #require(CalendarMonth(year: 2026, month: $0)) }) {
            for offset in 0..<month.numberOfDays {
                let served = Proration(startingOn: month.firstDay.adding(days: offset))
                let price = try served.price(Money(minor: 39_900, currency: .usd))
                // Half an article and half a cent are what rounding may give away.
                let exact = Double(served.days) / Double(month.numberOfDays)
                #expect(abs(Double(served.quota(30)) - 30 * exact) <= 0.5)
                #expect(abs(Double(price.minor) - 39_900 * exact) <= 0.5)
            }
        }
    }
}
