@testable import Charts

/// Reads back what a chart drew, without knowing how it was meant.
struct SVGReader {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// Of a `<text>`, `<title>` or `<desc>`.
        let content: String

        func number(_ name: String) -> Double? { attributes[name].flatMap(Double.init) }
    }

    struct Box {
        let left, top, right, bottom: Double
        let what: String

        func overlaps(_ other: Box) -> Bool {
            left < other.right - 0.01 && other.left < right - 0.01 && top < other.bottom - 0.01
                && other.top < bottom - 0.01
        }
    }

    let elements: [Element]
    var root: Element { elements[0] }
    var width: Double { root.number("width") ?? -1 }
    var height: Double { root.number("height") ?? -1 }

    init(_ svg: String) {
        var elements: [Element] = []
        for piece in svg.split(separator: "<") where !piece.hasPrefix("/") {
            let parts = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
            guard let head = parts.first else { continue }
            let name = head.prefix { $0 != " " && $0 != "/" }
            var attributes: [String: String] = [:]
            let quoted = head.dropFirst(name.count).split(separator: "\"", omittingEmptySubsequences: false)
            for index in stride(from: 0, to: quoted.count - 1, by: 2) {
                let key = quoted[index].drop { $0 == " " }.dropLast()
                attributes[String(key)] = String(quoted[index + 1])
            }
            elements.append(
                Element(
                    name: String(name),
                    attributes: attributes,
                    content: Self.plain(parts.last.map(String.init) ?? "")
                )
            )
        }
        self.elements = elements
    }

    /// Where each text stands, measured as the renderer measures it.
    var texts: [Box] {
        elements.filter { $0.name == "text" }.map { element in
            let size = element.number("font-size") ?? root.number("font-size") ?? 0
            let weight: LabelWeight = element.attributes["font-weight"] == "600" ? .semibold : .regular
            let width = Label(measured: element.content, size: size, weight: weight).width
            let x = element.number("x") ?? .nan
            let y = element.number("y") ?? .nan
            let left =
                switch element.attributes["text-anchor"] {
                case "middle": x - width / 2
                case "end": x - width
                default: x
                }
            return Box(
                left: left,
                top: y - size * Label.ascent,
                right: left + width,
                bottom: y + size * Label.descent,
                what: element.content
            )
        }
    }

    /// Every point that shapes are drawn through.
    var points: [(x: Double, y: Double, what: String)] {
        var points: [(x: Double, y: Double, what: String)] = []
        for element in elements {
            func add(_ x: Double?, _ y: Double?) { points.append((x ?? .nan, y ?? .nan, element.name)) }
            switch element.name {
            case "rect":
                let (x, y) = (element.number("x") ?? .nan, element.number("y") ?? .nan)
                add(x, y)
                add(x + (element.number("width") ?? .nan), y + (element.number("height") ?? .nan))
            case "circle":
                let (x, y, r) = (
                    element.number("cx") ?? .nan, element.number("cy") ?? .nan, element.number("r") ?? .nan
                )
                add(x - r, y - r)
                add(x + r, y + r)
            case "line":
                add(element.number("x1"), element.number("y1"))
                add(element.number("x2"), element.number("y2"))
            case "path": points += Self.points(of: element.attributes["d"] ?? "").map { ($0.0, $0.1, "path") }
            default: break
            }
        }
        return points
    }

    private static func points(of path: String) -> [(Double, Double)] {
        var points: [(Double, Double)] = []
        var command: Character = " "
        var numbers: [Double] = []
        var text = ""
        func endNumber() {
            if !text.isEmpty { numbers.append(Double(text) ?? .nan) }
            text = ""
        }
        func endCommand() {
            endNumber()
            if numbers.count >= 2 { points.append((numbers[numbers.count - 2], numbers[numbers.count - 1])) }
            let wanted = command == "A" ? 7 : command == "M" || command == "L" ? 2 : 0
            if command != " ", numbers.count != wanted { points.append((.nan, .nan)) }
            numbers = []
        }
        for character in path {
            if character.isLetter {
                endCommand()
                command = character
            } else if character == " " {
                endNumber()
            } else {
                text.append(character)
            }
        }
        endCommand()
        return points
    }

    private static func plain(_ text: String) -> String {
        var plain = text
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
            plain = plain.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
        }
        return plain
    }
}
