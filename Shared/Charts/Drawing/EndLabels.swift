/// Names beside the ends of lines and layers, moved apart so that none covers another.
struct EndLabels {
    struct Entry {
        /// Where the line ends.
        let y: Double
        let name: Label
        let value: Label
        let color: RGBColor
    }

    /// Pixels from one label to the next.
    static let pitch = 14.0
    private static let gap = 4.0
    /// From the end of the data to the label.
    private static let lead = 12.0

    /// How wide a name may be in a chart of a width.
    static func nameRoom(_ width: Double) -> Double { min(max(width * 0.26, 110), width * 0.36) }

    /// How many there is room for.
    static func capacity(_ height: Double) -> Int { max(1, Int(height / pitch) + 1) }

    /// The room they need to the right of the data.
    static func room(_ entries: [Entry]) -> Double {
        guard let widest = entries.map(width).max() else { return 0 }
        return lead + widest
    }

    private static func width(_ entry: Entry) -> Double {
        entry.name.width + entry.value.width
            + (entry.name.text.isEmpty || entry.value.text.isEmpty ? 0 : gap)
    }

    /// - Parameters:
    ///   - x: where the data end.
    ///   - bounds: the top and the bottom of the data.
    static func draw(_ entries: [Entry], x: Double, within bounds: ClosedRange<Double>, in drawing: inout Drawing) {
        let sorted = entries.indices.sorted { (entries[$0].y, $0) < (entries[$1].y, $1) }.map { entries[$0] }
        let places = spread(sorted.map(\.y), pitch: pitch, within: bounds)
        for (entry, place) in zip(sorted, places) {
            if abs(place - entry.y) > 3 {
                var path = PathData()
                path.move(x + 4, entry.y)
                path.line(x + lead - 3, place)
                drawing.stroke(path, drawing.theme.baseline, width: 0.75)
            }
            var start = x + lead
            drawing.text(entry.name, x: start, y: place + 4, fill: drawing.theme.text(entry.color))
            if !entry.name.text.isEmpty { start += entry.name.width + gap }
            drawing.text(entry.value, x: start, y: place + 4, fill: drawing.theme.ink)
        }
    }

    /// Moves ascending places apart, as little as it takes, and keeps them within bounds.
    static func spread(_ places: [Double], pitch: Double, within bounds: ClosedRange<Double>) -> [Double] {
        guard !places.isEmpty else { return [] }
        var moved = places.map { min(max($0, bounds.lowerBound), bounds.upperBound) }
        // Neighbours that touch form a group that stays centred on what its members wanted.
        var groups: [(start: Double, wanted: [Double])] = []
        for place in moved {
            groups.append((place, [place]))
            while groups.count > 1 {
                let (above, below) = (groups[groups.count - 2], groups[groups.count - 1])
                guard above.start + Double(above.wanted.count) * pitch > below.start + 1e-9 else { break }
                let wanted = above.wanted + below.wanted
                let mean = wanted.reduce(0, +) / Double(wanted.count)
                let length = Double(wanted.count - 1) * pitch
                let start = min(
                    max(mean - length / 2, bounds.lowerBound),
                    max(bounds.lowerBound, bounds.upperBound - length)
                )
                groups.removeLast(2)
                groups.append((start, wanted))
            }
        }
        moved = groups.flatMap { group in group.wanted.indices.map { group.start + Double($0) * pitch } }
        return moved
    }
}
