import DomainModel
import Testing

@Suite("Sums over the books") struct BookAmountTests {
    @Test(
        "an amount shows its currency's decimals, and more only where there are more",
        arguments: [
            (Int64(3_990_000), Currency.usd, "399.00"), (75, .usd, "0.0075"), (-123_450, .usd, "-12.345"),
            (120_000_000, .jpy, "12000"), (5_000, .jpy, "0.5"), (15_000, .bhd, "1.500"), (0, .eur, "0.00"),
        ]
    )
    func text(amount: Int64, currency: Currency, text: String) {
        #expect(BookAmount(tenThousandths: amount, currency: currency).decimalString == text)
    }

    @Test("money goes over exactly, whatever its decimals")
    func money() {
        for currency in [Currency.usd, .jpy, .bhd] {
            let money = Money(minor: -1_234, currency: currency)
            #expect(BookAmount(money).decimalString == money.decimalString)
        }
    }

    @Test("what is divided is rounded once, half-even, to the smallest unit; nothing is divided by nothing")
    func division() {
        let amount = BookAmount(tenThousandths: 10_100, currency: .usd)
        #expect(amount.divided(by: 2)?.decimalString == "0.50")
        #expect(BookAmount(tenThousandths: 10_300, currency: .usd).divided(by: 2)?.decimalString == "0.52")
        #expect(
            BookAmount(tenThousandths: 7_580_000, currency: .usd).divided(by: 150, unit: 60)?.decimalString == "303.20"
        )
        #expect(BookAmount(tenThousandths: 100_000, currency: .jpy).divided(by: 4)?.decimalString == "2")
        #expect(amount.divided(by: 0) == nil)
    }

    @Test("a percentage has one decimal, half-even, on either side of nothing, and there is none of nothing")
    func percentages() {
        let whole = BookAmount(tenThousandths: 4_000_000, currency: .usd)
        #expect(BookAmount(tenThousandths: 1_002_000, currency: .usd).percent(of: whole) == "25.0")
        #expect(BookAmount(tenThousandths: 1_003_000, currency: .usd).percent(of: whole) == "25.1")
        #expect(BookAmount(tenThousandths: -1_000_000, currency: .usd).percent(of: whole) == "-25.0")
        #expect(BookAmount(tenThousandths: 1_000_000, currency: .usd).percent(of: -whole) == "-25.0")
        #expect(whole.percent(of: .zero(.usd)) == nil)
    }

    @Test("the parts of a margin are its accounts, each once, and every account that earns or costs is in it")
    func margin() {
        let parts = [LedgerFigure.earned, .refunds, .cost, .fees, .losses].flatMap(\.accounts)
        #expect(Set(parts).count == parts.count)
        #expect(Set(parts) == Set(LedgerFigure.margin.accounts))
        #expect(Set(parts) == Set(LedgerAccount.allCases.filter { $0.kind == .revenue || $0.kind == .expense }))
    }

    @Test("MRR that does not lead from its start to its end is refused, however it was added up")
    func leads() throws {
        func mrr(churn: Int64) throws -> MRR {
            func dollars(_ amount: Int64) -> Money { Money(minor: 100 * amount, currency: .usd) }
            return try MRR(
                start: dollars(399),
                new: dollars(100),
                expansion: dollars(20),
                reactivation: dollars(0),
                contraction: dollars(30),
                churn: dollars(churn),
                end: dollars(390)
            )
        }
        #expect(try mrr(churn: 99).end.decimalString == "390.00")
        #expect(throws: MRRError.self) { try mrr(churn: 98) }
    }
}
