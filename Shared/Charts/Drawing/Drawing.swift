/// Which point of a text its x names.
enum TextAnchor: String {
    case start, middle, end
}

/// Collects the elements of a chart. Only what WeasyPrint draws: presentation attributes, no ids (several charts share a
/// page), no transparency, no clipping.
struct Drawing {
    let theme: ChartTheme
    let width: Double
    private var elements = ""

    init(_ theme: ChartTheme, width: Double) {
        self.theme = theme
        self.width = width
        elements.reserveCapacity(4_096)
    }

    mutating func text(_ label: Label, x: Double, y: Double, anchor: TextAnchor = .start, fill: RGBColor? = nil) {
        guard !label.text.isEmpty else { return }
        elements += "<text"
        attribute("x", x)
        attribute("y", y)
        if anchor != .start { attribute("text-anchor", anchor.rawValue) }
        if label.size != Label.regularSize { attribute("font-size", label.size) }
        if label.weight == .semibold { attribute("font-weight", "600") }
        if let fill, fill != theme.mutedInk { attribute("fill", fill.description) }
        elements += ">"
        elements.append(escaped: label.text)
        elements += "</text>"
    }

    mutating func line(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        stroke: RGBColor,
        width: Double = 1
    ) {
        elements += "<line"
        attribute("x1", x1)
        attribute("y1", y1)
        attribute("x2", x2)
        attribute("y2", y2)
        attribute("stroke", stroke.description)
        if width != 1 { attribute("stroke-width", width) }
        elements += "/>"
    }

    mutating func rect(x: Double, y: Double, width: Double, height: Double, fill: RGBColor) {
        guard width > 0, height > 0 else { return }
        elements += "<rect"
        attribute("x", x)
        attribute("y", y)
        attribute("width", width)
        attribute("height", height)
        attribute("fill", fill.description)
        elements += "/>"
    }

    mutating func circle(x: Double, y: Double, radius: Double, fill: RGBColor) {
        elements += "<circle"
        attribute("cx", x)
        attribute("cy", y)
        attribute("r", radius)
        attribute("fill", fill.description)
        elements += "/>"
    }

    mutating func fill(_ path: PathData, _ color: RGBColor) {
        guard !path.text.isEmpty else { return }
        elements += "<path"
        attribute("d", path.text)
        attribute("fill", color.description)
        elements += "/>"
    }

    mutating func stroke(_ path: PathData, _ color: RGBColor, width: Double, isDashed: Bool = false) {
        guard !path.text.isEmpty else { return }
        elements += "<path"
        attribute("d", path.text)
        attribute("fill", "none")
        attribute("stroke", color.description)
        attribute("stroke-width", width)
        attribute("stroke-linejoin", "round")
        if isDashed { attribute("stroke-dasharray", "4 3") } else { attribute("stroke-linecap", "round") }
        elements += "/>"
    }

    /// The whole `<svg>`, to be put into HTML as it is.
    func svg(height: Double, title: String, description: String) -> String {
        var svg = ""
        svg.reserveCapacity(elements.utf8.count + 1_024)
        svg += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
        svg.append(coordinate: width)
        svg += "\" height=\""
        svg.append(coordinate: height)
        svg += "\" viewBox=\"0 0 "
        svg.append(coordinate: width)
        svg += " "
        svg.append(coordinate: height)
        svg += "\" role=\"img\" aria-label=\""
        svg.append(escaped: title)
        svg += "\" font-family=\"" + Self.families + "\" font-size=\""
        svg.append(coordinate: Label.regularSize)
        svg += "\" fill=\"" + theme.mutedInk.description + "\"><title>"
        svg.append(escaped: title)
        svg += "</title><desc>"
        svg.append(escaped: description)
        svg += "</desc>"
        svg += elements
        svg += "</svg>"
        return svg
    }

    /// Without a space after the comma: WeasyPrint takes it for a part of the name.
    private static let families = "Inter,Noto Sans Arabic,Noto Sans CJK SC,Noto Sans,DejaVu Sans,sans-serif"

    private mutating func attribute(_ name: String, _ value: Double) {
        elements += " "
        elements += name
        elements += "=\""
        elements.append(coordinate: value)
        elements += "\""
    }

    /// - Parameter value: needs no escaping.
    private mutating func attribute(_ name: String, _ value: String) {
        elements += " "
        elements += name
        elements += "=\""
        elements += value
        elements += "\""
    }
}
