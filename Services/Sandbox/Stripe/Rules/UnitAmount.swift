/// A decimal count of minor units such as `15.0025`, exact to twelve places as the API takes it.
struct UnitAmount: Hashable, Sendable {
    private static let scale: Int128 = 1_000_000_000_000
    private var scaled: Int128

    init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let halves = text.dropFirst(isNegative ? 1 : 0).split(
            separator: ".",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let fraction = halves.count == 2 ? halves[1] : ""
        let digits = halves[0] + fraction
        guard !halves[0].isEmpty, halves[0].count <= 15, fraction.count <= 12, digits.utf8.allSatisfy(isDigit),
            halves.count == 1 || !fraction.isEmpty, let number = Int128(digits)
        else { return nil }
        let power = (0..<(12 - fraction.count)).reduce(Int128(1)) { power, _ in power * 10 }
        scaled = (isNegative ? -number : number) * power
    }

    /// Times a quantity, rounded half away from zero to the minor unit.
    func total(quantity: Int64) -> Int64? {
        let (product, overflow) = scaled.multipliedReportingOverflow(by: Int128(quantity))
        guard !overflow else { return nil }
        let half = product >= 0 ? Self.scale / 2 : -Self.scale / 2
        return Int64(exactly: (product + half) / Self.scale)
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
