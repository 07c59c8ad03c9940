import Charts
import DomainModel

/// Section 3.
enum IndexingWords {
    static func section(_ facts: IndexingFacts, _ pen: Pen) -> DrawnSection {
        var tiles = [
            pen.tile("Indexed", facts.indexed), pen.tile("Pending", facts.pending, moreIsBetter: false),
            pen.tile("With an error", facts.error, moreIsBetter: false),
        ]
        if let days = facts.medianDays {
            tiles.append(
                Block.Tile(
                    "Median wait",
                    days == 1 ? "1 day" : "\(English.count(days)) days",
                    "publication to index"
                )
            )
        }
        return DrawnSection(
            finding(facts),
            [
                Block.tiles(tiles), Block.charts(chart(facts, pen).map { [$0] } ?? []),
                Block.table(
                    "Pages with an error",
                    [.init("Page", 46), .init("What Google says", 36), .init("Inspected", 18, isRight: true)],
                    facts.errors.prefix(12).map { page in
                        [
                            Block.Cell(English.shortened(English.page(page.url, of: pen.domain), 70), href: page.url),
                            Block.Cell(page.coverage ?? "No reason given"),
                            Block.Cell(page.inspectedOn?.short ?? "–"),
                        ]
                    },
                    more: facts.error.now > 12 && facts.errors.count > 12
                        ? "The 12 inspected last, of \(English.count(facts.error.now))." : nil
                ),
            ]
        )
    }

    static func finding(_ facts: IndexingFacts) -> String {
        let all = facts.indexed.now + facts.pending.now + facts.error.now
        var text =
            "\(English.count(facts.indexed.now)) of \(English.count(all)) \(all == 1 ? "page is" : "pages are") in Google’s index"
        if facts.newlyIndexed > 0 { text += ", \(English.spelled(facts.newlyIndexed)) of them new" }
        if facts.error.now > 0 {
            text += "; \(English.spelled(facts.error.now)) \(facts.error.now == 1 ? "has" : "have") an error"
        }
        return text + "."
    }

    private static func chart(_ facts: IndexingFacts, _ pen: Pen) -> View? {
        guard facts.trend.count > 1, let first = facts.trend.first, let last = facts.trend.last else { return nil }
        func series(
            _ name: String,
            _ tone: SeriesTone = .automatic,
            _ value: (IndexingFacts.Point) -> Int
        )
            -> LineChart.Series
        {
            .init(name, facts.trend.map { .init($0.day.chartDay, Double(value($0))) }, tone: tone)
        }
        return pen.chart(
            LineChart(
                title: Finding.change(
                    of: "Indexed pages",
                    from: Double(first.indexed),
                    to: Double(last.indexed),
                    told: .absolute
                ) + " since \(first.day.medium)",
                series: [
                    series("Indexed") { $0.indexed }, series("Pending", .comparison) { $0.pending },
                    series("Error", .alert) { $0.error },
                ],
                fill: .stacked
            )
        )
    }
}
