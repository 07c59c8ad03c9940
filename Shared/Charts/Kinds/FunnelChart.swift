/// How many get from one stage to the next.
public struct FunnelChart: Chart {
    /// One stage; nil where its number is not known.
    public struct Stage: Hashable, Sendable {
        public var name: String
        public var value: Double?

        public init(_ name: String, _ value: Double?) {
            self.name = name
            self.value = value
        }
    }

    public var title: String
    public var subtitle: String?
    /// From the first to the last. A stage may be larger than the one before it, and then looks so.
    public var stages: [Stage]
    public var numbers: NumberStyle

    public init(title: String, subtitle: String? = nil, stages: [Stage], numbers: NumberStyle = .count) {
        self.title = title
        self.subtitle = subtitle
        self.stages = stages
        self.numbers = numbers
    }

    public func svg(_ theme: ChartTheme, size: ChartSize = .half) -> String {
        let header = Header(title: title, subtitle: subtitle, size: size)
        guard stages.contains(where: { $0.value != nil }) else {
            return empty(theme, width: size.width, header: header)
        }
        let values = stages.map { clean($0.value) }
        let names = stages.map { Label($0.name, fitting: size.width * 0.34) }
        let counts = stages.map { Label($0.value.map(numbers.text) ?? "–", weight: .semibold) }
        let rates = stages.indices.map { Label(rate($0).map { "\($0) of previous" } ?? "") }
        let shortRates = stages.indices.map { Label(rate($0) ?? "") }
        // Says of what only where there is room to.
        let notes = size.width >= 420 ? rates : shortRates
        let left = (names.map(\.width).max() ?? 0) + 12
        let countRoom = (counts.map(\.width).max() ?? 0) + 10
        let noteRoom = (notes.map(\.width).max() ?? 0) + 10
        let right = size.width - countRoom - noteRoom
        let center = (left + right) / 2
        let most = max(values.max() ?? 0, .leastNormalMagnitude)
        // What is there stays visible.
        let widths = values.map { $0 <= 0 ? 0 : max($0 / most * (right - left), 2) }
        let top = header.height + 2
        var drawing = Drawing(theme, width: size.width)
        header.draw(in: &drawing)
        for index in stages.indices {
            let y = top + Double(index) * (Self.bar + Self.gap)
            if index + 1 < stages.count, widths[index] > 0, widths[index + 1] > 0 {
                var path = PathData()
                path.move(center - widths[index] / 2, y + Self.bar)
                path.line(center + widths[index] / 2, y + Self.bar)
                path.line(center + widths[index + 1] / 2, y + Self.bar + Self.gap)
                path.line(center - widths[index + 1] / 2, y + Self.bar + Self.gap)
                path.close()
                drawing.fill(path, theme.wash(theme.accent))
            }
            if widths[index] > 0 {
                drawing.rect(
                    x: center - widths[index] / 2,
                    y: y,
                    width: widths[index],
                    height: Self.bar,
                    fill: theme.accent
                )
            } else {
                drawing.line(center - 4, y + Self.bar / 2, center + 4, y + Self.bar / 2, stroke: theme.baseline)
            }
            let base = y + Self.bar / 2 + 4
            drawing.text(names[index], x: 0, y: base, fill: theme.ink)
            drawing.text(counts[index], x: right + countRoom, y: base, anchor: .end, fill: theme.ink)
            drawing.text(notes[index], x: size.width, y: base, anchor: .end)
        }
        let height = top + Double(stages.count) * (Self.bar + Self.gap) - Self.gap + 2
        return drawing.svg(height: height, title: title, description: alternativeText)
    }

    public var alternativeText: String {
        guard stages.contains(where: { $0.value != nil }) else { return EmptyChart.text }
        let list = stages.indices.map { index in
            let number = stages[index].value.map(numbers.text) ?? "no data"
            return "\(stages[index].name) \(number)" + (rate(index).map { " (\($0) of the stage before)" } ?? "")
        }
        return "Funnel chart. " + list.joined(separator: "; ") + "."
    }

    private static let bar = 24.0
    private static let gap = 10.0

    private func clean(_ value: Double?) -> Double { value.map { $0.isFinite ? max($0, 0) : 0 } ?? 0 }

    /// The share of the stage before; nil for the first and where there was none.
    private func rate(_ index: Int) -> String? {
        guard index > 0, let value = stages[index].value, let before = stages[index - 1].value, before > 0 else {
            return nil
        }
        return NumberStyle.percent.text(max(value, 0) / before)
    }
}
