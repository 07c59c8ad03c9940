/// Numbers of things, as columns where the things have an order and as rows where they have names.
public struct BarChart: Chart {
    /// One number for each category.
    public struct Series: Hashable, Sendable {
        public var name: String
        /// In the order of the categories; nil where it was not measured.
        public var values: [Double?]
        public var tone: SeriesTone

        public init(_ name: String, _ values: [Double?], tone: SeriesTone = .automatic) {
            self.name = name
            self.values = values
            self.tone = tone
        }
    }

    /// What the numbers belong to, which decides how they are drawn.
    public enum Categories: Hashable, Sendable {
        /// Things without an order: rows, the largest first. Those beyond the limit are added up as "Others".
        case names([String])
        /// Steps of a scale, such as DR 0–9, 10–19: columns in their order, or rows where names are too long for that.
        case steps([String])
        /// Periods, by their first days: columns.
        case periods([ChartDay], Period)

        var count: Int {
            switch self {
            case .names(let names), .steps(let names): names.count
            case .periods(let days, _): days.count
            }
        }
    }

    /// What a column stands for.
    public enum Period: Hashable, Sendable { case day, week, month, year }

    /// How several series share a category.
    public enum Arrangement: Hashable, Sendable {
        /// On one another: parts of a whole.
        case stacked
        /// Beside one another: to be compared, such as planned and spent.
        case grouped
    }

    public var title: String
    public var subtitle: String?
    public var categories: Categories
    public var series: [Series]
    public var arrangement: Arrangement
    public var numbers: NumberStyle
    /// Whether the series are steps of one scale, the strongest first: shades of one colour.
    public var isOrdered: Bool
    /// How many rows names may take, "Others" included.
    public var limit: Int

    public init(
        title: String,
        subtitle: String? = nil,
        categories: Categories,
        series: [Series],
        arrangement: Arrangement = .stacked,
        numbers: NumberStyle = .count,
        isOrdered: Bool = false,
        limit: Int = 10
    ) {
        self.title = title
        self.subtitle = subtitle
        self.categories = categories
        self.series = series
        self.arrangement = arrangement
        self.numbers = numbers
        self.isOrdered = isOrdered
        self.limit = max(limit, 2)
    }

    public func svg(_ theme: ChartTheme, size: ChartSize = .full) -> String {
        let header = Header(title: title, subtitle: subtitle, size: size)
        let table = BarTable(self)
        guard !table.isEmpty else { return empty(theme, width: size.width, header: header) }
        switch categories {
        case .names:
            return BarRows(chart: self, table: table, theme: theme, width: size.width, header: header).svg()
        case .steps(let names):
            let columns = BarColumns(chart: self, table: table, theme: theme, size: size, header: header)
            if columns.hasRoom(for: names) { return columns.svg() }
            return BarRows(chart: self, table: table, theme: theme, width: size.width, header: header).svg()
        case .periods:
            return BarColumns(chart: self, table: table, theme: theme, size: size, header: header).svg()
        }
    }

    public var alternativeText: String {
        let table = BarTable(self)
        guard !table.isEmpty else { return EmptyChart.text }
        let shown = table.names.indices.prefix(16)
        let parts = shown.map { category in
            let values = table.values.map { row in row[category].map(numbers.text) ?? "no data" }
            if table.values.count == 1 { return "\(table.names[category]) \(values[0])" }
            return table.names[category] + ": "
                + zip(series, values).map { "\($0.name) \($1)" }.joined(separator: ", ")
        }
        let kind =
            series.count < 2 ? "Bar chart" : arrangement == .stacked ? "Stacked bar chart" : "Grouped bar chart"
        let rest = table.names.count > shown.count ? "; and \(table.names.count - shown.count) more" : ""
        return "\(kind). " + parts.joined(separator: "; ") + rest + "."
    }
}

/// The numbers of a bar chart as they are drawn: sorted, and the small ones added up.
struct BarTable {
    let names: [String]
    /// One row for each series.
    let values: [[Double?]]
    /// Whether the last category is what others have together.
    let hasOthers: Bool

    var isEmpty: Bool { !values.joined().contains { $0 != nil } }

    init(_ chart: BarChart) {
        let count = chart.categories.count
        let values = chart.series.map { series in
            (0..<count).map { index in
                index < series.values.count ? series.values[index].flatMap { $0.isFinite ? $0 : nil } : nil
            }
        }
        switch chart.categories {
        case .steps(let names): (self.names, self.values, hasOthers) = (names, values, false)
        case .periods(let days, let period):
            names = days.map { period.name($0, withYear: true) }
            (self.values, hasOthers) = (values, false)
        case .names(let names):
            let sums = (0..<count).map { category in values.reduce(0) { $0 + ($1[category] ?? 0) } }
            let isKnown = (0..<count).map { category in values.contains { $0[category] != nil } }
            let order = (0..<count).sorted {
                (isKnown[$0] ? 0 : 1, -sums[$0], $0) < (isKnown[$1] ? 0 : 1, -sums[$1], $1)
            }
            guard count > chart.limit else {
                self.names = order.map { names[$0] }
                self.values = values.map { row in order.map { row[$0] } }
                hasOthers = false
                return
            }
            let (top, rest) = (order.prefix(chart.limit - 1), order.dropFirst(chart.limit - 1))
            self.names = top.map { names[$0] } + ["Others (\(NumberStyle.count.text(Double(rest.count))))"]
            self.values = values.map { row in
                let known = rest.compactMap { row[$0] }
                return top.map { row[$0] } + [known.isEmpty ? nil : known.reduce(0, +)]
            }
            hasOthers = true
        }
    }

    /// The sum of a category's positive and of its negative numbers; nil where none is known.
    func sums(_ category: Int) -> (positive: Double, negative: Double)? {
        let known = values.compactMap { $0[category] }
        if known.isEmpty { return nil }
        return (known.reduce(0) { $0 + max($1, 0) }, known.reduce(0) { $0 + min($1, 0) })
    }

    /// From the lowest to the highest end of a bar, zero included.
    func extent(_ arrangement: BarChart.Arrangement, withOthers: Bool = true) -> ClosedRange<Double> {
        var (low, high) = (0.0, 0.0)
        for category in names.indices.dropLast(hasOthers && !withOthers ? 1 : 0) {
            switch arrangement {
            case .stacked:
                guard let sums = sums(category) else { continue }
                (low, high) = (min(low, sums.negative), max(high, sums.positive))
            case .grouped:
                for value in values.compactMap({ $0[category] }) { (low, high) = (min(low, value), max(high, value)) }
            }
        }
        return low...high
    }
}

extension BarChart.Period {
    func name(_ day: ChartDay, withYear: Bool) -> String {
        switch self {
        case .day, .week: day.text(withYear: withYear)
        case .month: day.monthText(withYear: withYear)
        case .year: String(day.civil.year)
        }
    }
}
