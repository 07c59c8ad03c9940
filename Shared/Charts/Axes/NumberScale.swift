/// An axis of numbers with the ticks a person would choose: steps of 1, 2, 2.5 or 5 times a power of ten.
struct NumberScale: Hashable {
    /// Ascending; the first and the last are the ends of the axis.
    let ticks: [Double]

    var low: Double { ticks[0] }
    var high: Double { ticks[ticks.count - 1] }

    /// Where an axis begins.
    enum Origin {
        /// At zero: whatever has an area must.
        case zero
        /// At zero, unless all values are so near one another that their movement could not be seen.
        case free
        /// As near to the values as reads well: ranks, for which zero does not exist.
        case tight
    }

    /// - Parameters:
    ///   - low: the least value.
    ///   - high: the greatest value.
    ///   - steps: about how many steps there is room for.
    ///   - whole: whether a step below 1 would be nonsense.
    init(from low: Double, to high: Double, origin: Origin, steps: Int, whole: Bool) {
        var (low, high) = (low, high)
        let isNarrow = low > 0 && high > low && high - low < high * 0.3
        switch origin {
        case .free where isNarrow:
            // At least a sixth of the value is shown, lest a small movement look like a large one.
            let (span, middle) = (max(high - low, high * 0.16), (low + high) / 2)
            (low, high) = (min(low, max(0, middle - span * 0.6)), max(high, middle + span * 0.6))
        case .tight:
            if low == high { (low, high) = (low - Self.room(at: low), high + Self.room(at: high)) }
        case .zero, .free: (low, high) = (min(low, 0), max(high, 0))
        }
        if low == high { high = low + Self.room(at: low) }
        let step = Step(atLeast: (high - low) / Double(max(steps, 1)), whole: whole)
        let first = Int((low / step.value + 1e-9).rounded(.down))
        let last = max(Int((high / step.value - 1e-9).rounded(.up)), first + 1)
        ticks = (first...last).map(step.multiple)
    }

    /// An axis that is not shown, because the numbers stand beside their bars: it ends where they do.
    init(exactlyFrom low: Double, to high: Double) { ticks = [low, high > low ? high : low + 1] }

    /// What stands out beside a value: beside a huge one, 1 is nothing, and a step of nothing never ends.
    private static func room(at value: Double) -> Double { max(1, abs(value) * 1e-9) }

    /// A place along the axis, 0 at its beginning to 1 at its end.
    func place(_ value: Double) -> Double { (value - low) / (high - low) }

    /// A step and its multiples, computed so that 3 × 0.1 is 0.3.
    private struct Step {
        let mantissa: Double
        let exponent: Int

        init(atLeast least: Double, whole: Bool) {
            var exponent = 0
            var scaled = least
            while scaled > 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
            while scaled <= 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
            var mantissa = [2, 2.5, 5, 10].first { scaled <= $0 + 1e-9 } ?? 10
            if whole && exponent < 0 { (mantissa, exponent) = (1, 0) }
            if whole && exponent == 0 && mantissa == 2.5 { mantissa = 5 }
            self.mantissa = mantissa
            self.exponent = exponent
        }

        var value: Double { multiple(1) }

        func multiple(_ count: Int) -> Double {
            let count = Double(count) * mantissa
            return exponent >= 0 ? count * NumberStyle.power(exponent) : count / NumberStyle.power(-exponent)
        }
    }
}
