/// Numbers over days, as lines, as one filled area, or as areas on one another.
public struct LineChart: Chart {
    /// One line.
    public struct Series: Hashable, Sendable {
        public var name: String
        /// In any order; of two on one day the last counts. A day with nil is a gap in the line.
        public var points: [Point]
        public var tone: SeriesTone

        public init(_ name: String, _ points: [Point], tone: SeriesTone = .automatic) {
            self.name = name
            self.points = points
            self.tone = tone
        }
    }

    /// A number on a day; nil where it was not measured.
    public struct Point: Hashable, Sendable {
        public var day: ChartDay
        public var value: Double?

        public init(_ day: ChartDay, _ value: Double?) {
            self.day = day
            self.value = value
        }
    }

    /// What is drawn below a line.
    public enum Fill: Sendable {
        case none
        /// A wash, where there is one series besides comparisons.
        case area
        /// Each series on top of those before it: parts of a whole. Negative numbers count as zero, and a day on which
        /// one part is not known is a gap in all.
        case stacked
    }

    public var title: String
    /// What is shown and in what, if the title does not say it.
    public var subtitle: String?
    public var series: [Series]
    public var numbers: NumberStyle
    public var fill: Fill
    /// Ranks: the axis has small numbers at its top.
    public var isRank: Bool

    public init(
        title: String,
        subtitle: String? = nil,
        series: [Series],
        numbers: NumberStyle = .count,
        fill: Fill = .none,
        isRank: Bool = false
    ) {
        self.title = title
        self.subtitle = subtitle
        self.series = series
        self.numbers = numbers
        self.fill = fill
        self.isRank = isRank
    }

    public func svg(_ theme: ChartTheme, size: ChartSize = .full) -> String {
        let header = Header(title: title, subtitle: subtitle, size: size)
        let table = DayTable(series)
        guard let extent = fill == .stacked ? table.stackedExtent : table.extent else {
            return empty(theme, width: size.width, header: header)
        }
        var drawing = Drawing(theme, width: size.width)
        header.draw(in: &drawing)
        let top = header.height + 6
        let bottom = max(size.height, top + 76) - ValueAxis.foot
        let axis = ValueAxis(
            NumberScale(
                from: extent.lowerBound,
                to: extent.upperBound,
                origin: isRank ? .tight : fill == .none ? .free : .zero,
                steps: ValueAxis.steps(bottom - top),
                whole: numbers.isWhole
            ),
            numbers: numbers,
            isInverted: isRank
        )
        let colors = theme.colors(series.map(\.tone), isOrdered: false)
        let named = namedSeries(table, room: bottom - top)
        let entries = { (plot: Plot) in
            self.endLabels(named, table, colors, axis, plot, width: size.width)
        }
        var plot = Plot(left: axis.room, right: size.width - 8, top: top, bottom: bottom)
        plot = Plot(left: plot.left, right: size.width - EndLabels.room(entries(plot)), top: top, bottom: bottom)
        axis.draw(in: plot, &drawing)
        let days = DayScale(table.days, room: plot.width, margin: -plot.left...size.width - plot.left)
        for tick in days.ticks {
            let place = LabelPlace(
                tick.label,
                center: plot.left + days.place(tick.day) * plot.width,
                within: 0...size.width
            )
            drawing.text(tick.label, x: place.x, y: bottom + ValueAxis.nameDrop, anchor: place.anchor)
        }
        if fill == .stacked {
            drawLayers(table, colors, axis, days, plot, &drawing)
        } else {
            drawLines(table, colors, named, axis, days, plot, &drawing)
        }
        EndLabels.draw(entries(plot), x: plot.right, within: plot.top...plot.bottom, in: &drawing)
        return drawing.svg(height: bottom + ValueAxis.foot, title: title, description: alternativeText)
    }

    public var alternativeText: String {
        let table = DayTable(series)
        guard let first = table.days.first, let last = table.days.last, table.extent != nil else {
            return EmptyChart.text
        }
        let parts = zip(series, table.rows).prefix(8).map { series, row in
            let known = zip(table.days, row).compactMap { day, value in value.map { (day: day, value: $0) } }
            guard let begin = known.first, let end = known.last,
                let least = known.min(by: { $0.value < $1.value }), let most = known.max(by: { $0.value < $1.value })
            else { return "\(series.name): no data." }
            if known.count == 1 { return "\(series.name): \(numbers.text(begin.value))." }
            return "\(series.name): from \(numbers.text(begin.value)) to \(numbers.text(end.value)), "
                + "lowest \(numbers.text(least.value)) on \(least.day.text(withYear: false)), "
                + "highest \(numbers.text(most.value)) on \(most.day.text(withYear: false))."
        }
        let rest = series.count > 8 ? " And \(series.count - 8) more series." : ""
        let kind = fill == .stacked ? "Stacked area chart" : fill == .area ? "Area chart" : "Line chart"
        return "\(kind), \(ChartDay.range(first, last)). " + parts.joined(separator: " ") + rest
    }

    // MARK: Names

    /// The series that get a name and a colour: all, or as many of the largest as there is room for.
    private func namedSeries(_ table: DayTable, room: Double) -> [Int] {
        let capacity = min(EndLabels.capacity(room), 8)
        let present = series.indices.filter { table.rows[$0].contains { $0 != nil } }
        guard present.count > capacity, fill != .stacked else { return Array(present.prefix(EndLabels.capacity(room))) }
        func last(_ index: Int) -> Double { table.rows[index].last { $0 != nil }.flatMap { $0 } ?? -.infinity }
        let ranked = present.sorted { isRank ? (last($0), $0) < (last($1), $1) : (-last($0), $0) < (-last($1), $1) }
        return ranked.prefix(capacity).sorted()
    }

