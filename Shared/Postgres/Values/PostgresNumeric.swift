/// A decimal number as the server's `numeric` holds it: `39900` with scale 2 is `399.00`.
///
/// Equality is that of the written form: `1.0` and `1.00` differ.
public struct PostgresNumeric: Hashable, Sendable {
    /// The number without its point.
    public var unscaled: Int64

    /// How many digits stand behind the point; not negative.
    public var scale: Int

    /// - Parameters:
    ///   - unscaled: the number without its point.
    ///   - scale: how many of its digits stand behind the point; not negative.
    public init(unscaled: Int64, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// The number as an integer, when nothing but zeros stands behind the point.
    public var wholeNumber: Int64? {
        var number = unscaled
        for _ in 0..<scale where number != 0 {
            let (quotient, remainder) = number.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { return nil }
            number = quotient
        }
        return number
    }
}

extension PostgresNumeric: LosslessStringConvertible {
    /// Reads `-12.30`; nil for anything else, and for more digits than 64 bits hold.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard parts.count == 1 || !fraction.isEmpty, let number = Int64(parts[0] + fraction) else { return nil }
        self.init(unscaled: number, scale: fraction.utf8.count)
    }

    /// Digits with a point: `399.00`.
    public var description: String {
        var digits = String(unscaled.magnitude)
        if scale > 0 {
            digits = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return unscaled < 0 ? "-" + digits : digits
    }
}

extension PostgresNumeric: PostgresCodable {
    /// `numeric`.
    public static var postgresType: PostgresType { .numeric }

    /// Digits with a point.
    public var postgresText: String { description }

    /// Appends the count of base-10,000 digits, the weight of the first, the sign, the scale, and the digits.
    public func encode(into bytes: inout [UInt8]) {
        let padding = (4 - scale % 4) % 4
        var rest = UInt128(unscaled.magnitude)
        for _ in 0..<padding { rest *= 10 }
        var digits: [UInt16] = []  // from the right
        while rest > 0 {
            digits.append(UInt16(rest % 10_000))
            rest /= 10_000
        }
        let weight = digits.count - (scale + padding) / 4 - 1
        let significant = digits.drop { $0 == 0 }
        bytes.append(bigEndian: UInt16(significant.count))
        bytes.append(bigEndian: Int16(clamping: significant.isEmpty ? 0 : weight))
        bytes.append(bigEndian: UInt16(unscaled < 0 ? 0x4000 : 0))
        bytes.append(bigEndian: UInt16(scale))
        for digit in significant.reversed() { bytes.append(bigEndian: digit) }
    }

    /// Reads `numeric` and the integers. `NaN`, the infinities and what 64 bits cannot hold are mismatches.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> PostgresNumeric {
        guard cell.type == .numeric else {
            return PostgresNumeric(unscaled: try Int64.decode(cell), scale: 0)
        }
        let bytes = cell.bytes
        guard bytes.count >= 8 else { throw .unexpected(cell.type, as: PostgresNumeric.self) }
        let count = Int(bytes.bigEndian(at: 0, as: UInt16.self))
        let weight = Int(bytes.bigEndian(at: 2, as: Int16.self))
        let sign = bytes.bigEndian(at: 4, as: UInt16.self)
        let scale = Int(bytes.bigEndian(at: 6, as: UInt16.self))
        guard sign == 0 || sign == 0x4000 else { throw PostgresMismatch("the numeric is not a finite number") }
        guard bytes.count == 8 + 2 * count else { throw .unexpected(cell.type, as: PostgresNumeric.self) }

        let tooLarge = PostgresMismatch("the numeric has more digits than 64 bits hold")
        var number: Int128 = 0
        for index in 0..<count {
            // Base-10,000 digits beyond these cannot end in 64 bits.
            guard number < 1 << 100 else { throw tooLarge }
            number = number * 10_000 + Int128(bytes.bigEndian(at: 8 + 2 * index, as: UInt16.self))
        }
        var exponent = (weight - count + 1) * 4 + scale
        while number != 0, exponent > 0 {
            guard number < 1 << 100 else { throw tooLarge }
            number *= 10
            exponent -= 1
        }
        while exponent < 0, number != 0 {
            number /= 10
            exponent += 1
        }
        guard let unscaled = Int64(exactly: sign == 0 ? number : -number) else { throw tooLarge }
        return PostgresNumeric(unscaled: unscaled, scale: scale)
    }
}
