import Charts
import DomainModel

/// Section 5.
enum TrafficWords {
    static func clicks(_ facts: TrafficFacts) -> Comparison {
        Comparison(now: facts.now.clicks, before: facts.before?.clicks)
    }

    static func section(_ facts: TrafficFacts, _ pen: Pen) -> DrawnSection {
        let isWeekly = pen.period.type == .weekly
        return DrawnSection(
            finding(facts, pen.period),
            [
                Block.charts([chart(facts, pen)]), Block.table("Compared", columns, rows(facts, pen)),
                Block.table(
                    "Pages with the most clicks",
                    [
                        .init("Page", 58), .init("Clicks", 14, isRight: true), .init("Change", 14, isRight: true),
                        .init("Position", 14, isRight: true),
                    ],
                    facts.pages.prefix(isWeekly ? 5 : 8).map { page in
                        [
                            Block.Cell(
                                English.shortened(English.page(page.page, of: pen.domain), 80),
                                href: page.page
                            ),
                            Block.Cell(English.count(page.clicks.now)),
                            Block.Cell(
                                page.clicks.change.map(English.signed) ?? "–",
                                tone: Block.Tone(of: page.clicks.change)
                            ),
                            Block.Cell(page.position.map(English.decimal) ?? "–"),
                        ]
                    }
                ),
            ]
        )
    }

    static func finding(_ facts: TrafficFacts, _ period: ReportPeriod) -> String {
        var text =
            "\(English.count(facts.now.clicks)) \(facts.now.clicks == 1 ? "click" : "clicks") from Google’s results"
        var parts: [String] = []
        if let before = facts.before { parts.append(than(facts.now.clicks, before.clicks, period.withinBefore)) }
        if let year = facts.yearBefore { parts.append(than(facts.now.clicks, year.clicks, "a year before")) }
        if !parts.isEmpty { text += ": " + parts.joined(separator: ", ") }
        return text + "."
    }

    /// `12.2 % more than in September`.
    static func than(_ now: Int, _ before: Int, _ when: String) -> String {
        if now == before { return "as many as \(when)" }
        if before == 0 { return "none \(when)" }
        return "\(English.percent(abs(now - before), of: before)) \(now > before ? "more" : "fewer") than \(when)"
    }

    private static let columns: [Block.Column] = [
        .init("", 40), .init("Clicks", 15, isRight: true), .init("Impressions", 15, isRight: true),
        .init("Click rate", 15, isRight: true), .init("Position", 15, isRight: true),
    ]

    private static func rows(_ facts: TrafficFacts, _ pen: Pen) -> [[Block.Cell]] {
        func row(_ name: String, _ sum: TrafficFacts.Sum, _ days: Int) -> [Block.Cell] {
            [
                Block.Cell(sum.days < days ? "\(name) (\(sum.days) of \(days) days)" : name),
                Block.Cell(English.count(sum.clicks)), Block.Cell(English.count(sum.impressions)),
                Block.Cell(English.percent(sum.clicks, of: sum.impressions)),
                Block.Cell(sum.position.map(English.decimal) ?? "–"),
            ]
        }
        var rows = [row(pen.period.name, facts.now, pen.period.numberOfDays)]
        let (previous, year) = (pen.period.previous, pen.period.yearBefore)
        if let before = facts.before { rows.append(row(previous.name, before, previous.numberOfDays)) }
        if let before = facts.yearBefore { rows.append(row(year.name, before, year.numberOfDays)) }
        return rows
    }

    private static func chart(_ facts: TrafficFacts, _ pen: Pen) -> View {
        let shift = pen.period.previous.start.days(until: pen.period.start)
        // The days before lie below the same days of this period; a month may be longer than the one after it.
        let before = facts.daysBefore.map { LineChart.Point($0.day.adding(days: shift).chartDay, Double($0.clicks)) }
            .filter { $0.day <= pen.period.end.chartDay }
        return pen.chart(
            LineChart(
                title: pen.moved("Clicks", clicks(facts)),
                subtitle: "Clicks from Google a day",
                series: [
                    .init("This period", facts.days.map { .init($0.day.chartDay, Double($0.clicks)) })
                ] + (before.isEmpty ? [] : [.init("Before", before, tone: .comparison)]),
                fill: .area
            )
        )
    }
}
