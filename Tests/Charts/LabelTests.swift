import Testing

@testable import Charts

@Suite("Charts: labels") struct LabelTests {
    @Test("widths are those of the font")
    func widths() {
        // 625 + 464 thousandths of an em, of Inter's "0" and "1".
        #expect(abs(Label("01", size: 10).width - 10.89) < 1e-9)
        #expect(Label("01", size: 10, weight: .semibold).width > 10.89)
        #expect(Label("北京", size: 10).width == 20)
    }

    @Test("a label that does not fit is cut, never in the middle of a character, and fits then")
    func fitting() {
        let name = "Gesellschaft für Suchmaschinenoptimierung 👩‍👩‍👧 北京 کراچی کے بہترین"
        for room in stride(from: 0.0, through: 400, by: 3) {
            let label = Label(name, fitting: room)
            #expect(label.width <= room)
            #expect(label.text.isEmpty || label.text.contains("…") || label.width == Label(name).width)
        }
        #expect(Label("a, b", fitting: 18).text == "a…")
        let lines = Label.lines("one two three four five six", fitting: 60, atMost: 2)
        #expect(lines.count == 2 && lines.allSatisfy { $0.width <= 60 } && lines[1].text.hasSuffix("…"))
        #expect(Label.lines("18\u{A0}% more", fitting: 30, atMost: 3).first?.text == "18\u{A0}%")
    }

    @Test("letters of Arabic and Urdu are joined and stand in the order they are seen in")
    func joined() {
        func drawn(_ text: String) -> String {
            String(Label(text).text.unicodeScalars.dropFirst().dropLast().map(Character.init))
        }
        // meem-initial, tah-medial, ain-medial, meem-final; seen from the left the other way round.
        #expect(drawn("مطعم") == "\u{FEE2}\u{FECC}\u{FEC4}\u{FEE3}")
        #expect(drawn("لا") == "\u{FEFB}")
        #expect(drawn("سلام") == "\u{FEE1}\u{FEFC}\u{FEB3}")
        #expect(drawn("گھر") == "\u{FEAE}\u{FBAD}\u{FB94}")
        #expect(drawn("دُرّ") == drawn("در"))
        #expect(drawn("کے 24 گھر").contains("24"))
        #expect(drawn("(در)") == "(\u{FEAD}\u{FEA9})")
        #expect(drawn("SEO در 2026") == "SEO 2026 \u{FEAD}\u{FEA9}")
        #expect(drawn("در SEO") == "SEO \u{FEAD}\u{FEA9}")
        #expect(drawn("שלום 5.5%") == "5.5% םולש")
        #expect(Label("مطعم").text.unicodeScalars.first == "\u{202D}")
    }

    @Test("what would break the document is taken out or escaped")
    func hostile() {
        let chart = DonutChart(title: "<script>\"&\u{0}\n", parts: [.init("]]>\u{202E}evil\u{1B}", 1)])
        let svg = chart.svg(ChartTheme(brand: [], appearance: .light))
        #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;&quot;&amp;"))
        #expect(!svg.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
