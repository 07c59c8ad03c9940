import DomainModel
import Testing

@Suite struct MoneyTests {
    @Test(
        "an amount reads and prints with its currency's decimals",
        arguments: [
            ("399.00", Currency.usd, 39_900, "399.00"), ("-0.05", .usd, -5, "-0.05"), ("7", .usd, 700, "7.00"),
            ("0.5", .usd, 50, "0.50"), ("1200", .jpy, 1_200, "1200"), ("1.234", .bhd, 1_234, "1.234"),
            ("12.00000", .usd, 1_200, "12.00"), ("0", .usd, 0, "0.00"),
        ]
    )
    func reads(text: String, currency: Currency, minor: Int64, printed: String) throws {
        let money = try Money(decimal: text, currency: currency)
        #expect(money.minor == minor)
        #expect(money.decimalString == printed)
    }

    @Test(
        "what is no plain amount is refused",
        arguments: [
            "", "-", ".5", "5.", "1e3", "1,000", " 1", "1 ", "+1", "0x10", "1.2.3", "٣", "99999999999999999999", "NaN",
            "1.005",
        ]
    )
    func refuses(text: String) {
        #expect(throws: MoneyError.notAnAmount(text)) { try Money(decimal: text, currency: .usd) }
    }

    @Test("currencies never meet in a sum")
    func mixing() throws {
        let mismatch = MoneyError.currencyMismatch(.usd, .eur)
        let (dollar, euro) = (Money(minor: 1, currency: .usd), Money(minor: 1, currency: .eur))
        #expect(throws: mismatch) { try dollar + euro }
        #expect(throws: mismatch) { try dollar - euro }
        #expect(throws: mismatch) { try dollar.isLess(than: euro) }
        #expect(throws: mismatch) { try [dollar, euro].total(in: .usd) }
    }

    @Test("an overflow is an error, never a wrapped amount")
    func overflow() {
        let most = Money(minor: .max, currency: .usd)
        #expect(throws: MoneyError.overflow) { try most + Money(minor: 1, currency: .usd) }
        #expect(throws: MoneyError.overflow) { try -most - Money(minor: 1, currency: .usd) }
        #expect(throws: MoneyError.overflow) { try most.multiplied(by: 2) }
        #expect(throws: MoneyError.overflow) {
            try UnitCost(tenThousandths: .max, currency: .usd).multiplied(by: 2)
        }
        #expect(throws: MoneyError.overflow) { try most.scaled(by: Ratio("1.5") ?? .one) }
        #expect((-Money(minor: .min, currency: .usd)).minor == .max)
    }

    @Test(
        "ties go to the even cent, everything else to the nearest",
        arguments: [
            (5, 2), (15, 8), (25, 12), (35, 18), (-5, -2), (-15, -8), (-25, -12), (1, 0), (3, 2), (-1, 0), (-3, -2),
        ]
    )
    func halfEven(cents: Int64, half: Int64) throws {
        let rounded = try Money(minor: cents, currency: .usd).scaled(by: Ratio("0.5") ?? .one)
        #expect(rounded.minor == half)
    }

    @Test("rounding is never off by more than half a unit, and a tie is even: 20,000 random quotients")
    func halfEvenProperty() throws {
        for seed in 0..<20_000 {
            var dice = Dice(seed)
            let minor = Int64(dice.roll(-1_000_000...1_000_000))
            let (above, below) = (Int64(dice.roll(0...500)), Int64(dice.roll(1...500)))
            let fraction = try #require(Fraction(above, below))
            let rounded = try Money(minor: minor, currency: .usd).scaled(by: fraction).minor
            let twiceOff = 2 * (minor * above - rounded * below)
            #expect(abs(twiceOff) <= below, "seed \(seed)")
            if abs(twiceOff) == below { #expect(rounded.isMultiple(of: 2), "seed \(seed)") }
        }
    }

    @Test("parts add up to the whole and none is a unit away from its share: 20,000 random allocations")
    func allocationProperty() throws {
        for seed in 0..<20_000 {
            var dice = Dice(seed)
            let amount = Money(
                minor: Int64(dice.roll(-5_000_000...5_000_000)),
                currency: dice.pick([.usd, .jpy, .bhd])
            )
            var weights = (0..<dice.roll(1...12)).map { _ in Int64(dice.roll(0...1_000)) }
            weights[dice.roll(0...weights.count - 1)] += 1
            let parts = try amount.allocated(by: weights)
            #expect(try parts.total(in: amount.currency) == amount, "seed \(seed)")
            let total = weights.reduce(0, +)
            for (part, weight) in zip(parts, weights) {
                #expect(abs(part.minor * total - amount.minor * weight) < total, "seed \(seed)")
            }
        }
    }

    @Test("left-over units go to the largest remainders, earlier parts first among equals")
    func allocationOrder() throws {
        let cent = Money(minor: 100, currency: .usd)
        #expect(try cent.allocated(by: [1, 1, 1]).map(\.minor) == [34, 33, 33])
        #expect(try cent.allocated(by: [1, 2, 4]).map(\.minor) == [14, 29, 57])
        #expect(try cent.allocated(by: [0, 1]).map(\.minor) == [0, 100])
        #expect(throws: MoneyError.noWeights) { try cent.allocated(by: []) }
        #expect(throws: MoneyError.noWeights) { try cent.allocated(by: [0, 0]) }
        #expect(throws: MoneyError.noWeights) { try cent.allocated(by: [2, -1]) }
    }

    @Test("a unit cost is finer than a cent and rounds once, over the whole quantity")
    func unitCosts() throws {
        let cost = try UnitCost(decimal: "0.0075", currency: .usd)
        #expect(try cost.times(1).minor == 1)
        #expect(try cost.times(1_000).minor == 750)
        #expect(try UnitCost(decimal: "0.15", currency: .usd).times(10_000).decimalString == "1500.00")
        #expect(try UnitCost(decimal: "0.5", currency: .jpy).times(3).minor == 2)
        #expect(cost.decimalString == "0.0075")
    }

    @Test("factors are chained exactly and rounded once")
    func chain() throws {
        let price = Money(minor: 1_000_01, currency: .usd)
        let once = try #require(Ratio("1.5")).fraction.multiplied(by: #require(Fraction(1, 3)))
        #expect(once == Fraction(1, 2))
        #expect(try price.scaled(by: once).minor == 50_000)
        #expect(Ratio("1.50") == Ratio("1.5"))
        #expect(Ratio("1.0000000001") == nil)
    }

    @Test("a currency knows its own decimals")
    func exponents() {
        #expect(Currency(code: "jpy")?.exponent == 0)
        #expect(Currency(code: "KWD")?.exponent == 3)
        #expect(Currency(code: "GBP")?.minorPerMajor == 100)
        #expect(Currency(code: "XXX") == nil)
    }
}
