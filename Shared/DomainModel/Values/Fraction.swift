/// An exact quotient of integers: what an amount is multiplied by before it is rounded, once.
///
/// Chain factors here (`price × niche × days/days`) and round at the end with ``Money/scaled(by:)``.
public struct Fraction: Hashable, Sendable {
    /// Above the line.
    public let numerator: Int64
    /// Below the line; always positive.
    public let denominator: Int64

    /// One: changes nothing.
    public static let one = Fraction(reduced: 1, 1)
    /// Nothing.
    public static let zero = Fraction(reduced: 0, 1)

    /// Reduces to lowest terms.
    /// - Returns: nil when the denominator is not positive.
    public init?(_ numerator: Int64, _ denominator: Int64) {
        guard denominator > 0, numerator != .min else { return nil }
        let divisor = Self.greatestCommonDivisor(Int128(numerator.magnitude), Int128(denominator))
        self.init(reduced: Int64(Int128(numerator) / divisor), Int64(Int128(denominator) / divisor))
    }

    private init(reduced numerator: Int64, _ denominator: Int64) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The exact product.
    /// - Throws: ``MoneyError/overflow`` when it no longer fits.
    public func multiplied(by other: Fraction) throws(MoneyError) -> Fraction {
        let above = Int128(numerator) * Int128(other.numerator)
        let below = Int128(denominator) * Int128(other.denominator)
        let divisor = Self.greatestCommonDivisor(above.magnitude > 0 ? (above < 0 ? -above : above) : 0, below)
        guard let numerator = Int64(exactly: above / divisor), let denominator = Int64(exactly: below / divisor) else {
            throw .overflow
        }
        return Fraction(reduced: numerator, denominator)
    }

    /// The count nearest to `count × fraction`, half-even: a prorated quota.
    public func of(_ count: Int) -> Int {
        Int(clamping: roundedHalfEven(Int128(count) * Int128(numerator), Int128(denominator)))
    }

    private static func greatestCommonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return max(left, 1)
    }
}

extension Fraction: CustomStringConvertible {
    /// `14/30` in lowest terms: `7/15`.
    public var description: String { "\(numerator)/\(denominator)" }
}
