@testable import Charts

/// What must hold for every chart, whatever its data.
enum ChartProblems {
    static func found(in svg: String, theme: ChartTheme) -> [String] {
        let reader = SVGReader(svg)
        var problems: [String] = []
        let (width, height) = (reader.width, reader.height)
        for (x, y, what) in reader.points where !(x >= -0.01 && x <= width + 0.01 && y >= -0.01 && y <= height + 0.01) {
            problems.append("\(what) at \(x), \(y) is outside \(width) × \(height)")
        }
        let texts = reader.texts
        for (index, box) in texts.enumerated() {
            if !(box.left >= -0.6 && box.right <= width + 0.6 && box.top >= -0.01 && box.bottom <= height + 0.01) {
                problems.append("“\(box.what)” is clipped: \(box.left)…\(box.right), \(box.top)…\(box.bottom)")
            }
            for other in texts[(index + 1)...] where box.overlaps(other) {
                problems.append("“\(box.what)” covers “\(other.what)”")
            }
        }
        for element in reader.elements {
            if !["svg", "title", "desc", "text", "rect", "circle", "line", "path"].contains(element.name) {
                problems.append("<\(element.name)> is not drawn by the renderer")
            }
            for name in element.attributes.keys
            where ["id", "style", "class", "href", "filter", "opacity"].contains(name) {
                problems.append("attribute \(name)")
            }
            if element.name == "text", let fill = element.attributes["fill"] ?? reader.root.attributes["fill"],
                let color = RGBColor(fill), color.contrast(with: theme.surface) < 4.5
            {
                problems.append("“\(element.content)” in \(fill) has contrast \(color.contrast(with: theme.surface))")
            }
        }
        let title = reader.elements.first { $0.name == "title" }?.content ?? ""
        let description = reader.elements.first { $0.name == "desc" }?.content ?? ""
        if title.isEmpty || description.isEmpty { problems.append("no words for those who cannot see it") }
        if reader.root.attributes["role"] != "img" { problems.append("no role") }
        return problems
    }
}
