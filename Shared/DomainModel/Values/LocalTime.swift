public import Foundation

extension CalendarDay {
    /// The first moment of the day in a zone. When midnight is skipped by a change of the clocks it is the moment after
    /// the gap; when it comes twice, the first of the two.
    public func start(in zone: TimeZone) -> Date {
        moment(atSecond: 0, in: zone)
    }

    /// The moment at a wall-clock time of the day, such as 06:00 for reports; gaps and folds as in ``start(in:)``.
    public func moment(hour: Int, minute: Int = 0, in zone: TimeZone) -> Date {
        moment(atSecond: hour * 3_600 + minute * 60, in: zone)
    }

    private func moment(atSecond second: Int, in zone: TimeZone) -> Date {
        let wall = daysSinceEpoch * 86_400 + second
        func offset(_ moment: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))) }
        // Offsets lie between -12 h and +14 h, so these two days hold every moment whose wall clock can read `wall`.
        let candidates = [wall - offset(wall - 86_400), wall - offset(wall + 86_400)]
        let exact = candidates.filter { $0 + offset($0) == wall }.min()
        return Date(timeIntervalSince1970: Double(exact ?? endOfGap(over: wall, offset)))
    }

    /// The moment at which the clocks jumped over `wall`: the first whose wall clock reads `wall` or later.
    private func endOfGap(over wall: Int, _ offset: (Int) -> Int) -> Int {
        var (before, after) = (wall - 86_400, wall + 86_400)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if middle + offset(middle) >= wall { after = middle } else { before = middle }
        }
        return after
    }
}
