/// Draws a bar chart as columns.
struct BarColumns {
    let chart: BarChart
    let table: BarTable
    let theme: ChartTheme
    let size: ChartSize
    let header: Header

    /// Whether each step's name fits below its column.
    func hasRoom(for names: [String]) -> Bool {
        let layout = layout()
        let slot = layout.plot.width / Double(max(names.count, 1))
        return names.allSatisfy { Label($0).width + 4 <= slot }
    }

    func svg() -> String {
        let layout = layout()
        let (plot, axis) = (layout.plot, layout.axis)
        var drawing = Drawing(theme, width: size.width)
        header.draw(in: &drawing)
        layout.legend?.draw(top: header.height, in: &drawing)
        if layout.labels == nil { axis.draw(in: plot, &drawing) }
        let slot = plot.width / Double(table.names.count)
        for category in table.names.indices {
            let center = plot.left + (Double(category) + 0.5) * slot
            drawColumn(category, center: center, slot: slot, layout, &drawing)
        }
        let zero = axis.y(0, in: plot)
        drawing.line(plot.left, zero, plot.right, zero, stroke: theme.baseline)
        drawNames(plot, slot, bottom: layout.bottom, &drawing)
        EndLabels.draw(endLabels(layout), x: plot.right, within: plot.top...plot.bottom, in: &drawing)
        return drawing.svg(
            height: layout.bottom + ValueAxis.foot,
            title: chart.title,
            description: chart.alternativeText
        )
    }

    private struct Layout {
        let plot: Plot
        /// Where the names of the categories begin.
        let bottom: Double
        let axis: ValueAxis
        let colors: [RGBColor]
        let legend: Legend?
        /// Numbers at the ends of the columns, which make an axis needless.
        let labels: [Label]?
    }

    private var isStack: Bool { chart.arrangement == .stacked && chart.series.count > 1 }

    private func layout() -> Layout {
        let colors = theme.colors(chart.series.map(\.tone), isOrdered: chart.isOrdered)
        let isGroup = chart.series.count > 1 && !isStack
        let needsLegend = isGroup || (isStack && chart.series.count > EndLabels.capacity(size.height - 80))
        let legend =
            needsLegend ? Legend(zip(chart.series, colors).map { ($0.name, $1) }, width: size.width) : nil
        var top = header.height + (legend?.height ?? 0) + 6
        let bottom = max(size.height, top + 76) - ValueAxis.foot
        let extent = table.extent(chart.arrangement)
        let axis = ValueAxis(
            NumberScale(
                from: extent.lowerBound,
                to: extent.upperBound,
                origin: .zero,
                steps: ValueAxis.steps(bottom - top),
                whole: chart.numbers.isWhole
            ),
            numbers: chart.numbers
        )
        if chart.series.count == 1 {
            let labels = table.values[0].map { Label($0.map(chart.numbers.text) ?? "–", weight: .semibold) }
            let slot = size.width / Double(table.names.count)
            if labels.allSatisfy({ $0.width + 6 <= slot }) {
                top += 12
                let low = extent.lowerBound < 0 ? bottom - 14 : bottom
                return Layout(
                    plot: Plot(left: 0, right: size.width, top: top, bottom: low),
                    bottom: bottom,
                    axis: ValueAxis(
                        NumberScale(exactlyFrom: extent.lowerBound, to: extent.upperBound),
                        numbers: chart.numbers
                    ),
                    colors: colors,
                    legend: nil,
                    labels: labels
                )
            }
        }
        let plain = Layout(
            plot: Plot(left: axis.room, right: size.width, top: top, bottom: bottom),
            bottom: bottom,
            axis: axis,
            colors: colors,
            legend: legend,
            labels: nil
        )
        guard isStack, legend == nil else { return plain }
        let right = size.width - EndLabels.room(endLabels(plain))
        return Layout(
            plot: Plot(left: axis.room, right: right, top: top, bottom: bottom),
            bottom: bottom,
            axis: axis,
            colors: colors,
            legend: nil,
            labels: nil
        )
    }

