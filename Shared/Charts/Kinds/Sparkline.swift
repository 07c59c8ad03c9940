/// A line the size of a word, for tables and tiles: no axes, the last value marked.
public struct Sparkline: Chart {
    public var title: String
    /// Evenly spaced; nil is a gap.
    public var values: [Double?]
    public var numbers: NumberStyle

    public init(title: String, values: [Double?], numbers: NumberStyle = .count) {
        self.title = title
        self.values = values
        self.numbers = numbers
    }

    /// The size of a word in a table.
    public static let size = ChartSize(exactWidth: 96, height: 24)

    public func svg(_ theme: ChartTheme, size: ChartSize = Sparkline.size) -> String {
        var drawing = Drawing(theme, width: size.width)
        let known = values.enumerated().compactMap { index, value in
            value.flatMap { $0.isFinite ? (index: index, value: $0) : nil }
        }
        let middle = size.height / 2
        guard let last = known.last, let least = known.map(\.value).min(), let most = known.map(\.value).max() else {
            drawing.line(3.5, middle, size.width - 3.5, middle, stroke: theme.grid)
            return drawing.svg(height: size.height, title: title, description: alternativeText)
        }
        func x(_ index: Int) -> Double {
            values.count == 1 ? size.width / 2 : 3.5 + Double(index) / Double(values.count - 1) * (size.width - 7)
        }
        func y(_ value: Double) -> Double {
            most == least ? middle : size.height - 3.5 - (value - least) / (most - least) * (size.height - 7)
        }
        var path = PathData()
        var previous: Int?
        for point in known {
            let follows = previous.map { $0 == point.index - 1 } ?? false
            if follows { path.line(x(point.index), y(point.value)) } else { path.move(x(point.index), y(point.value)) }
            let isAlone =
                !follows && !(point.index + 1 < values.count && values[point.index + 1].map(\.isFinite) == true)
            if isAlone { drawing.circle(x: x(point.index), y: y(point.value), radius: 1.25, fill: theme.accent) }
            previous = point.index
        }
        drawing.stroke(path, theme.accent, width: 1.5)
        drawing.circle(x: x(last.index), y: y(last.value), radius: 2.5, fill: theme.accent)
        return drawing.svg(height: size.height, title: title, description: alternativeText)
    }

    public var alternativeText: String {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        guard let first = known.first, let last = known.last else { return EmptyChart.text }
        if known.count == 1 { return numbers.text(first) + "." }
        return "From \(numbers.text(first)) to \(numbers.text(last)), "
            + "lowest \(numbers.text(known.min() ?? first)), highest \(numbers.text(known.max() ?? first))."
    }
}
