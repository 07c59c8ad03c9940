#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Parts of a whole, as a ring with the whole in its middle and the parts beside it, named and counted.
public struct DonutChart: Chart {
    /// One part. A negative or unknown number counts as zero.
    public struct Part: Hashable, Sendable {
        public var name: String
        public var value: Double?
        public var tone: SeriesTone

        public init(_ name: String, _ value: Double?, tone: SeriesTone = .automatic) {
            self.name = name
            self.value = value
            self.tone = tone
        }
    }

    public var title: String
    public var subtitle: String?
    public var parts: [Part]
    /// What is counted; stands below the whole.
    public var unit: ChartUnit
    public var numbers: NumberStyle
    /// Whether the parts are steps of one scale, the strongest first: they keep their order and are shades of one colour.
    public var isOrdered: Bool
    /// How many parts there may be, "Others" included.
    public var limit: Int

    public init(
        title: String,
        subtitle: String? = nil,
        parts: [Part],
        unit: ChartUnit = .none,
        numbers: NumberStyle = .count,
        isOrdered: Bool = false,
        limit: Int = 6
    ) {
        self.title = title
        self.subtitle = subtitle
        self.parts = parts
        self.unit = unit
        self.numbers = numbers
        self.isOrdered = isOrdered
        self.limit = min(max(limit, 2), 8)
    }

    public func svg(_ theme: ChartTheme, size: ChartSize = .half) -> String {
        let header = Header(title: title, subtitle: subtitle, size: size)
        guard parts.contains(where: { $0.value != nil }) else { return empty(theme, width: size.width, header: header) }
        let slices = self.slices(theme)
        var drawing = Drawing(theme, width: size.width)
        header.draw(in: &drawing)
        let top = header.height + 4
        let listHeight = Double(slices.count) * Self.row
        // In a narrow column the list stands below the ring.
        let isNarrow = size.width < 260
        let diameter = min(max(size.height - top - 6, 90), isNarrow ? size.width * 0.7 : size.width * 0.38, 180)
        let height = isNarrow ? diameter + 8 + listHeight : max(diameter, listHeight)
        let radius = diameter / 2
        let (x, y) = (radius + 1, isNarrow ? top + radius : top + height / 2)
        drawRing(slices, x: x, y: y, radius: radius, &drawing)
        drawList(
            slices,
            left: isNarrow ? 0 : diameter + 24,
            top: isNarrow ? top + diameter + 8 : y - listHeight / 2,
            width: size.width,
            &drawing
        )
        return drawing.svg(height: top + height + 4, title: title, description: alternativeText)
    }

    public var alternativeText: String {
        guard parts.contains(where: { $0.value != nil }) else { return EmptyChart.text }
        let folded = folded
        let total = folded.reduce(0) { $0 + $1.value }
        let list = zip(folded, Self.percents(folded.map(\.value))).map { part, percent in
            "\(part.name) \(numbers.text(part.value))" + (total > 0 ? " (\(percent))" : "")
        }
        return "Donut chart, \(unit.text(total, numbers)) in all. " + list.joined(separator: "; ") + "."
    }

    // MARK: Parts

    private struct Slice {
        let name: String
        let value: Double
        let percent: String
        let color: RGBColor
    }

    private struct Folded {
        let name: String
        let value: Double
        let tone: SeriesTone
        let isOthers: Bool
    }

    private var folded: [Folded] {
        let all = parts.map { part in
            Folded(name: part.name, value: clean(part.value), tone: part.tone, isOthers: false)
        }
        if isOrdered && all.count <= 8 { return all }
        let order = all.indices.sorted { (-all[$0].value, $0) < (-all[$1].value, $1) }
        guard all.count > limit else { return order.map { all[$0] } }
        let rest = order.dropFirst(limit - 1)
        let others = Folded(
            name: "Others (\(NumberStyle.count.text(Double(rest.count))))",
            value: rest.reduce(0) { $0 + all[$1].value },
            tone: .comparison,
            isOthers: true
        )
        return order.prefix(limit - 1).map { all[$0] } + [others]
    }

    private func clean(_ value: Double?) -> Double { value.map { $0.isFinite ? max($0, 0) : 0 } ?? 0 }

    private func slices(_ theme: ChartTheme) -> [Slice] {
        let folded = folded
        let colors = theme.colors(folded.map(\.tone), isOrdered: isOrdered)
        let percents = Self.percents(folded.map(\.value))
        return folded.indices.map {
            Slice(name: folded[$0].name, value: folded[$0].value, percent: percents[$0], color: colors[$0])
        }
    }

