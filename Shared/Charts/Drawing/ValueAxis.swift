/// The numbers at the left of a plot and the lines they stand at.
struct ValueAxis {
    let scale: NumberScale
    let isInverted: Bool
    private let labels: [Label]

    init(_ scale: NumberScale, numbers: NumberStyle, isInverted: Bool = false) {
        self.scale = scale
        self.isInverted = isInverted
        labels = numbers.axis(scale.ticks).map { Label($0) }
    }

    /// The room the labels need, with a gap.
    var room: Double { (labels.map(\.width).max() ?? 0) + 8 }

    func y(_ value: Double, in plot: Plot) -> Double {
        let place = scale.place(value)
        return isInverted ? plot.top + place * plot.height : plot.bottom - place * plot.height
    }

    func draw(in plot: Plot, _ drawing: inout Drawing) {
        drawLines(in: plot, color: drawing.theme.grid, &drawing)
        for (tick, label) in zip(scale.ticks, labels) where isShown(tick) {
            drawing.text(label, x: plot.left - 8, y: y(tick, in: plot) + 4, anchor: .end)
        }
    }

    /// The lines alone, which an area covers and which are then drawn over it once more.
    func drawLines(in plot: Plot, color: RGBColor, _ drawing: inout Drawing) {
        for tick in scale.ticks where isShown(tick) {
            let y = y(tick, in: plot)
            drawing.line(
                plot.left,
                y,
                plot.right,
                y,
                stroke: tick == 0 ? drawing.theme.baseline : color
            )
        }
    }

    /// There is no rank zero.
    private func isShown(_ tick: Double) -> Bool { !isInverted || tick > 0 }

    /// About how many steps a plot of this height has room for.
    static func steps(_ height: Double) -> Int { min(max(Int(height / 30), 2), 5) }

    /// From the bottom of a plot to the baseline of the names below it.
    static let nameDrop = 18.0
    /// From the bottom of a plot to the end of the chart.
    static let foot = 22.0
}

/// The rectangle the data are drawn in.
struct Plot {
    let left, right, top, bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
}
