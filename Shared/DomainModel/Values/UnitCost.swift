/// The cost of one unit, finer than a cent: ten-thousandths of the currency's unit (spec 9.1), such as $0.0075 a URL.
public struct UnitCost: Hashable, Sendable {
    /// Ten-thousandths: `1500` is 0.15.
    public let tenThousandths: Int64
    /// What the cost is in.
    public let currency: Currency

    /// From ten-thousandths of one unit of the currency.
    public init(tenThousandths: Int64, currency: Currency) {
        self.tenThousandths = max(tenThousandths, -Int64.max)
        self.currency = currency
    }

    /// Reads `"0.15"`; at most four decimals.
    /// - Throws: ``MoneyError/notAnAmount(_:)``.
    public init(decimal text: some StringProtocol, currency: Currency) throws(MoneyError) {
        guard let value = DecimalText(text)?.rescaled(to: 4) else { throw .notAnAmount(String(text)) }
        self.init(tenThousandths: value, currency: currency)
    }

    /// What a number of units costs of which a thousand have this price, rounded once, half-even, to the ten-thousandth.
    /// - Throws: ``MoneyError/overflow``.
    public init(thousand price: Money, times quantity: Int) throws(MoneyError) {
        let exact = Int128(price.minor) * Int128(quantity) * 10_000
        guard
            let value = Int64(exactly: roundedHalfEven(exact, 1_000 * Int128(price.currency.minorPerMajor))),
            value != .min
        else { throw .overflow }
        self.init(tenThousandths: value, currency: price.currency)
    }

    /// Always four decimals: `"0.1500"`.
    public var decimalString: String { DecimalText(unscaled: tenThousandths, scale: 4).text }

    /// What a number of units costs, to the ten-thousandth.
    /// - Throws: ``MoneyError/overflow``.
    public func multiplied(by quantity: Int) throws(MoneyError) -> UnitCost {
        let (value, overflow) = tenThousandths.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow, value != .min else { throw .overflow }
        return UnitCost(tenThousandths: value, currency: currency)
    }

    /// What a number of units costs, rounded once, half-even, to the currency's smallest unit.
    public func times(_ quantity: Int) throws(MoneyError) -> Money {
        let exact = Int128(tenThousandths) * Int128(quantity) * Int128(currency.minorPerMajor)
        guard let minor = Int64(exactly: roundedHalfEven(exact, 10_000)), minor != .min else { throw .overflow }
        return Money(minor: minor, currency: currency)
    }
}

extension UnitCost: CustomStringConvertible {
    /// `0.1500 USD`.
    public var description: String { "\(decimalString) \(currency.code)" }
}
