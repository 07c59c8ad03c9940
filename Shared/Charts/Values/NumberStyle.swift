/// How the numbers of a chart are written. English, the same on every machine.
public enum NumberStyle: Hashable, Sendable {
    /// Whole things: `9`, `12,400`, `1.24M`.
    case count
    /// With this many places: `12.3`.
    case decimal(Int)
    /// A share, of which 1 is the whole: `3.4 %`.
    case percent
    /// Minor units of money with its sign before it: `$1,240`. The places are those of the currency.
    case money(sign: String, places: Int)

    /// The number as a label has it. A minus is U+2212, spaces are no-break.
    public func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        let body: String
        switch self {
        case .count: body = size < 99_999.5 ? Self.fixed(size, 0) : Self.short(size)
        case .decimal(let places): body = size < 99_999.5 ? Self.fixed(size, places) : Self.short(size)
        case .percent:
            let percent = size * 100
            let places = percent < 0.095 ? 3 : percent < 9.95 ? 1 : 0
            body = (percent > 0 && percent < 0.000_5 ? "<0.001" : Self.trimmed(percent, places)) + "\u{A0}%"
        case .money(let sign, let places):
            let major = size / Self.power(places)
            let isWhole = (major - major.rounded()).magnitude < 1e-9
            body =
                sign
                + (major < 99_999.5 ? Self.fixed(major, isWhole || major >= 1_000 ? 0 : places) : Self.short(major))
        }
        let isZero = !body.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
        return value < 0 && !isZero ? "−" + body : body
    }

    /// The labels of an axis: one scale for all, no more places than tell them apart.
    func axis(_ ticks: [Double]) -> [String] {
        let divisor: Double
        var (before, after) = ("", "")
        switch self {
        case .count, .decimal: divisor = 1
        case .percent: (divisor, after) = (0.01, "\u{A0}%")
        case .money(let sign, let places): (divisor, before) = (Self.power(places), sign)
        }
        let values = ticks.map { $0 / divisor }
        let largest = values.reduce(0) { max($0, abs($1)) }
        if largest >= 1e15 {
            return values.map { value in
                (value < 0 ? "−" : "") + before + (value == 0 ? "0" : Self.short(abs(value))) + after
            }
        }
        let (scale, suffix) = Self.scales.last { largest >= max($0.0, 10_000) } ?? (1, "")
        let scaled = values.map { $0 / scale }
        let places = (0...4).first { places in
            scaled.allSatisfy {
                let shifted = $0 * Self.power(places)
                return (shifted - shifted.rounded()).magnitude < 1e-6
            }
        }
        return scaled.map { value in
            let number = suffix.isEmpty ? Self.fixed(abs(value), places ?? 4) : Self.trimmed(abs(value), places ?? 4)
            return value == 0 ? before + "0" + after : (value < 0 ? "−" : "") + before + number + suffix + after
        }
    }

    /// Whether only whole numbers make sense on its axis.
    var isWhole: Bool { self == .count }

    private static let scales: [(Double, String)] = [(1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T")]

    static func power(_ places: Int) -> Double { (0..<max(places, 0)).reduce(1) { power, _ in power * 10 } }

    /// `12,400.50`, of a number that is not negative.
    static func fixed(_ value: Double, _ places: Int) -> String {
        let shifted = (value * power(places)).rounded()
        guard shifted < 9e18 else { return short(value) }
        let (whole, part) = Int64(shifted).quotientAndRemainder(dividingBy: Int64(power(places)))
        var text = ""
        let digits = String(whole)
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        guard places > 0 else { return text }
        let decimals = String(part)
        return text + "." + String(repeating: "0", count: places - decimals.count) + decimals
    }

    /// As `fixed`, without zeros at the end.
    static func trimmed(_ value: Double, _ places: Int) -> String {
        var text = fixed(value, places)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// Three digits that count and a letter: `12.4k`, `1.24M`; beyond a thousand trillions `1.24e18`.
    private static func short(_ value: Double) -> String {
        if value >= 999.5e12 {
            var (mantissa, exponent) = (value, 0)
            while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
            return trimmed(mantissa, 2) + "e" + String(exponent)
        }
        for (scale, suffix) in scales where value < scale * 999.5 {
            let scaled = value / scale
            return trimmed(scaled, scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0) + suffix
        }
        return trimmed(value / 1e12, 0) + "T"
    }
}