    private func endLabels(
        _ named: [Int],
        _ table: DayTable,
        _ colors: [RGBColor],
        _ axis: ValueAxis,
        _ plot: Plot,
        width: Double
    ) -> [EndLabels.Entry] {
        let isAlone = series.count == 1
        var sum = 0.0
        let lastFull = table.lastFullDay
        return named.compactMap { index in
            guard let value = fill == .stacked ? lastFull.flatMap({ table.rows[index][$0] }) : table.last(index) else {
                return nil
            }
            let y: Double
            if fill == .stacked {
                y = axis.y(sum + max(value, 0) / 2, in: plot)
                sum += max(value, 0)
            } else {
                y = axis.y(value, in: plot)
            }
            return EndLabels.Entry(
                y: y,
                name: isAlone
                    ? Label("") : Label(series[index].name, fitting: EndLabels.nameRoom(width), weight: .semibold),
                value: Label(numbers.text(value), weight: isAlone ? .semibold : .regular),
                color: color(index, named, colors)
            )
        }
    }

    /// Where more series are named than there are colours, or fewer than there are series, the rest is grey.
    private func color(_ index: Int, _ named: [Int], _ colors: [RGBColor]) -> RGBColor {
        guard named.count < series.count, fill != .stacked, let place = named.firstIndex(of: index) else {
            return colors[index]
        }
        return series[index].tone == .automatic ? colors[min(place, colors.count - 1)] : colors[index]
    }

    // MARK: Shapes

    private func drawLines(
        _ table: DayTable,
        _ colors: [RGBColor],
        _ named: [Int],
        _ axis: ValueAxis,
        _ days: DayScale,
        _ plot: Plot,
        _ drawing: inout Drawing
    ) {
        func point(_ day: Int, _ value: Double) -> (x: Double, y: Double) {
            (plot.left + days.place(table.days[day]) * plot.width, axis.y(value, in: plot))
        }
        let main = series.indices.filter { series[$0].tone != .comparison }
        if fill == .area, main.count == 1 {
            let base = axis.y(max(axis.scale.low, min(0, axis.scale.high)), in: plot)
            var path = PathData()
            for run in table.runs(main[0]) where run.count > 1 {
                for (offset, (day, value)) in run.enumerated() {
                    let (x, y) = point(day, value)
                    if offset == 0 { path.move(x, base) }
                    path.line(x, y)
                    if offset == run.count - 1 { path.line(x, base) }
                }
                path.close()
            }
            drawing.fill(path, drawing.theme.wash(colors[main[0]]))
            axis.drawLines(in: plot, color: drawing.theme.gridOnWash(colors[main[0]]), &drawing)
        }
        let unnamed = series.indices.filter { !named.contains($0) }
        // Comparisons lie below, and what has no name below them.
        let order =
            unnamed + named.filter { series[$0].tone == .comparison }
            + named.filter { series[$0].tone != .comparison }.reversed()
        for index in order {
            let isNamed = named.contains(index)
            let color = isNamed ? color(index, named, colors) : drawing.theme.context
            let isComparison = series[index].tone == .comparison
            let weight = isNamed ? (isComparison ? 1.25 : 2) : 0.75
            var path = PathData()
            var dots: [(x: Double, y: Double)] = []
            for run in table.runs(index) {
                let points = run.map { point($0.day, $0.value) }
                if points.count == 1 { dots.append(points[0]) }
                guard points.count > 1 else { continue }
                for (offset, point) in points.enumerated() {
                    if offset == 0 { path.move(point.x, point.y) } else { path.line(point.x, point.y) }
                }
            }
            drawing.stroke(path, color, width: weight, isDashed: isComparison)
            for dot in dots { drawing.circle(x: dot.x, y: dot.y, radius: isNamed ? 2.5 : 1.5, fill: color) }
            if isNamed, !isComparison, let (day, value) = table.lastPoint(index) {
                let (x, y) = point(day, value)
                drawing.circle(x: x, y: y, radius: 3, fill: color)
            }
        }
    }

    private func drawLayers(
        _ table: DayTable,
        _ colors: [RGBColor],
        _ axis: ValueAxis,
        _ days: DayScale,
        _ plot: Plot,
        _ drawing: inout Drawing
    ) {
        for run in table.fullRuns {
            var below = Array(repeating: 0.0, count: run.count)
            // One day alone is drawn as a narrow column.
            let reach = run.count == 1 ? 3.0 : 0
            let xs = run.map { plot.left + days.place(table.days[$0]) * plot.width }
            for index in series.indices {
                let above = zip(run, below).map { $1 + max(table.rows[index][$0] ?? 0, 0) }
                var path = PathData()
                path.move(xs[0] - reach, axis.y(above[0], in: plot))
                for (x, value) in zip(xs, above) { path.line(x + reach, axis.y(value, in: plot)) }
                for (x, value) in zip(xs, below).reversed() { path.line(x + reach, axis.y(value, in: plot)) }
                if reach > 0 { path.line(xs[0] - reach, axis.y(below[0], in: plot)) }
                path.close()
                drawing.fill(path, colors[index])
                if index > 0 {
                    var seam = PathData()
                    seam.move(xs[0] - reach, axis.y(below[0], in: plot))
                    for (x, value) in zip(xs, below) { seam.line(x + reach, axis.y(value, in: plot)) }
                    drawing.stroke(seam, drawing.theme.surface, width: 1)
                }
                below = above
            }
        }
    }
}
