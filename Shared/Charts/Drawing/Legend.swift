/// A row of swatches and names, for the few charts whose shapes leave no place for names beside them.
struct Legend {
    private struct Item {
        let x: Double
        let line: Int
        let label: Label
        let color: RGBColor
    }

    private let items: [Item]
    let height: Double

    init(_ entries: [(name: String, color: RGBColor)], width: Double) {
        var items: [Item] = []
        var (x, line) = (0.0, 0)
        for entry in entries {
            let label = Label(entry.name, fitting: min(width - 13, 180))
            if x > 0 && x + 13 + label.width > width { (x, line) = (0, line + 1) }
            items.append(Item(x: x, line: line, label: label, color: entry.color))
            x += 13 + label.width + 16
        }
        self.items = items
        height = items.isEmpty ? 0 : Double(line + 1) * 16 + 6
    }

    func draw(top: Double, in drawing: inout Drawing) {
        for item in items {
            let y = top + Double(item.line) * 16
            drawing.rect(x: item.x, y: y + 1.5, width: 8, height: 8, fill: item.color)
            drawing.text(item.label, x: item.x + 13, y: y + 9.5)
        }
    }
}
