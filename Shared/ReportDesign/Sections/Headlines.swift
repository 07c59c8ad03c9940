import DomainModel

/// The figures of the first pages: tiles, key wins, and all of them with what they were.
enum Headlines {
    /// Four, or as many as there are.
    static func tiles(_ pen: Pen) -> [Block.Tile] {
        let data = pen.data
        var tiles: [Block.Tile] = []
        if let traffic = data.traffic?.facts {
            tiles.append(pen.tile("Clicks", TrafficWords.clicks(traffic), relative: true))
        }
        if let rankings = data.rankings?.facts { tiles.append(pen.tile("Queries in the first ten", rankings.top10)) }
        if let links = data.backlinks?.facts {
            if let rating = links.domainRating {
                tiles.append(
                    Block.Tile(
                        "Domain Rating by Ahrefs",
                        English.decimal(rating.now),
                        pen.absolute(rating),
                        tone(rating)
                    )
                )
            }
            tiles.append(
                Block.Tile(
                    "Links live",
                    English.count(links.live.now),
                    "+\(English.count(links.built.now)) new, \(English.count(links.lost.now)) lost",
                    links.lost.now > links.built.now ? .bad : .plain
                )
            )
        }
        if let content = data.content?.facts, tiles.count < 4 {
            tiles.append(pen.tile("Articles published", content.published))
        }
        if let indexing = data.indexing?.facts, tiles.count < 4 {
            tiles.append(pen.tile("Pages indexed", indexing.indexed))
        }
        if let social = data.social?.facts, tiles.count < 4 {
            tiles.append(pen.tile("Engagement", social.engagement, relative: true))
        }
        return Array(tiles.prefix(4))
    }

    static func tone(_ rating: DecimalComparison) -> Block.Tone {
        Block.Tone(of: rating.before.map { rating.now < $0 ? -1 : rating.now > $0 ? 1 : 0 })
    }

    static func section(_ pen: Pen) -> DrawnSection? {
        let wins = wins(pen)
        let rows = rows(pen)
        guard !rows.isEmpty || !wins.isEmpty else {
            return DrawnSection(empty: "There are no figures for this period yet.")
        }
        let finding =
            wins.isEmpty
            ? "All figures of the period beside those of the one before."
            : "\(English.sentence(English.things(wins.count, "thing"))) went well; all figures stand beside those of the period before."
        let previous = pen.period.previous
        return DrawnSection(
            finding,
            [
                Block.list("Key wins", wins),
                Block.table(
                    "All figures",
                    [
                        .init("Figure", 40), .init(nowHeading(pen.period), 20, isRight: true),
                        .init(previous.type == .weekly ? "Week before" : previous.name, 20, isRight: true),
                        .init("Change", 20, isRight: true),
                    ],
                    rows
                ),
            ]
        )
    }

    private static func nowHeading(_ period: ReportPeriod) -> String {
        period.type == .weekly ? "This week" : period.name
    }

    /// What went well, with its figure; at most five.
    static func wins(_ pen: Pen) -> [(item: String, detail: String?)] {
        let data = pen.data
        var wins: [(item: String, detail: String?)] = []
        if let rankings = data.rankings?.facts, let best = rankings.up.first, let place = best.position,
            let before = best.positionBefore
        {
            wins.append(
                (
                    "“\(English.shortened(best.query, 60))” moved from position \(English.decimal(before)) to \(English.decimal(place))",
                    "Google showed it \(times(best.impressions)) \(pen.period.within), for \(English.things(best.clicks, "click"))."
                )
            )
        }
        if let traffic = data.traffic?.facts, let change = TrafficWords.clicks(traffic).change, change > 0,
            let before = traffic.before, before.clicks > 0
        {
            wins.append(
                (
                    "\(English.count(traffic.now.clicks)) clicks from Google, \(English.percent(change, of: before.clicks)) more than \(pen.period.withinBefore)",
                    traffic.yearBefore.map {
                        "A year before it was \(English.count($0.clicks))."
                    }
                )
            )
        }
        if let links = data.backlinks?.facts, links.built.now > 0 {
            wins.append(
                (
                    "\(English.sentence(English.things(links.built.now, "link"))) delivered, \(English.spelled(links.builtIndexed)) of them indexed",
                    invoices(links.orders.compactMap(\.invoiceNumber))
                )
            )
        }
        if let content = data.content?.facts, content.published.now > 0 {
            wins.append(
                (
                    "\(English.sentence(English.things(content.published.now, "article"))) published, \(English.count(content.words.now)) words",
                    nil
                )
            )
        }
        if let rating = data.backlinks?.facts?.domainRating, let before = rating.before, rating.now > before {
            wins.append(
                ("Domain Rating rose from \(English.decimal(before)) to \(English.decimal(rating.now))", "By Ahrefs.")
            )
        }
        return wins
    }

    /// What the deliverables tie to (spec 11.11).
    private static func invoices(_ numbers: [String]) -> String? {
        guard !numbers.isEmpty else { return nil }
        if numbers.count > 4 { return "Under \(English.things(numbers.count, "invoice")), named with the orders." }
        return "Under \(numbers.count == 1 ? "invoice" : "invoices") \(English.list(numbers))."
    }

    static func times(_ count: Int) -> String { count == 1 ? "once" : "\(English.count(count)) times" }

    private static func rows(_ pen: Pen) -> [[Block.Cell]] {
        let data = pen.data
        var rows: [[Block.Cell]] = []
        func row(_ name: String, _ comparison: Comparison, moreIsBetter: Bool = true) {
            rows.append([
                Block.Cell(name), Block.Cell(English.count(comparison.now)),
                Block.Cell(comparison.before.map(English.count) ?? "–"),
                Block.Cell(
                    comparison.change.map(English.signed) ?? "–",
                    tone: Block.Tone(of: comparison.change, moreIsBetter: moreIsBetter)
                ),
            ])
        }
        func row(_ name: String, _ comparison: DecimalComparison, moreIsBetter: Bool = true) {
            let change = comparison.before.map { English.tenths(comparison.now) - English.tenths($0) }
            rows.append([
                Block.Cell(name), Block.Cell(English.decimal(comparison.now)),
                Block.Cell(comparison.before.map { English.decimal($0) } ?? "–"),
                Block.Cell(
                    change.map { ($0 > 0 ? "+" : $0 < 0 ? "−" : "±") + pen.tenthsText(abs($0)) } ?? "–",
                    tone: Block.Tone(of: change, moreIsBetter: moreIsBetter)
                ),
            ])
        }
        if let traffic = data.traffic?.facts {
            row("Clicks", TrafficWords.clicks(traffic))
            if let position = traffic.now.position {
                row(
                    "Average position",
                    DecimalComparison(now: position, before: traffic.before?.position),
                    moreIsBetter: false
                )
            }
        }
        if let rankings = data.rankings?.facts { row("Queries in the first ten", rankings.top10) }
        if let indexing = data.indexing?.facts { row("Pages indexed", indexing.indexed) }
        if let content = data.content?.facts {
            row("Articles published", content.published)
        }
        if let links = data.backlinks?.facts {
            row("Links delivered", links.built)
            row("Links live", links.live)
            if let rating = links.domainRating { row("Domain Rating by Ahrefs", rating) }
            if let domains = links.referringDomains { row("Referring domains", domains) }
        }
        if let social = data.social?.facts { row("Engagement on social platforms", social.engagement) }
        if let structure = data.sagHealth?.facts { row("Authority, of 100", structure.authority) }
        return rows
    }
}
