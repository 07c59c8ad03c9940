import Testing

@testable import Charts

@Suite("Charts: colours") struct ColorTests {
    @Test("contrast is WCAG's, and OKLab there and back is the same colour")
    func known() throws {
        let (black, blue) = (try #require(RGBColor("#000")), try #require(RGBColor("1a73e8")))
        #expect(abs(black.contrast(with: .white) - 21) < 1e-9)
        #expect(abs(try #require(RGBColor("#767676")).contrast(with: .white) - 4.54) < 0.01)
        #expect(blue.description == "#1a73e8" && OKLab(blue).nearest == blue)
        #expect(abs(OKLab(.white).lightness - 1) < 1e-3 && OKLab(.white).chroma < 1e-3)
        for wrong in ["", "#12", "#12345g", "#1234567", "１２３"] { #expect(RGBColor(wrong) == nil) }
    }

    @Test("red and green are far apart to most, and near to those without one kind of cone")
    func blindness() throws {
        let (red, green) = (try #require(RGBColor("#c0392b")), try #require(RGBColor("#5a7a1e")))
        #expect(red.distance(from: green, to: .normal) > 0.2)
        #expect(red.distanceToAnyEye(from: green) < 0.1)
    }

    @Test(
        "of any brand: shapes stand out, text reads, series can be told apart by every eye",
        arguments: Gallery.brands.map(\.name)
    )
    func themes(brand: String) {
        for appearance in ChartTheme.Appearance.allCases {
            let theme = Gallery.theme(brand, appearance)
            let series = theme.categories + [theme.neutral, theme.alert]
            for color in series + theme.steps(6) {
                #expect(color.contrast(with: theme.surface) >= 3)
                #expect(theme.text(color).contrast(with: theme.surface) >= 4.5)
            }
            #expect(theme.ink.contrast(with: theme.surface) >= 7)
            #expect(theme.mutedInk.contrast(with: theme.surface) >= 4.5)
            // A just noticeable difference is 0.02. Five series, with "others", are clearly apart; all eight still are.
            #expect(least(theme.categories.prefix(5) + [theme.neutral]) > 0.08, "\(appearance)")
            #expect(least(theme.categories + [theme.neutral]) > 0.06, "\(appearance)")
            #expect(least([theme.accent, theme.neutral, theme.alert]) >= 0.07, "\(appearance)")
            #expect(least(theme.steps(4)) >= 0.05, "\(appearance)")
        }
    }

    private func least(_ colors: [RGBColor]) -> Double {
        var least = 1.0
        for (index, color) in colors.enumerated() {
            for other in colors[(index + 1)...] { least = min(least, color.distanceToAnyEye(from: other)) }
        }
        return least
    }
}
