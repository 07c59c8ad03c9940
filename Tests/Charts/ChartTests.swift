import Foundation
import Testing

@testable import Charts

@Suite("Charts") struct ChartTests {
    @Test(
        "nothing is clipped, covered, unreadable or beyond the renderer, whatever the data",
        arguments: Gallery.brands.map(\.name)
    )
    func properties(brand: String) {
        for appearance in ChartTheme.Appearance.allCases {
            let theme = Gallery.theme(brand, appearance)
            for example in Gallery.all {
                let svg = example.chart.svg(theme, size: example.size)
                let problems = ChartProblems.found(in: svg, theme: theme)
                #expect(problems.isEmpty, "\(example.name), \(appearance)")
            }
        }
    }

    @Test("the same charts fit at any width and height", arguments: [160.0, 200, 259, 260, 316, 420, 1_200])
    func sizes(width: Double) {
        let theme = Gallery.theme("none", .light)
        for height in [90.0, 140, 400] {
            for example in Gallery.all where !(example.chart is Sparkline) {
                let svg = example.chart.svg(theme, size: ChartSize(width: width, height: height))
                let problems = ChartProblems.found(in: svg, theme: theme)
                #expect(problems.isEmpty, "\(example.name) at \(width) × \(height)")
            }
        }
    }

    @Test("what the properties are checked with finds what is wrong")
    func checker() {
        let theme = Gallery.theme("none", .light)
        func problems(_ body: String) -> Int {
            let words = "<title>a</title><desc>b</desc>"
            let root = "<svg width=\"100\" height=\"50\" role=\"img\" font-size=\"11\" fill=\"#000000\">"
            return ChartProblems.found(in: root + words + body + "</svg>", theme: theme).count
        }
        #expect(problems("<text x=\"1\" y=\"20\">fine</text>") == 0)
        #expect(problems("<text x=\"1\" y=\"20\">one</text><text x=\"9\" y=\"24\">two</text>") == 1)
        #expect(problems("<text x=\"99\" y=\"20\" text-anchor=\"middle\">clipped</text>") == 1)
        #expect(problems("<text x=\"1\" y=\"20\" fill=\"#cccccc\">faint</text>") == 1)
        #expect(problems("<path d=\"M0 0L101 4Z\" fill=\"#000000\"/>") == 1)
        #expect(problems("<rect x=\"1\" y=\"1\" width=\"100\" height=\"2\"/>") == 1)
        #expect(problems("<foreignObject/>") == 1)
    }

    @Test(
        "the bytes are those of the last time",
        arguments: ["rating", "ratings", "content", "spark", "urdu", "no data"]
    )
    func golden(name: String) throws {
        let example = try #require(Gallery.all.first { $0.name == name })
        let theme = Gallery.theme("blue", .light)
        let svg = example.chart.svg(theme, size: example.size)
        #expect(svg == example.chart.svg(Gallery.theme("blue", .light), size: example.size))
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).svg")
        #expect(try svg == String(contentsOf: file, encoding: .utf8))
    }

    @Test("a chart without data says so in one line and takes no more room")
    func empty() throws {
        for name in ["no data", "nothing known", "no parts", "no stages"] {
            let example = try #require(Gallery.all.first { $0.name == name })
            let svg = SVGReader(example.chart.svg(Gallery.theme("none", .light), size: example.size))
            #expect(svg.elements.contains { $0.name == "text" && $0.content == "No data in this period." })
            #expect(svg.height < 60)
        }
    }

    @Test("names beyond the limit are added up, and every number is in the words")
    func others() {
        let chart = BarChart(
            title: "t",
            categories: .names((0..<500).map { "n\($0)" }),
            series: [.init("s", (0..<500).map { Double($0) })],
            limit: 4
        )
        let table = BarTable(chart)
        #expect(table.names == ["n499", "n498", "n497", "Others (497)"])
        #expect(table.values == [[499, 498, 497, 123_256]])
        #expect(chart.alternativeText == "Bar chart. n499 499; n498 498; n497 497; Others (497) 123k.")
    }

    @Test("percents of a ring add up to a hundred and do not lie about the last one")
    func percents() {
        #expect(DonutChart.percents([1, 1, 1]) == ["34\u{A0}%", "33\u{A0}%", "33\u{A0}%"])
        #expect(DonutChart.percents([9_999, 1]) == [">99\u{A0}%", "<1\u{A0}%"])
        #expect(DonutChart.percents([5, 0]) == ["100\u{A0}%", "0\u{A0}%"])
        #expect(DonutChart.percents([0, 0]) == ["–", "–"])
    }

    @Test("a line breaks where a day is unknown, and not where another series alone has a day")
    func gaps() {
        let days = Gallery.mondays(4)
        let table = DayTable([
            .init("a", [.init(days[0], 1), .init(days[1], nil), .init(days[2], 3), .init(days[3], 4)]),
            .init("b", [.init(days[0], 1), .init(days[3], .infinity), .init(days[2], 2)]),
        ])
        #expect(table.runs(0).map { $0.map(\.day) } == [[0], [2, 3]])
        #expect(table.runs(1).map { $0.map(\.day) } == [[0, 2]])
        #expect(table.fullRuns == [[0], [2]])
    }

    @Test("labels at the ends of lines are moved apart and stay within the chart")
    func spread() {
        for places in [[50.0], [0, 1, 2], [10, 50, 51, 90], [100, 100, 100, 100], [0, 0, 50, 100, 100]] {
            let moved = EndLabels.spread(places, pitch: 14, within: 0...100)
            #expect(moved.count == places.count)
            #expect(zip(moved, moved.dropFirst()).allSatisfy { $1 - $0 >= 14 - 1e-6 })
            #expect(moved.allSatisfy { (-1e-6...100.000_001).contains($0) })
        }
        #expect(EndLabels.spread([10, 50], pitch: 14, within: 0...100) == [10, 50])
    }

    @Test(
        "five charts of a report take a moment",
        .enabled(if: ProcessInfo.processInfo.environment["CHARTS_TIME"] != nil)
    )
    func speed() {
        let theme = Gallery.theme("blue", .light)
        let five = Gallery.reports.prefix(5)
        let time = ContinuousClock().measure {
            for _ in 0..<200 { for example in five { _ = example.chart.svg(theme, size: example.size) } }
        }
        print("five charts:", time / 200)
    }

    @Test(
        "writes the sheet that a person looks at",
        .enabled(if: ProcessInfo.processInfo.environment["CHARTS_SHEET"] != nil)
    )
    func sheet() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["CHARTS_SHEET"] ?? "")
        for appearance in ChartTheme.Appearance.allCases {
            let file = folder.appending(path: "charts-\(appearance.rawValue).html")
            try Gallery.sheet("blue", appearance).write(to: file, atomically: true, encoding: .utf8)
        }
    }
}
