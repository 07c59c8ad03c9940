import Charts
import DomainModel

/// What all sections of one report are written with: the facts, the theme of the charts, the words for its periods.
struct Pen {
    let data: ReportData
    let theme: ChartTheme

    var period: ReportPeriod { data.period }
    var domain: String { data.subject.domain }

    init(_ data: ReportData, _ design: ReportDesign) {
        self.data = data
        theme = Brand.theme(design)
    }

    private init(plain data: ReportData) {
        self.data = data
        theme = Self.plainTheme
    }

    /// For words alone, where nothing is drawn.
    static func plain(_ data: ReportData) -> Pen { Pen(plain: data) }

    private static let plainTheme = ChartTheme(brand: [], appearance: .light)

    /// `+12.2 % on September`: at most 24 characters.
    func relative(_ comparison: Comparison) -> String {
        guard let before = comparison.before, let change = comparison.change else { return "first figures" }
        if change == 0 { return "as \(period.withinBefore)" }
        guard before > 0, abs(change) < before * 10 else { return "\(English.count(before)) \(period.withinBefore)" }
        let text = English.percent(change, of: before)
        return (change > 0 ? "+" : "") + text + " on " + period.previous.short
    }

    /// `Clicks rose by 12.2 % to 12,480`: the caption of a chart, as the sentences beside it say it.
    func moved(_ name: String, _ comparison: Comparison) -> String {
        let now = English.count(comparison.now)
        guard let before = comparison.before, let change = comparison.change, before > 0 else {
            return "\(name): \(now)"
        }
        if change == 0 { return "\(name) held at \(now)" }
        return "\(name) \(change > 0 ? "rose" : "fell") by \(English.percent(abs(change), of: before)) to \(now)"
    }

    /// `+19 on September`.
    func absolute(_ comparison: Comparison) -> String {
        guard let change = comparison.change else { return "first figures" }
        return change == 0 ? "as \(period.withinBefore)" : English.signed(change) + " on " + period.previous.short
    }

    func absolute(_ comparison: DecimalComparison) -> String {
        guard let before = comparison.before else { return "first figures" }
        let change = English.tenths(comparison.now) - English.tenths(before)
        if change == 0 { return "as \(period.withinBefore)" }
        return (change > 0 ? "+" : "−") + tenthsText(abs(change)) + " on " + period.previous.short
    }

    func tenthsText(_ tenths: Int) -> String {
        English.decimal(Ratio(unscaled: Int64(tenths), scale: 1) ?? .zero)
    }

    func tile(
        _ label: String,
        _ comparison: Comparison,
        relative isRelative: Bool = false,
        moreIsBetter: Bool = true
    )
        -> Block.Tile
    {
        Block.Tile(
            label,
            English.count(comparison.now),
            isRelative ? relative(comparison) : absolute(comparison),
            Block.Tone(of: comparison.change, moreIsBetter: moreIsBetter)
        )
    }

    /// A chart with its caption, drawn for the theme.
    func chart(_ chart: some Chart, isHalf: Bool = false, height: Double? = nil, caveat: String? = nil) -> View {
        let size = ChartSize(
            width: (isHalf ? ChartSize.half : ChartSize.full).width,
            height: height ?? (isHalf ? 150 : 170),
            hasCaption: true
        )
        return .sparse(
            [
                "chart_title": .text(chart.title), "svg": .text(chart.svg(theme, size: size)),
                "is_half": .flag(if: isHalf), "caveat": .text(ifAny: caveat),
            ]
        )
    }
}

extension CalendarDay {
    var chartDay: ChartDay { ChartDay(daysSinceEpoch: daysSinceEpoch) }
}

extension Ratio {
    /// For drawing only.
    var approximate: Double {
        var divisor = 1.0
        for _ in 0..<scale { divisor *= 10 }
        return Double(unscaled) / divisor
    }
}

/// The brand's colours as the document uses them.
enum Brand {
    static let darkPaper = RGBColor("#12171e")

    static func theme(_ design: ReportDesign) -> ChartTheme {
        let colors = [design.primaryColor, design.secondaryColor].compactMap { RGBColor($0) }
        return design.theme == .dark
            ? ChartTheme(brand: colors, appearance: .dark, surface: darkPaper)
            : ChartTheme(brand: colors, appearance: .light)
    }

    static func view(_ design: ReportDesign, client: String) -> View {
        let primary = RGBColor(design.primaryColor) ?? RGBColor(red: 0x1F, green: 0x3A, blue: 0x5F)
        let dark = ChartTheme(brand: [primary], appearance: .dark, surface: darkPaper)
        let light = ChartTheme(brand: [primary], appearance: .light)
        let website = design.websiteURL.flatMap { $0.hasPrefix("http") ? $0 : nil }
        return .sparse(
            [
                "name": .text(design.brandName), "logo": design.logo.map { .text("asset:" + $0.sha256) },
                "primary": .text(primary.description), "primary_text": .text(text(on: primary)),
                "primary_on_light": .text(light.text(primary).description),
                "primary_on_dark": .text(dark.text(primary).description),
                "secondary": .text((RGBColor(design.secondaryColor) ?? primary).description),
                "contact_email": .text(ifAny: design.contactEmail), "contact_phone": .text(ifAny: design.contactPhone),
                "website": website.flatMap { .text(ifAny: bare($0)) }, "website_url": .text(ifAny: website),
                "footer_text": .text(
                    design.footerText.isEmpty
                        ? English.shortened("Prepared by \(design.brandName) for \(client)", 150) : design.footerText
                ),
            ]
        )
    }

    /// White where it can be read, else black.
    static func text(on color: RGBColor) -> String {
        let white = RGBColor(red: 255, green: 255, blue: 255)
        return color.contrast(with: white) >= 4.5 ? white.description : "#000000"
    }

    /// `https://brightwater.example/` as it is read.
    static func bare(_ address: String) -> String {
        var text = Substring(address)
        for scheme in ["https://", "http://", "www."] where text.hasPrefix(scheme) {
            text = text.dropFirst(scheme.count)
        }
        return String(text.hasSuffix("/") ? text.dropLast() : text)
    }
}
