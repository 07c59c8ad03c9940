/// The colours of a report's charts, made of a brand's once a report. A pure function of what it is made of.
public struct ChartTheme: Hashable, Sendable {
    /// Whether the page is light or dark.
    public enum Appearance: String, CaseIterable, Sendable { case light, dark }

    public let appearance: Appearance
    /// The colour of the page; the charts do not paint it.
    public let surface: RGBColor
    /// Titles and values.
    public let ink: RGBColor
    /// Names, ticks and notes; still 4.5 to 1.
    public let mutedInk: RGBColor
    /// Lines behind the data.
    public let grid: RGBColor
    /// The line a bar stands on.
    public let baseline: RGBColor
    /// "Others", and the period before.
    public let neutral: RGBColor
    /// Errors and losses, where they are a series of their own.
    public let alert: RGBColor
    /// Eight colours for series, the brand's first.
    public let categories: [RGBColor]

    /// The brand's first colour, made to stand out from the page.
    public var accent: RGBColor { categories[0] }

    /// - Parameters:
    ///   - brand: the brand's colours, the main one first. Without any, a blue.
    ///   - surface: the page's colour where it is not white or near black.
    public init(brand: [RGBColor], appearance: Appearance, surface: RGBColor? = nil) {
        let isLight = appearance == .light
        let paper = surface ?? (isLight ? .white : RGBColor(red: 0x14, green: 0x17, blue: 0x1C))
        let ink = isLight ? RGBColor(red: 0x1B, green: 0x1F, blue: 0x24) : RGBColor(red: 0xEE, green: 0xF0, blue: 0xF3)
        self.appearance = appearance
        self.surface = paper
        self.ink = Palette.legible(ink, on: paper, contrast: 7)
        mutedInk = Palette.legible(ink.mixed(with: paper, 0.36), on: paper, contrast: 4.6)
        grid = paper.mixed(with: ink, 0.1)
        baseline = paper.mixed(with: ink, 0.42)
        let first = brand.first ?? RGBColor(red: 0x1F, green: 0x6F, blue: 0xEB)
        let accent = Palette.legible(first, on: paper, contrast: isLight ? 3 : 4.5)
        // A brand that is grey itself, or as light, must not look like "others".
        neutral = Self.farthest(
            [0.5, 0.4, 0.25, 0.1].map { Palette.legible(ink.mixed(with: paper, $0), on: paper, contrast: 3) },
            from: [accent],
            enough: 0.12
        )
        alert = Self.alert(apart: [accent, neutral], on: paper, isLight: isLight)
        categories = Palette.categories(
            brand: [accent] + brand.dropFirst(),
            count: 8,
            on: paper,
            apart: [neutral],
            lightnesses: isLight ? [0.42, 0.5, 0.58, 0.66] : [0.6, 0.68, 0.76, 0.84]
        )
    }

    /// A colour's own shade for text: 4.5 to 1 on the page.
    public func text(_ color: RGBColor) -> RGBColor { Palette.legible(color, on: surface, contrast: 4.5) }

    /// Steps of the accent for things with an order, the strongest first.
    public func steps(_ count: Int) -> [RGBColor] { Palette.steps(of: accent, count: count, on: surface) }

    /// A wash of a colour for large areas under a line.
    func wash(_ color: RGBColor) -> RGBColor { surface.mixed(with: color, appearance == .light ? 0.13 : 0.22) }

    /// Lines over such a wash.
    func gridOnWash(_ color: RGBColor) -> RGBColor { wash(color).mixed(with: ink, 0.1) }

    /// Lines that only say what is usual.
    var context: RGBColor { surface.mixed(with: ink, 0.24) }

    /// Vermilion, or what a brand that is red itself leaves.
    private static func alert(apart: [RGBColor], on surface: RGBColor, isLight: Bool) -> RGBColor {
        let candidates = [40.0, 25, 60, 350, 85, 310].map { hue in
            Palette.legible(
                OKLab(lightness: isLight ? 0.6 : 0.72, chroma: 0.18, hue: hue).nearest,
                on: surface,
                contrast: 3
            )
        }
        return farthest(candidates, from: apart, enough: 0.12)
    }

    /// The first candidate that differs enough from others, or the one that differs most.
    private static func farthest(_ candidates: [RGBColor], from others: [RGBColor], enough: Double) -> RGBColor {
        let distances = candidates.map { color in others.map { color.distanceToAnyEye(from: $0) }.min() ?? 1 }
        let fit = distances.firstIndex { $0 >= enough }
        let best = distances.indices.max { distances[$0] < distances[$1] }
        return candidates[fit ?? best ?? 0]
    }
}
