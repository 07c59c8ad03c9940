import Testing

@testable import Charts

@Suite("Charts: numbers, days and findings") struct ScaleTests {
    @Test("ticks are multiples of 1, 2, 2.5 or 5 and hold the data")
    func ticks() {
        let ends = [-1e12, -84_000, -7, -0.3, 0, 0.0004, 0.034, 1, 3, 42, 99, 1_234, 12_400, 3.2e9, 1e21]
        for low in ends {
            for high in ends where high >= low {
                for origin in [NumberScale.Origin.zero, .free, .tight] {
                    for whole in [true, false] {
                        let scale = NumberScale(from: low, to: high, origin: origin, steps: 4, whole: whole)
                        let step = scale.ticks[1] - scale.ticks[0]
                        var mantissa = step
                        while mantissa >= 9.999_999 { mantissa /= 10 }
                        while mantissa < 0.999_999 { mantissa *= 10 }
                        #expect([1, 2, 2.5, 5].contains { abs($0 - mantissa) < 1e-4 } || abs(step / low) < 1e-9)
                        #expect(scale.low <= low + step * 1e-8 && scale.high >= high - step * 1e-8)
                        #expect((2...8).contains(scale.ticks.count))
                        if origin == .zero { #expect(scale.low <= 0 && scale.high >= 0) }
                        if whole { #expect(step >= 1) }
                    }
                }
            }
        }
        #expect(NumberScale(from: 0, to: 0.3, origin: .zero, steps: 3, whole: false).ticks == [0, 0.1, 0.2, 0.3])
    }

    @Test("a small movement is shown on an axis of its own, but not blown up")
    func cropped() {
        #expect(NumberScale(from: 39, to: 42, origin: .free, steps: 4, whole: true).low >= 30)
        let barely = NumberScale(from: 1_000, to: 1_001, origin: .free, steps: 4, whole: true)
        #expect(barely.high - barely.low >= 150)
        #expect(NumberScale(from: 10, to: 42, origin: .free, steps: 4, whole: true).low == 0)
        #expect(NumberScale(from: 39, to: 42, origin: .zero, steps: 4, whole: true).low == 0)
    }

    @Test("numbers are written as people write them")
    func numbers() {
        #expect(NumberStyle.count.text(12_400) == "12,400")
        #expect(NumberStyle.count.text(-1_234_567) == "−1.23M")
        #expect(NumberStyle.count.text(99_999.6) == "100k")
        #expect(NumberStyle.count.text(999_950) == "1M")
        #expect(NumberStyle.count.text(3.2e21) == "3.2e21")
        #expect(NumberStyle.count.text(.nan) == "–")
        #expect(NumberStyle.decimal(1).text(-0.04) == "0.0")
        #expect(NumberStyle.percent.text(0.034) == "3.4\u{A0}%")
        #expect(NumberStyle.percent.text(0.000_2) == "0.02\u{A0}%")
        #expect(NumberStyle.percent.text(1e-9) == "<0.001\u{A0}%")
        #expect(NumberStyle.money(sign: "$", places: 2).text(124_050) == "$1,241")
        #expect(NumberStyle.money(sign: "$", places: 2).text(-1_250) == "−$12.50")
        #expect(NumberStyle.money(sign: "¥", places: 0).text(1_250) == "¥1,250")
        #expect(NumberStyle.count.axis([0, 5_000, 10_000, 15_000]) == ["0", "5k", "10k", "15k"])
        #expect(NumberStyle.count.axis([0, 2_500, 5_000, 7_500, 10_000]) == ["0", "2.5k", "5k", "7.5k", "10k"])
        #expect(NumberStyle.count.axis([0, 500, 1_000, 1_500]) == ["0", "500", "1,000", "1,500"])
        #expect(NumberStyle.percent.axis([0, 0.025, 0.05]) == ["0\u{A0}%", "2.5\u{A0}%", "5.0\u{A0}%"])
        #expect(NumberStyle.money(sign: "$", places: 2).axis([-100_000, 0]) == ["−$1,000", "$0"])
    }

    @Test("days are marked by day, week, month or year, and the year stands where it is new")
    func days() {
        func ticks(_ days: [ChartDay], _ room: Double = 560) -> [String] {
            DayScale(days, room: room, margin: -30...room + 30).ticks.map(\.label.text)
        }
        let first = ChartDay(2026, 8, 3)
        #expect(ticks(Gallery.mondays(5)) == ["3 Aug", "10 Aug", "17 Aug", "24 Aug", "31 Aug"])
        #expect(ticks(Gallery.mondays(13), 280) == ["3 Aug", "31 Aug", "28 Sep", "26 Oct"])
        let months = (0..<14).map { ChartDay(2025 + ($0 + 8) / 12, ($0 + 8) % 12 + 1, 1) }
        #expect(ticks(months) == ["Sep 2025", "Nov", "Jan 2026", "Mar", "May", "Jul", "Sep"])
        let decades = [ChartDay(1990, 5, 5), ChartDay(2026, 1, 1)]
        #expect(ticks(decades) == ["1995", "2000", "2005", "2010", "2015", "2020", "2025"])
        #expect(ticks([first]) == ["3 Aug 2026"])
        for count in 1...400 {
            let days = (0..<count).map { ChartDay(daysSinceEpoch: first.daysSinceEpoch + $0) }
            #expect((1...9).contains(ticks(days).count))
        }
        for day in stride(from: -800_000, through: 800_000, by: 997) {
            let (year, month, date) = ChartDay(daysSinceEpoch: day).civil
            #expect(ChartDay(year, month, date).daysSinceEpoch == day)
        }
    }

    @Test("a title says what moved, from the data alone")
    func change() {
        let visits = ChartUnit("visit", "visits")
        func traffic(_ old: Double?, _ new: Double?) -> String {
            Finding.change(of: "Traffic", from: old, to: new, unit: visits)
        }
        #expect(traffic(10_508, 12_400) == "Traffic grew 18\u{A0}% to 12,400 visits")
        #expect(traffic(1_000, 990) == "Traffic fell 1\u{A0}% to 990 visits")
        #expect(traffic(1_000, 1_016) == "Traffic grew 1.6\u{A0}% to 1,016 visits")
        #expect(traffic(90_000, 90_001) == "Traffic held at 90,001 visits")
        #expect(traffic(2, 1) == "Traffic fell 50\u{A0}% to 1 visit")
        #expect(traffic(10, 125) == "Traffic grew 13-fold to 125 visits")
        #expect(traffic(0, 12) == "Traffic rose from 0 to 12 visits")
        #expect(traffic(12, 0) == "Traffic fell from 12 to 0 visits")
        #expect(traffic(7, 7) == "Traffic held at 7 visits")
        #expect(traffic(nil, 7) == "Traffic: 7 visits")
        #expect(traffic(7, nil) == "Traffic: no data in this period")
        #expect(
            Finding.change(of: "Position", from: 12.4, to: 9.8, numbers: .decimal(1), told: .rank)
                == "Position improved from 12.4 to 9.8"
        )
        #expect(Finding.change(of: "DR", from: 39, to: 42, told: .absolute) == "DR rose by 3 to 42")
        #expect(
            Finding.change(of: "CTR", from: 0.024, to: 0.034, numbers: .percent) == "CTR rose by 1 point to 3.4\u{A0}%"
        )
    }

    @Test("a title says what is largest and how far things got")
    func share() {
        let links = ChartUnit("link", "links")
        #expect(Finding.largest([("a", 3), ("b", 9)], of: "Links", unit: links) == "Links: b leads with 9 of 12 links")
        #expect(Finding.largest([("a", 3), ("b", 3)], of: "Links") == "Links: a and 1 more lead with 3 each")
        #expect(Finding.largest([("a", 0), ("b", 9)], of: "Links", unit: links) == "Links: all 9 links in b")
        #expect(Finding.largest([("a", 0)], of: "Links") == "Links: none in this period")
        #expect(Finding.largest([], of: "Links") == "Links: no data in this period")
        #expect(Finding.reached(31, of: 48, unit: links, "indexed") == "31 of 48 links (65\u{A0}%) are indexed")
        #expect(Finding.reached(1, of: 48, unit: links, "indexed") == "1 of 48 links (2.1\u{A0}%) is indexed")
        #expect(Finding.reached(48, of: 48, unit: links, "indexed") == "All 48 links are indexed")
        #expect(Finding.reached(0, of: 3, unit: links, "indexed") == "None of 3 links are indexed")
        #expect(Finding.reached(0, of: 0, unit: links, "indexed") == "No links in this period")
    }
}
