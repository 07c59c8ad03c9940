/// A decimal number as written: its digits without the point, and how many of them stand behind it.
///
/// The one reader and printer for every exact number in the house; no binary float is ever in between.
struct DecimalText: Hashable {
    var unscaled: Int64
    var scale: Int

    /// Reads `-12.50`; refuses exponents, spaces, a missing digit on either side of the point, and what overflows.
    init?(_ text: some StringProtocol) {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !decimals.isEmpty else { return nil }
        guard (whole + decimals).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        guard let value = Int64((isNegative ? "-" : "") + whole + decimals), value != .min else { return nil }
        unscaled = value
        scale = decimals.utf8.count
    }

    init(unscaled: Int64, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// The same value with another number of decimals; nil when digits other than zero would be lost, or it overflows.
    func rescaled(to target: Int) -> Int64? {
        guard scale <= 36, target <= 36 else { return nil }
        var wide = Int128(unscaled)
        if scale > target {
            let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: powerOfTen(scale - target))
            guard remainder == 0 else { return nil }
            wide = quotient
        } else {
            let (product, overflow) = wide.multipliedReportingOverflow(by: powerOfTen(target - scale))
            guard !overflow else { return nil }
            wide = product
        }
        return Int64(exactly: wide)
    }

    /// `-12.50`, with exactly `scale` decimals.
    var text: String {
        var digits = String(unscaled.magnitude)
        if scale > 0 {
            digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return unscaled < 0 ? "-" + digits : digits
    }
}
