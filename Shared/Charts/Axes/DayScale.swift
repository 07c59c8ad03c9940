/// An axis of days with ticks at the days, weeks, months or years that a person would mark.
struct DayScale {
    struct Tick {
        let day: ChartDay
        let label: Label
    }

    let first: ChartDay
    let last: ChartDay
    let ticks: [Tick]

    /// - Parameters:
    ///   - days: ascending, without doubles, at least one.
    ///   - room: pixels from the first day to the last.
    ///   - margin: pixels that labels may reach beyond both ends.
    init(_ days: [ChartDay], room: Double, margin: ClosedRange<Double>) {
        let (first, last) = (days[0], days[days.count - 1])
        (self.first, self.last) = (first, last)
        let span = Double(max(last.daysSinceEpoch - first.daysSinceEpoch, 1))
        let isWeekly =
            days.count > 1
            && days.allSatisfy { ($0.daysSinceEpoch - first.daysSinceEpoch).isMultiple(of: 7) }
        let isMonthly = days.count > 1 && days.allSatisfy { $0.civil.day == 1 }
        var chosen: [Tick] = []
        for step in Step.all {
            switch step {
            case .days where isWeekly || isMonthly: continue
            case .weeks where isMonthly: continue
            // Every fourth Monday means nothing; every fourth point of weekly data does.
            case .weeks(4) where !isWeekly: continue
            default: break
            }
            let marked = step.days(from: first, to: last, anchor: isWeekly || span < 14 ? first : nil)
            let ticks = Self.labelled(marked, step)
            guard (2...9).contains(ticks.count) else { continue }
            var reach = -Double.infinity
            let fits = ticks.allSatisfy { tick in
                let center =
                    first == last
                    ? room : Double(tick.day.daysSinceEpoch - first.daysSinceEpoch) / span * room
                let start = LabelPlace(tick.label, center: center, within: margin).start
                defer { reach = start + tick.label.width }
                return start >= reach + 12
            }
            if fits {
                chosen = ticks
                break
            }
        }
        ticks = chosen.isEmpty ? [Tick(day: first, label: Label(first.text(withYear: true)))] : chosen
    }

    /// A place along the axis, 0 at its beginning to 1 at its end; a single day stands at its end.
    func place(_ day: ChartDay) -> Double {
        let span = last.daysSinceEpoch - first.daysSinceEpoch
        return span == 0 ? 1 : Double(day.daysSinceEpoch - first.daysSinceEpoch) / Double(span)
    }

    private enum Step {
        case days(Int)
        case weeks(Int)
        case months(Int)
        case years(Int)

        static let all: [Step] =
            [
                .days(1), .days(2), .days(3), .weeks(1), .weeks(2), .weeks(4), .months(1), .months(2), .months(3),
                .months(6),
            ]
            + [1, 2, 5, 10, 20, 50, 100].map { .years($0) }

        /// - Parameter anchor: a day that weeks are counted from, where it is not Monday.
        func days(from first: ChartDay, to last: ChartDay, anchor: ChartDay?) -> [ChartDay] {
            switch self {
            case .days(let step), .weeks(let step):
                var width = step
                var start = first.daysSinceEpoch
                if case .weeks = self {
                    width = step * 7
                    if anchor == nil { start += (7 - first.weekday) % 7 }
                }
                guard (last.daysSinceEpoch - start) / width < 12 else { return [] }
                return stride(from: start, through: last.daysSinceEpoch, by: width)
                    .map(ChartDay.init(daysSinceEpoch:))
            case .months(let step):
                let (year, month, day) = first.civil
                var count = year * 12 + month - 1 + (day > 1 ? 1 : 0)
                count += (step - count % step) % step
                return starts(count, step, last)
            case .years(let step):
                let (year, month, day) = first.civil
                var count = year + (month > 1 || day > 1 ? 1 : 0)
                count += (step - count % step) % step
                return starts(count * 12, step * 12, last)
            }
        }

        /// First days of months, at most a dozen: more would not be used.
        private func starts(_ first: Int, _ step: Int, _ last: ChartDay) -> [ChartDay] {
            var days: [ChartDay] = []
            var count = first
            while days.count < 12 {
                let day = ChartDay(count / 12, count % 12 + 1, 1)
                if day > last { break }
                days.append(day)
                count += step
            }
            return days
        }
    }

    /// The year stands at the first mark where there is more than one, and where a new one begins.
    private static func labelled(_ days: [ChartDay], _ step: Step) -> [Tick] {
        let years = Set(days.map(\.civil.year))
        var year = years.count > 1 ? nil : days.first?.civil.year
        return days.map { day in
            let isNew = day.civil.year != year
            year = day.civil.year
            switch step {
            case .days, .weeks: return Tick(day: day, label: Label(day.text(withYear: isNew)))
            case .months: return Tick(day: day, label: Label(day.monthText(withYear: isNew)))
            case .years: return Tick(day: day, label: Label(String(day.civil.year)))
            }
        }
    }
}

/// Where a label stands that is centred on a point, unless an edge is in its way.
struct LabelPlace {
    let start: Double
    let x: Double
    let anchor: TextAnchor

    init(_ label: Label, center: Double, within edges: ClosedRange<Double>) {
        if center - label.width / 2 < edges.lowerBound {
            (start, x, anchor) = (edges.lowerBound, edges.lowerBound, .start)
        } else if center + label.width / 2 > edges.upperBound {
            (start, x, anchor) = (edges.upperBound - label.width, edges.upperBound, .end)
        } else {
            (start, x, anchor) = (center - label.width / 2, center, .middle)
        }
    }
}
