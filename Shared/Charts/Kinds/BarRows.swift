/// Draws a bar chart as rows: a name, a bar, a number.
struct BarRows {
    let chart: BarChart
    let table: BarTable
    let theme: ChartTheme
    let width: Double
    let header: Header

    func svg() -> String {
        let colors = theme.colors(chart.series.map(\.tone), isOrdered: chart.isOrdered)
        let legend =
            chart.series.count > 1 ? Legend(zip(chart.series, colors).map { ($0.name, $1) }, width: width) : nil
        let names = table.names.map { Label($0, fitting: width * 0.4) }
        let nameRoom = (names.map(\.width).max() ?? 0) + 10
        let isGroup = chart.arrangement == .grouped && chart.series.count > 1
        let rowHeight = isGroup ? Double(chart.series.count) * 13 + 8 : 22
        let top = header.height + (legend?.height ?? 0)
        let bottom = top + Double(table.names.count) * rowHeight
        let extent = table.extent(chart.arrangement, withOthers: false)
        let numberRoom = (numbers.map(\.width).max() ?? 0) + 6
        let plot = Plot(
            left: nameRoom + (extent.lowerBound < 0 ? numberRoom : 0),
            right: width - numberRoom,
            top: top,
            bottom: bottom
        )
        let scale = NumberScale(exactlyFrom: extent.lowerBound, to: extent.upperBound)
        func x(_ value: Double) -> Double { plot.left + scale.place(value) * plot.width }
        var drawing = Drawing(theme, width: width)
        header.draw(in: &drawing)
        legend?.draw(top: header.height, in: &drawing)
        for category in table.names.indices {
            let middle = top + (Double(category) + 0.5) * rowHeight
            drawing.text(names[category], x: 0, y: middle + 4, fill: theme.ink)
            if isGroup {
                for (index, color) in colors.enumerated() {
                    let barTop = middle + (Double(index) - Double(chart.series.count) / 2) * 13 + 1
                    let value = table.values[index][category]
                    let isDrawn = value != nil && !isOffScale(category)
                    if let value, isDrawn {
                        drawing.fill(Bar(top: barTop, height: 10, zero: x(0), end: x(value)).path, color)
                    }
                    drawNumber(
                        Label(text(value)),
                        isDrawn ? value ?? 0 : 0,
                        isKnown: value != nil,
                        x,
                        middle: barTop + 5,
                        &drawing
                    )
                }
            } else {
                drawRow(category, colors, x, middle: middle, &drawing)
            }
        }
        drawing.line(x(0), top, x(0), bottom, stroke: theme.baseline)
        return drawing.svg(height: bottom + 2, title: chart.title, description: chart.alternativeText)
    }

    /// Whether "Others" are more than any bar there is room for: then their number stands alone, lest all named bars be
    /// stumps.
    private func isOffScale(_ category: Int) -> Bool {
        guard table.hasOthers, category == table.names.count - 1 else { return false }
        let (all, named) = (table.extent(chart.arrangement), table.extent(chart.arrangement, withOthers: false))
        return all.upperBound > named.upperBound || all.lowerBound < named.lowerBound
    }

    private func text(_ value: Double?) -> String { value.map(chart.numbers.text) ?? "–" }

    /// All numbers that will stand beside bars.
    private var numbers: [Label] {
        if chart.arrangement == .grouped && chart.series.count > 1 {
            return table.values.joined().map { Label(text($0)) }
        }
        return table.names.indices.map {
            Label(text(table.sums($0).map { $0.positive + $0.negative }), weight: .semibold)
        }
    }

    private func drawRow(
        _ category: Int,
        _ colors: [RGBColor],
        _ x: (Double) -> Double,
        middle: Double,
        _ drawing: inout Drawing
    ) {
        let sums = table.sums(category)
        if chart.series.count == 1 {
            let isOthers = table.hasOthers && category == table.names.count - 1
            if let value = table.values[0][category], !isOffScale(category) {
                let bar = Bar(top: middle - 6.5, height: 13, zero: x(0), end: x(value))
                drawing.fill(bar.path, isOthers ? theme.neutral : colors[0])
            }
        } else {
            var (up, down) = (0.0, 0.0)
            for (row, color) in zip(table.values, colors) {
                guard let value = row[category], value != 0, !isOffScale(category) else { continue }
                let from = value > 0 ? up : down
                if value > 0 { up += value } else { down += value }
                let (a, b) = (x(from), x(from + value))
                let seam = from != 0 && abs(a - b) > 2 ? 1.0 : 0
                let (left, right) = value > 0 ? (a + seam, b) : (b, a - seam)
                drawing.rect(x: left, y: middle - 6.5, width: right - left, height: 13, fill: color)
            }
        }
        let sum = sums.map { $0.positive + $0.negative }
        let end =
            isOffScale(category) ? 0 : sums.map { $0.positive > 0 || $0.negative == 0 ? $0.positive : $0.negative } ?? 0
        drawNumber(Label(text(sum), weight: .semibold), end, isKnown: sum != nil, x, middle: middle, &drawing)
    }

    private func drawNumber(
        _ label: Label,
        _ end: Double,
        isKnown: Bool,
        _ x: (Double) -> Double,
        middle: Double,
        _ drawing: inout Drawing
    ) {
        drawing.text(
            label,
            x: end < 0 ? x(end) - 6 : x(end) + 6,
            y: middle + 4,
            anchor: end < 0 ? .end : .start,
            fill: isKnown ? theme.ink : theme.mutedInk
        )
    }
}
