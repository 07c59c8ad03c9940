/// Titles that say what the data show. Every number in them is in the data or computed from two that are.
public enum Finding {
    /// In what a change is told.
    public enum Change: Sendable {
        /// As a share of what it was: "grew 18 % to 12,400 visits".
        case relative
        /// In steps of the number itself: "rose by 3 to 42". Shares are always told in points.
        case absolute
        /// Of a rank, where less is better: "improved from 12.4 to 9.8".
        case rank
    }

    /// How a number moved from one period to the next.
    /// - Parameters:
    ///   - subject: what moved, as the first word of a sentence and in the singular: "Traffic".
    ///   - old: nil where nothing is known of the period before.
    ///   - new: nil where nothing is known of this period.
    public static func change(
        of subject: String,
        from old: Double?,
        to new: Double?,
        numbers: NumberStyle = .count,
        unit: ChartUnit = .none,
        told change: Change = .relative
    ) -> String {
        guard let new, new.isFinite else { return "\(subject): no data in this period" }
        let now = unit.text(new, numbers)
        guard let old, old.isFinite else { return "\(subject): \(now)" }
        let before = numbers.text(old)
        if before == numbers.text(new) { return "\(subject) held at \(now)" }
        let isUp = new > old
        if case .rank = change { return "\(subject) \(isUp ? "worsened" : "improved") from \(before) to \(now)" }
        if numbers == .percent {
            let points = NumberStyle.trimmed(abs(new - old) * 100, 1)
            return "\(subject) \(isUp ? "rose" : "fell") by \(points) point\(points == "1" ? "" : "s") to \(now)"
        }
        if case .absolute = change {
            return "\(subject) \(isUp ? "rose" : "fell") by \(numbers.text(abs(new - old))) to \(now)"
        }
        // A share of nothing, or of a debt, says nothing.
        guard old > 0, new > 0 else { return "\(subject) \(isUp ? "rose" : "fell") from \(before) to \(now)" }
        let share = abs(new - old) / old
        if share >= 10 { return "\(subject) grew \(NumberStyle.trimmed(new / old, 0))-fold to \(now)" }
        let percent = NumberStyle.trimmed(share * 100, share < 0.0995 ? 1 : 0)
        if percent == "0" { return "\(subject) held at \(now)" }
        return "\(subject) \(isUp ? "grew" : "fell") \(percent)\u{A0}% to \(now)"
    }

    /// Which part of a whole is the largest: "DR 30–39 leads with 21 of 48 links".
    public static func largest(
        _ parts: [(name: String, value: Double)],
        of subject: String,
        unit: ChartUnit = .none,
        numbers: NumberStyle = .count
    ) -> String {
        let total = parts.reduce(0) { $0 + max($1.value, 0) }
        guard let first = parts.max(by: { $0.value < $1.value }), total > 0 else {
            return parts.isEmpty ? "\(subject): no data in this period" : "\(subject): none in this period"
        }
        let all = unit.text(total, numbers)
        let leaders = parts.filter { $0.value == first.value }
        if parts.count == 1 || first.value == total { return "\(subject): all \(all) in \(first.name)" }
        if leaders.count > 1 {
            return
                "\(subject): \(leaders[0].name) and \(leaders.count - 1) more lead with \(numbers.text(first.value)) each"
        }
        return "\(subject): \(first.name) leads with \(numbers.text(first.value)) of \(all)"
    }

    /// How far the first got: "31 of 48 links (65 %) are indexed".
    public static func reached(
        _ count: Double,
        of total: Double,
        unit: ChartUnit,
        _ state: String,
        numbers: NumberStyle = .count
    ) -> String {
        guard total > 0 else { return "No \(unit.many) in this period" }
        let verb = total == 1 ? "is" : "are"
        if count >= total {
            return (total == 1 ? "The one \(unit.one)" : "All \(unit.text(total, numbers))") + " \(verb) \(state)"
        }
        if count <= 0 { return "None of \(unit.text(total, numbers)) \(verb) \(state)" }
        let share = NumberStyle.percent.text(count / total)
        return "\(numbers.text(count)) of \(unit.text(total, numbers)) (\(share)) \(count == 1 ? "is" : "are") \(state)"
    }
}
