/// Makes the colours of series out of a brand's.
enum Palette {
    /// A colour of the same hue that stands out from a surface: as little lighter or darker as it needs to be.
    /// - Parameter contrast: the least ratio (WCAG 2.2): 3 for shapes, 4.5 for text.
    static func legible(_ color: RGBColor, on surface: RGBColor, contrast: Double) -> RGBColor {
        if color.contrast(with: surface) >= contrast { return color }
        let start = OKLab(color)
        let darker = surface.luminance > 0.18
        for step in 1...100 {
            let lightness = start.lightness + Double(darker ? -step : step) / 100
            guard (0...1).contains(lightness) else { break }
            let candidate = OKLab(parts: SIMD3(lightness, start.parts.y, start.parts.z)).nearest
            if candidate.contrast(with: surface) >= contrast { return candidate }
        }
        return darker ? RGBColor(red: 0, green: 0, blue: 0) : .white
    }

    /// Colours for things without an order: the brand's first, then, one after another, whichever candidate can best be
    /// told from all before, by the eye that has most trouble with it. Shades of one hue count for less than they differ:
    /// most eyes take them for steps of one thing.
    /// - Parameter apart: colours that are used beside these, such as the grey of "others".
    static func categories(
        brand: [RGBColor],
        count: Int,
        on surface: RGBColor,
        apart: [RGBColor],
        lightnesses: [Double]
    ) -> [RGBColor] {
        var chosen: [RGBColor] = []
        let avoided = apart.map(SeenColor.init)
        var distances: [Double] = []
        let candidates = Self.candidates(on: surface, lightnesses: lightnesses)
        let seen = candidates.map(SeenColor.init)
        distances = seen.map { candidate in avoided.map { candidate.difference(from: $0) }.min() ?? .infinity }
        func take(_ color: RGBColor) {
            chosen.append(color)
            let taken = SeenColor(color)
            for index in seen.indices { distances[index] = min(distances[index], seen[index].difference(from: taken)) }
        }
        for color in brand.prefix(count) {
            let color = legible(color, on: surface, contrast: 3)
            let isOwn = chosen.allSatisfy { $0.distanceToAnyEye(from: color) >= leastBrandDistance }
            if isOwn { take(color) }
        }
        while chosen.count < count, let best = distances.indices.max(by: { distances[$0] < distances[$1] }) {
            take(candidates[best])
        }
        return chosen
    }

    /// Steps of one hue for things with an order, the strongest first. Each still stands out from the surface.
    static func steps(of color: RGBColor, count: Int, on surface: RGBColor) -> [RGBColor] {
        guard count > 1 else { return Array(repeating: color, count: count) }
        let (hue, chroma) = (OKLab(color).hue, OKLab(color).chroma)
        let isDark = surface.luminance <= 0.18
        let strongest = isDark ? 0.92 : 0.32
        let faintest = OKLab(
            legible(
                OKLab(lightness: isDark ? 0.46 : 0.72, chroma: chroma, hue: hue).nearest,
                on: surface,
                contrast: 3
            )
        ).lightness
        return (0..<count).map { index in
            let lightness = strongest + (faintest - strongest) * Double(index) / Double(count - 1)
            let color = OKLab(lightness: lightness, chroma: min(chroma, 0.16), hue: hue).nearest
            return legible(color, on: surface, contrast: 3)
        }
    }

    /// Two colours of a brand that some eye sees nearer than this are one colour to it.
    private static let leastBrandDistance = 0.12

    /// 20 hues (dark yellows, which are olive or brown, left out), two strengths and a few lightnesses: of about 200 colours those that stand out.
    private static func candidates(on surface: RGBColor, lightnesses: [Double]) -> [RGBColor] {
        var candidates: [RGBColor] = []
        for lightness in lightnesses {
            for hue in stride(from: 0.0, to: 360, by: 15) {
                if (50...115).contains(hue) && lightness < 0.6 { continue }
                for chroma in [0.16, 0.11] {
                    let color = OKLab(lightness: lightness, chroma: chroma, hue: hue).nearest
                    if color.contrast(with: surface) >= 3 { candidates.append(color) }
                }
            }
        }
        return candidates
    }
}