    /// Whole percents that add up to 100 (largest remainder). What is there but rounds to nothing is "<1 %", what is not all ">99 %".
    static func percents(_ values: [Double]) -> [String] {
        let total = values.reduce(0, +)
        guard total > 0 else { return values.map { _ in "–" } }
        let shares = values.map { $0 / total * 100 }
        var whole = shares.map { Int($0.rounded(.down)) }
        let missing = 100 - whole.reduce(0, +)
        let order = shares.indices.sorted {
            (-(shares[$0] - Double(whole[$0])), $0) < (-(shares[$1] - Double(whole[$1])), $1)
        }
        for index in order.prefix(max(missing, 0)) { whole[index] += 1 }
        return zip(values, whole).map { value, percent in
            (value > 0 && percent == 0 ? "<1" : value < total && percent == 100 ? ">99" : String(percent)) + "\u{A0}%"
        }
    }

    // MARK: Shapes

    private static let row = 19.0

    private func drawRing(_ slices: [Slice], x: Double, y: Double, radius: Double, _ drawing: inout Drawing) {
        let hole = radius * 0.64
        let total = slices.reduce(0) { $0 + $1.value }
        let drawn = slices.filter { $0.value > 0 }
        if drawn.count <= 1 {
            drawing.circle(x: x, y: y, radius: radius, fill: drawn.first?.color ?? drawing.theme.grid)
        } else {
            var from = 0.0
            for slice in drawn {
                let to = from + slice.value / total
                var path = PathData()
                func edge(_ share: Double, _ distance: Double) -> (Double, Double) {
                    let angle = share * 2 * .pi
                    return (x + distance * sin(angle), y - distance * cos(angle))
                }
                let isLarge = to - from > 0.5
                let (a, b, c, d) = (edge(from, radius), edge(to, radius), edge(to, hole), edge(from, hole))
                path.move(a.0, a.1)
                path.arc(radius: radius, isLarge: isLarge, clockwise: true, b.0, b.1)
                path.line(c.0, c.1)
                path.arc(radius: hole, isLarge: isLarge, clockwise: false, d.0, d.1)
                path.close()
                drawing.fill(path, slice.color)
                from = to
            }
            // Seams over the finished ring, so that a slice loses the same on both sides.
            var seams = PathData()
            var share = 0.0
            for slice in drawn {
                let angle = share * 2 * .pi
                seams.move(x + hole * sin(angle), y - hole * cos(angle))
                seams.line(x + radius * sin(angle), y - radius * cos(angle))
                share += slice.value / total
            }
            drawing.stroke(seams, drawing.theme.surface, width: drawn.count > 12 ? 0.5 : 1.25)
        }
        drawing.circle(x: x, y: y, radius: hole, fill: drawing.theme.surface)
        let sum = Label(numbers.text(total), fitting: hole * 1.8, size: 17, weight: .semibold)
        let word = Label(total == 1 ? unit.one : unit.many, fitting: hole * 1.6)
        drawing.text(sum, x: x, y: word.text.isEmpty ? y + 6 : y + 2, anchor: .middle, fill: drawing.theme.ink)
        drawing.text(word, x: x, y: y + 17, anchor: .middle)
    }

    private func drawList(
        _ slices: [Slice],
        left: Double,
        top: Double,
        width: Double,
        _ drawing: inout Drawing
    ) {
        let values = slices.map { Label(numbers.text($0.value), weight: .semibold) }
        let percents = slices.map { Label($0.percent) }
        let valueRoom = (values.map(\.width).max() ?? 0) + 12
        let percentRoom = (percents.map(\.width).max() ?? 0) + 10
        let nameLeft = left + 14
        let nameRoom = max(width - nameLeft - valueRoom - percentRoom, 0)
        let names = slices.map { Label($0.name, fitting: nameRoom) }
        // The columns stand together: a number far from its name is hard to follow.
        let valueRight = nameLeft + (names.map(\.width).max() ?? 0) + valueRoom
        for index in slices.indices {
            let y = top + Double(index) * Self.row + Self.row / 2
            drawing.rect(x: left, y: y - 4, width: 8, height: 8, fill: slices[index].color)
            drawing.text(names[index], x: nameLeft, y: y + 4, fill: drawing.theme.ink)
            drawing.text(values[index], x: valueRight, y: y + 4, anchor: .end, fill: drawing.theme.ink)
            drawing.text(percents[index], x: valueRight + percentRoom, y: y + 4, anchor: .end)
        }
    }
}
