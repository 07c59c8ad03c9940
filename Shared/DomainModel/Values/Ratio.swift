/// An exact decimal factor: a niche surcharge of `1.5`, a tax rate of `0.20` (spec 2: "ratios are decimal").
public struct Ratio: Hashable, Sendable {
    /// The digits without the point.
    public let unscaled: Int64
    /// How many digits stand behind the point, 0 to 9.
    public let scale: Int

    /// One: changes nothing.
    public static let one = Ratio(known: 1, scale: 0)
    /// Nothing: the default tax rate.
    public static let zero = Ratio(known: 0, scale: 0)

    /// Reads `"1.25"`.
    /// - Returns: nil for anything but a plain decimal number with at most nine decimals.
    public init?(_ text: some StringProtocol) {
        guard let decimal = DecimalText(text) else { return nil }
        self.init(unscaled: decimal.unscaled, scale: decimal.scale)
    }

    /// From a database `numeric`.
    /// - Returns: nil when the scale is outside 0…9.
    public init?(unscaled: Int64, scale: Int) {
        guard (0...9).contains(scale), unscaled != .min else { return nil }
        // Kept without trailing zeros, so that 1.50 equals 1.5.
        var (unscaled, scale) = (unscaled, scale)
        while scale > 0, unscaled.isMultiple(of: 10) { (unscaled, scale) = (unscaled / 10, scale - 1) }
        self.init(known: unscaled, scale: scale)
    }

    private init(known unscaled: Int64, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// The same value as an exact quotient.
    public var fraction: Fraction {
        Fraction(unscaled, Int64(powerOfTen(scale))) ?? .zero
    }

    /// Whether it is nothing.
    public var isZero: Bool { unscaled == 0 }
}

extension Ratio: CustomStringConvertible {
    /// `1.5`.
    public var description: String { DecimalText(unscaled: unscaled, scale: scale).text }
}

extension Ratio: Comparable {
    /// By value.
    public static func < (left: Ratio, right: Ratio) -> Bool {
        Int128(left.unscaled) * powerOfTen(right.scale) < Int128(right.unscaled) * powerOfTen(left.scale)
    }
}

extension Ratio: Codable {
    /// Reads the decimal string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let ratio = Ratio(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected a decimal string such as 1.5"
            )
        }
        self = ratio
    }

    /// Writes the decimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
