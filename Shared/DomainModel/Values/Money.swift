/// What can go wrong with an exact amount.
public enum MoneyError: Error, Hashable, Sendable {
    /// Two currencies met in one sum (spec 9.1: "no sum across currencies").
    case currencyMismatch(Currency, Currency)
    /// The result does not fit 64 bits of the smallest unit.
    case overflow
    /// Not a plain decimal number with at most the currency's decimals.
    case notAnAmount(String)
    /// There is nothing to divide by: no weights, or all of them zero, or one negative.
    case noWeights
}

/// An exact amount in the smallest unit of its currency (spec 9.1). There is no float in it, and no amount without a currency.
///
/// Sums across currencies are typed errors, hence `try a + b`. A rounding happens once, half-even, in ``scaled(by:)``.
public struct Money: Hashable, Sendable {
    /// Smallest units: cents for USD, yen for JPY. Never `Int64.min`, so that every amount can be negated.
    public let minor: Int64
    /// What the amount is in.
    public let currency: Currency

    /// An amount from its smallest units: `Money(minor: 39900, currency: .usd)` is $399.00.
    public init(minor: Int64, currency: Currency) {
        self.minor = max(minor, -Int64.max)
        self.currency = currency
    }

    /// Reads the API's and the database's form, `"399.00"`; fewer decimals than the currency has are fine, more are not.
    /// - Throws: ``MoneyError/notAnAmount(_:)``.
    public init(decimal text: some StringProtocol, currency: Currency) throws(MoneyError) {
        guard let minor = DecimalText(text)?.rescaled(to: currency.exponent) else {
            throw .notAnAmount(String(text))
        }
        self.init(minor: minor, currency: currency)
    }

    /// Nothing, in a currency.
    public static func zero(_ currency: Currency) -> Money { Money(minor: 0, currency: currency) }

    /// With exactly the currency's decimals: `"399.00"`, `"-0.05"`, `"1200"` for JPY.
    public var decimalString: String { DecimalText(unscaled: minor, scale: currency.exponent).text }

    /// Whether it is nothing.
    public var isZero: Bool { minor == 0 }
    /// Whether it is more than nothing.
    public var isPositive: Bool { minor > 0 }
    /// Whether it is less than nothing.
    public var isNegative: Bool { minor < 0 }
    /// Without its sign.
    public var magnitude: Money { Money(minor: abs(minor), currency: currency) }

    /// The exact sum.
    public static func + (left: Money, right: Money) throws(MoneyError) -> Money {
        try left.combined(with: right) { $0.addingReportingOverflow($1) }
    }

    /// The exact difference.
    public static func - (left: Money, right: Money) throws(MoneyError) -> Money {
        try left.combined(with: right) { $0.subtractingReportingOverflow($1) }
    }

    /// The other sign.
    public static prefix func - (money: Money) -> Money {
        Money(minor: -money.minor, currency: money.currency)
    }

    /// Whether this is less than another amount of the same currency.
    public func isLess(than other: Money) throws(MoneyError) -> Bool {
        try checkCurrency(other)
        return minor < other.minor
    }

    /// The smaller of two amounts of one currency.
    public func capped(at other: Money) throws(MoneyError) -> Money {
        try isLess(than: other) ? self : other
    }

    /// A whole number of times.
    public func multiplied(by count: Int) throws(MoneyError) -> Money {
        let (product, overflow) = minor.multipliedReportingOverflow(by: Int64(count))
        guard !overflow, product != .min else { throw .overflow }
        return Money(minor: product, currency: currency)
    }

    /// A part or multiple, rounded half-even to the smallest unit: the one place where an amount is rounded.
    public func scaled(by fraction: Fraction) throws(MoneyError) -> Money {
        let exact = Int128(minor) * Int128(fraction.numerator)
        let rounded = roundedHalfEven(exact, Int128(fraction.denominator))
        guard let minor = Int64(exactly: rounded), minor != .min else { throw .overflow }
        return Money(minor: minor, currency: currency)
    }

    /// A decimal multiple such as a niche surcharge, rounded half-even.
    public func scaled(by ratio: Ratio) throws(MoneyError) -> Money {
        try scaled(by: ratio.fraction)
    }

    private func checkCurrency(_ other: Money) throws(MoneyError) {
        guard currency == other.currency else { throw .currencyMismatch(currency, other.currency) }
    }

    private func combined(
        with other: Money,
        _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) throws(MoneyError) -> Money {
        try checkCurrency(other)
        let (result, overflow) = operation(minor, other.minor)
        guard !overflow, result != .min else { throw .overflow }
        return Money(minor: result, currency: currency)
    }
}

extension Sequence where Element == Money {
    /// The exact sum; zero of the currency when empty.
    public func total(in currency: Currency) throws(MoneyError) -> Money {
        var sum = Money.zero(currency)
        for amount in self { sum = try sum + amount }
        return sum
    }
}

extension Money: CustomStringConvertible {
    /// `399.00 USD`.
    public var description: String { "\(decimalString) \(currency.code)" }
}

extension Money: Codable {
    private enum CodingKeys: String, CodingKey { case amount, currency }

    /// Reads `{"amount": "399.00", "currency": "USD"}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let currency = try container.decode(Currency.self, forKey: .currency)
        let text = try container.decode(String.self, forKey: .amount)
        do {
            self = try Money(decimal: text, currency: currency)
        } catch {
            throw DecodingError.dataCorruptedError(
                forKey: .amount,
                in: container,
                debugDescription: "expected a decimal string with at most \(currency.exponent) decimals"
            )
        }
    }

    /// Writes `{"amount": "399.00", "currency": "USD"}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(decimalString, forKey: .amount)
        try container.encode(currency, forKey: .currency)
    }
}
