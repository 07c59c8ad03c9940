/// A chart that can be drawn as SVG: a pure function of its data, the theme and the size.
public protocol Chart: Sendable {
    /// The finding: what the reader should take away. It stands over the chart and is its name to a screen reader.
    var title: String { get }
    /// What the chart shows, in words, for those who cannot see it.
    var alternativeText: String { get }

    /// Draws it.
    /// - Parameter size: in CSS pixels. Charts made of rows take the height their rows need instead of the given one,
    ///   and a chart without data only that of its one line.
    /// - Returns: an `<svg>` to be put into HTML as it is: no ids, no styles, no references.
    func svg(_ theme: ChartTheme, size: ChartSize) -> String
}

/// Width and height in CSS pixels.
public struct ChartSize: Hashable, Sendable {
    public let width: Double
    public let height: Double
    /// Whether the document writes the title itself, above the chart: then it is only the SVG's name.
    public let hasCaption: Bool

    public init(width: Double, height: Double, hasCaption: Bool = false) {
        self.width = max(width, 160)
        self.height = max(height, 90)
        self.hasCaption = hasCaption
    }

    /// Of a chart without labels, which may be as small as it likes.
    init(exactWidth: Double, height: Double) {
        width = exactWidth
        self.height = height
        hasCaption = false
    }

    /// Across an A4 page with margins of 18 mm.
    public static let full = ChartSize(width: 656, height: 220)
    /// Two beside one another.
    public static let half = ChartSize(width: 316, height: 200)
}

/// What a series is to the reader, which decides its colour.
public enum SeriesTone: Hashable, Sendable {
    /// The next colour of the theme.
    case automatic
    /// The period before, or a plan: grey, and dashed as a line.
    case comparison
    /// Errors and losses.
    case alert
}

extension Chart {
    /// A chart without data: its title, and one line that says so.
    func empty(_ theme: ChartTheme, width: Double, header: Header) -> String {
        var drawing = Drawing(theme, width: width)
        header.draw(in: &drawing)
        drawing.text(Label(EmptyChart.text, fitting: width), x: 0, y: header.height + 9)
        return drawing.svg(height: header.height + 16, title: title, description: EmptyChart.text)
    }
}

enum EmptyChart {
    static let text = "No data in this period."
}

extension ChartTheme {
    /// The colours of series in their order; those without a role of their own take the theme's one after another.
    /// - Parameter isOrdered: whether they are steps of one scale, the strongest first.
    func colors(_ tones: [SeriesTone], isOrdered: Bool) -> [RGBColor] {
        let plain = tones.count { $0 == .automatic }
        let scale = isOrdered ? steps(plain) : (0..<plain).map { $0 < categories.count ? categories[$0] : neutral }
        var next = 0
        return tones.map { tone in
            switch tone {
            case .comparison: return neutral
            case .alert: return alert
            case .automatic:
                defer { next += 1 }
                return scale[next]
            }
        }
    }
}
