/// The series of a chart on the same days.
struct DayTable {
    /// Ascending, without doubles. Days before the first number and after the last are kept: that nothing was measured
    /// then is a part of what is shown.
    let days: [ChartDay]
    /// One row for each series, one place for each day.
    let rows: [[Double?]]
    /// Whether a series has any say on a day; a day that a series does not name is no gap in it.
    private let named: [[Bool]]

    init(_ series: [LineChart.Series]) {
        let days = Set(series.flatMap { $0.points.map(\.day) }).sorted()
        let places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1, $0) })
        var rows: [[Double?]] = []
        var named: [[Bool]] = []
        for line in series {
            var row = [Double?](repeating: nil, count: days.count)
            var names = [Bool](repeating: false, count: days.count)
            for point in line.points {
                guard let place = places[point.day] else { continue }
                row[place] = point.value.flatMap { $0.isFinite ? $0 : nil }
                names[place] = true
            }
            rows.append(row)
            named.append(names)
        }
        self.days = days
        self.rows = rows
        self.named = named
    }

    /// The least and the greatest number.
    var extent: ClosedRange<Double>? {
        let values = rows.joined().compactMap { $0 }
        guard let least = values.min(), let greatest = values.max() else { return nil }
        return least...greatest
    }

    /// From zero to the greatest sum of a day.
    var stackedExtent: ClosedRange<Double>? {
        let sums = fullRuns.joined().map { day in rows.reduce(0) { $0 + max($1[day] ?? 0, 0) } }
        return sums.max().map { 0...$0 }
    }

    func lastPoint(_ series: Int) -> (day: Int, value: Double)? {
        for (day, value) in rows[series].enumerated().reversed() {
            if let value { return (day, value) }
        }
        return nil
    }

    func last(_ series: Int) -> Double? { lastPoint(series)?.value }

    /// Stretches of a series without a gap.
    func runs(_ series: Int) -> [[(day: Int, value: Double)]] {
        var runs: [[(day: Int, value: Double)]] = [[]]
        for (day, value) in rows[series].enumerated() {
            if let value {
                runs[runs.count - 1].append((day, value))
            } else if named[series][day], !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    /// Stretches of days on which every series has a number.
    var fullRuns: [[Int]] {
        var runs: [[Int]] = [[]]
        for day in days.indices {
            if rows.allSatisfy({ $0[day] != nil }) {
                runs[runs.count - 1].append(day)
            } else if !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    var lastFullDay: Int? { fullRuns.last?.last }
}