    private func drawColumn(
        _ category: Int,
        center: Double,
        slot: Double,
        _ layout: Layout,
        _ drawing: inout Drawing
    ) {
        let (plot, axis) = (layout.plot, layout.axis)
        let width = min(max(slot * 0.68, min(slot, 0.5)), chart.arrangement == .grouped ? 60 : 44)
        let zero = axis.y(0, in: plot)
        if isStack {
            var (up, down) = (0.0, 0.0)
            for (row, color) in zip(table.values, layout.colors) {
                guard let value = row[category], value != 0 else { continue }
                let from = value > 0 ? up : down
                if value > 0 { up += value } else { down += value }
                let (a, b) = (axis.y(from, in: plot), axis.y(from + value, in: plot))
                // A line of the page's colour parts it from the one below, where both are thick enough.
                let seam = from != 0 && abs(a - b) > 2 ? 1.0 : 0
                let (top, bottom) = value > 0 ? (b, a - seam) : (a + seam, b)
                drawing.rect(x: center - width / 2, y: top, width: width, height: bottom - top, fill: color)
            }
            return
        }
        let count = Double(chart.series.count)
        let each = width / count
        for (index, (row, color)) in zip(table.values, layout.colors).enumerated() {
            let left = center - width / 2 + Double(index) * each
            let gap = chart.series.count > 1 && each > 4 ? 1.0 : 0
            if let value = row[category] {
                let bar = Bar(left: left, width: each - gap, zero: zero, end: axis.y(value, in: plot))
                drawing.fill(bar.path, color)
            }
            guard let label = layout.labels?[category] else { continue }
            let value = row[category] ?? 0
            let end = axis.y(value, in: plot)
            drawing.text(
                label,
                x: center,
                y: value < 0 ? end + 13 : end - 5,
                anchor: .middle,
                fill: row[category] == nil ? theme.mutedInk : theme.ink
            )
        }
    }

    private func drawNames(_ plot: Plot, _ slot: Double, bottom: Double, _ drawing: inout Drawing) {
        let count = table.names.count
        guard case .periods(let days, let period) = chart.categories else {
            for (index, name) in table.names.enumerated() {
                drawName(Label(name), center: plot.left + (Double(index) + 0.5) * slot, bottom: bottom, &drawing)
            }
            return
        }
        // The fewest left out so that those that stay do not touch: each second, third, … With years, which are wider,
        // only where there are several.
        let isLong = Set(days.map(\.civil.year)).count > 1
        let widest = days.map { Label(period.name($0, withYear: isLong)).width }.max() ?? 0
        let every = max(1, Int(((widest + 8) / slot).rounded(.up)), (count + 12) / 13)
        var year = isLong ? nil : days.first?.civil.year
        for index in stride(from: 0, to: count, by: every) {
            let label = Label(period.name(days[index], withYear: days[index].civil.year != year))
            year = days[index].civil.year
            drawName(label, center: plot.left + (Double(index) + 0.5) * slot, bottom: bottom, &drawing)
        }
    }

    private func drawName(_ label: Label, center: Double, bottom: Double, _ drawing: inout Drawing) {
        let place = LabelPlace(label, center: center, within: 0...size.width)
        drawing.text(label, x: place.x, y: bottom + ValueAxis.nameDrop, anchor: place.anchor)
    }

    /// Names beside the layers of the last column.
    private func endLabels(_ layout: Layout) -> [EndLabels.Entry] {
        guard isStack, layout.legend == nil,
            let last = table.names.indices.last(where: { table.sums($0) != nil })
        else { return [] }
        var (up, down) = (0.0, 0.0)
        return zip(chart.series.indices, layout.colors).map { index, color in
            let value = table.values[index][last] ?? 0
            let middle = (value >= 0 ? up : down) + value / 2
            if value >= 0 { up += value } else { down += value }
            return EndLabels.Entry(
                y: layout.axis.y(middle, in: layout.plot),
                name: Label(chart.series[index].name, fitting: EndLabels.nameRoom(size.width), weight: .semibold),
                value: Label(table.values[index][last].map(chart.numbers.text) ?? "–"),
                color: color
            )
        }
    }
}

/// One bar from the baseline to its end, which is a little rounded.
struct Bar {
    var path = PathData()

    /// A column.
    init(left: Double, width: Double, zero: Double, end: Double) {
        guard abs(end - zero) > 0.005, width > 0 else { return }
        let radius = min(2, abs(end - zero), width / 2)
        let up = end < zero
        let shoulder = end + (up ? radius : -radius)
        path.move(left, zero)
        path.line(left, shoulder)
        path.arc(radius: radius, isLarge: false, clockwise: up, left + radius, end)
        path.line(left + width - radius, end)
        path.arc(radius: radius, isLarge: false, clockwise: up, left + width, shoulder)
        path.line(left + width, zero)
        path.close()
    }

    /// A row.
    init(top: Double, height: Double, zero: Double, end: Double) {
        guard abs(end - zero) > 0.005, height > 0 else { return }
        let radius = min(2, abs(end - zero), height / 2)
        let right = end > zero
        let shoulder = end + (right ? -radius : radius)
        path.move(zero, top)
        path.line(shoulder, top)
        path.arc(radius: radius, isLarge: false, clockwise: right, end, top + radius)
        path.line(end, top + height - radius)
        path.arc(radius: radius, isLarge: false, clockwise: right, shoulder, top + height)
        path.line(zero, top + height)
        path.close()
    }
}
