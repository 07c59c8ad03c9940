/// What stands over a chart: its finding, and below it what is shown and in what.
struct Header {
    private let title: [Label]
    private let subtitle: [Label]

    init(title: String, subtitle: String?, size: ChartSize) {
        self.title =
            size.hasCaption ? [] : Label.lines(title, fitting: size.width, atMost: 3, size: 14, weight: .semibold)
        self.subtitle = subtitle.map { Label.lines($0, fitting: size.width, atMost: 2) } ?? []
    }

    var height: Double {
        Double(title.count) * Self.titleLine + Double(subtitle.count) * Self.subtitleLine
            + (title.isEmpty && subtitle.isEmpty ? 0 : 10)
    }

    func draw(in drawing: inout Drawing) {
        var top = 0.0
        for line in title {
            drawing.text(line, x: 0, y: top + 13, fill: drawing.theme.ink)
            top += Self.titleLine
        }
        for line in subtitle {
            drawing.text(line, x: 0, y: top + 11)
            top += Self.subtitleLine
        }
    }

    private static let titleLine = 18.0
    private static let subtitleLine = 15.0
}
