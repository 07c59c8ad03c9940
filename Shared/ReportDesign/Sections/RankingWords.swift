import Charts
import DomainModel

/// Section 4.
enum RankingWords {
    static func section(_ facts: RankingFacts, _ pen: Pen) -> DrawnSection {
        let isWeekly = pen.period.type == .weekly
        let moved = facts.up.prefix(isWeekly ? 4 : 6) + facts.down.prefix(isWeekly ? 3 : 4)
        return DrawnSection(
            finding(facts, pen.period),
            [
                Block.charts(chart(facts, pen).map { [$0] } ?? []),
                Block.table(
                    "Moved most",
                    [
                        .init("Query", 58), .init("Position", 14, isRight: true), .init("Change", 14, isRight: true),
                        .init("Clicks", 14, isRight: true),
                    ],
                    moved.map { query in
                        let change = change(query)
                        return [
                            Block.Cell(English.shortened(query.query, 60), isName: true),
                            Block.Cell(query.position.map(English.decimal) ?? "–"),
                            Block.Cell(
                                (change > 0 ? "+" : "−") + pen.tenthsText(abs(change)),
                                tone: Block.Tone(of: change)
                            ),
                            Block.Cell(English.count(query.clicks)),
                        ]
                    }
                ),
                Block.list(
                    nil,
                    [
                        came("New", facts.new, facts.newCount) { $0.position },
                        came("No longer shown", facts.lost, facts.lostCount) { $0.positionBefore },
                    ].compactMap { $0 }
                ),
            ]
        )
    }

    /// Places gained, in tenths.
    static func change(_ query: RankingFacts.Query) -> Int {
        English.tenths(query.positionBefore ?? .zero) - English.tenths(query.position ?? .zero)
    }

    /// Those shown most, each with its position.
    private static func came(
        _ heading: String,
        _ queries: [RankingFacts.Query],
        _ count: Int,
        _ place: (RankingFacts.Query) -> Ratio?
    ) -> (item: String, detail: String?)? {
        guard count > 0, !queries.isEmpty else { return nil }
        let named = queries.prefix(5).map { query in
            "“\(English.shortened(query.query, 50))”" + (place(query).map { " (\(English.decimal($0)))" } ?? "")
        }
        let rest = count - named.count
        return (
            "\(heading): \(English.things(count, "query", "queries"))",
            rest > 0
                ? named.joined(separator: ", ") + " and \(English.things(rest, "more", "more"))" : English.list(named)
        )
    }

    static func finding(_ facts: RankingFacts, _ period: ReportPeriod) -> String {
        let top = facts.top10.now
        var text =
            "\(English.sentence(English.things(top, "query", "queries"))) \(top == 1 ? "stands" : "stand") in the first ten places"
        if let change = facts.top10.change {
            text +=
                change == 0
                ? ", as many as \(period.withinBefore)"
                : ", \(English.spelled(abs(change))) \(change > 0 ? "more" : "fewer") than \(period.withinBefore)"
        }
        if facts.lostCount > 0 {
            text += "; for \(English.things(facts.lostCount, "query", "queries")) the site is no longer shown"
        }
        return text + "."
    }

    private static func chart(_ facts: RankingFacts, _ pen: Pen) -> View? {
        guard facts.trend.count > 1, let first = facts.trend.first, let last = facts.trend.last else { return nil }
        func series(_ name: String, _ value: (RankingFacts.Point) -> Int) -> BarChart.Series {
            .init(name, facts.trend.map { Double(max(value($0), 0)) })
        }
        return pen.chart(
            BarChart(
                title: Finding.change(
                    of: "Queries in the first ten",
                    from: Double(first.top10),
                    to: Double(last.top10),
                    told: .absolute
                ) + " since \(first.day.medium)",
                subtitle: "Queries by their position on one day of each week",
                categories: .periods(facts.trend.map { $0.day.chartDay }, .week),
                series: [
                    series("1–10") { $0.top10 }, series("11–20") { $0.top20 - $0.top10 },
                    series("21–50") { $0.top50 - $0.top20 },
                ],
                isOrdered: true
            )
        )
    }
}
