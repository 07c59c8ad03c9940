/// A sum over the books, in ten-thousandths of the currency's unit: the ledger's own scale, so that nothing is rounded
/// that is only added (spec 9.1).
public struct BookAmount: Hashable, Sendable {
    /// Ten-thousandths of one unit: `3990000` is 399.00.
    public private(set) var tenThousandths: Int64
    /// What it is in.
    public let currency: Currency

    /// An amount from its ten-thousandths.
    public init(tenThousandths: Int64, currency: Currency) {
        self.tenThousandths = tenThousandths
        self.currency = currency
    }

    /// An amount of money, which has at most four decimals.
    public init(_ money: Money) {
        self.init(tenThousandths: money.minor * (10_000 / money.currency.minorPerMajor), currency: money.currency)
    }

    /// Nothing, in a currency.
    public static func zero(_ currency: Currency) -> BookAmount { BookAmount(tenThousandths: 0, currency: currency) }

    /// With the currency's decimals, and more where there are more: `"399.00"`, `"12.3450"`.
    public var decimalString: String {
        var text = DecimalText(unscaled: tenThousandths, scale: 4)
        while text.scale > currency.exponent, text.unscaled.isMultiple(of: 10) {
            text.unscaled /= 10
            text.scale -= 1
        }
        return text.text
    }

    /// Whether it is nothing.
    public var isZero: Bool { tenThousandths == 0 }

    /// The exact sum. Both must be of one currency: figures are made for one currency at a time.
    public static func + (left: BookAmount, right: BookAmount) -> BookAmount {
        precondition(left.currency == right.currency, "no sum across currencies")
        return BookAmount(tenThousandths: left.tenThousandths + right.tenThousandths, currency: left.currency)
    }

    /// The other sign.
    public static prefix func - (amount: BookAmount) -> BookAmount {
        BookAmount(tenThousandths: -amount.tenThousandths, currency: amount.currency)
    }

    /// The exact difference.
    public static func - (left: BookAmount, right: BookAmount) -> BookAmount { left + -right }

    /// What part of another amount it is, in percent with one decimal, half-even: `"62.5"`; nil of nothing.
    public func percent(of whole: BookAmount) -> String? {
        Percent.text(Int128(tenThousandths), of: Int128(whole.tenThousandths))
    }

    /// What comes to each of a number of parts of a unit, rounded once, half-even, to the currency's smallest unit.
    /// - Parameters:
    ///   - parts: into how many; nil comes of none.
    ///   - unit: how many parts make one: 60 for minutes, where the amount an hour is asked for.
    public func divided(by parts: Int64, unit: Int64 = 1) -> Money? {
        guard parts > 0 else { return nil }
        let exact = Int128(tenThousandths) * Int128(currency.minorPerMajor) * Int128(unit)
        return Int64(exactly: roundedHalfEven(exact, 10_000 * Int128(parts))).map {
            Money(minor: $0, currency: currency)
        }
    }
}

/// Parts of a whole.
public enum Percent {
    /// Percent with one decimal, half-even: `"97.5"`; nil of nothing.
    public static func text(_ part: Int128, of whole: Int128) -> String? {
        guard whole != 0 else { return nil }
        let tenths = roundedHalfEven(part * (whole < 0 ? -1_000 : 1_000), whole < 0 ? -whole : whole)
        return Int64(exactly: tenths).map { DecimalText(unscaled: $0, scale: 1).text }
    }
}
