import Charts
import DomainModel

/// Section 6.
enum BacklinkWords {
    /// Beyond this many, links are listed in the portal alone: 500 fill 25 pages.
    static let most = 500

    static func section(_ facts: BacklinkFacts, _ pen: Pen) -> DrawnSection {
        DrawnSection(
            finding(facts, pen.period),
            [
                Block.tiles(tiles(facts, pen)), Block.charts(charts(facts, pen)), orders(facts),
            ] + links(facts, pen)
        )
    }

    static func finding(_ facts: BacklinkFacts, _ period: ReportPeriod) -> String {
        let (built, lost) = (facts.built.now, facts.lost.now)
        var text =
            built == 0
            ? "No link was delivered \(period.within)"
            : "\(English.sentence(English.things(built, "link"))) \(built == 1 ? "was" : "were") delivered, \(English.spelled(facts.builtIndexed)) of them \(facts.builtIndexed == 1 ? "is" : "are") indexed"
        if built > 0, facts.builtIndexed == built {
            text =
                "\(English.sentence(English.things(built, "link"))) \(built == 1 ? "was delivered, and is" : "were delivered, all of them") indexed"
        }
        text += lost == 0 ? "; none was lost" : "; \(English.spelled(lost)) \(lost == 1 ? "was" : "were") lost"
        return text + "."
    }

    private static func tiles(_ facts: BacklinkFacts, _ pen: Pen) -> [Block.Tile] {
        let budget = facts.budget
        var tiles = [
            pen.tile("Links delivered", facts.built), pen.tile("Links live", facts.live),
            Block.Tile(
                "Spent on links",
                English.money(budget.spent),
                budget.planned.map { "of \(English.money($0))" } ?? "no budget agreed",
                budget.planned.map { budget.spent.minor > $0.minor } == true ? .bad : .plain
            ),
        ]
        if let quality = facts.quality {
            tiles.append(Block.Tile("Average quality", English.decimal(quality), "of 100, of new links"))
        } else if let domains = facts.referringDomains {
            tiles.append(pen.tile("Referring domains", domains))
        }
        return tiles
    }

    private static func charts(_ facts: BacklinkFacts, _ pen: Pen) -> [View] {
        var charts: [View] = []
        let trend = facts.trend
        let isWhole = trend.allSatisfy { ($0.domainRating?.scale ?? 0) == 0 }
        if trend.count > 1, trend.contains(where: { $0.domainRating != nil }), let rating = facts.domainRating {
            charts.append(
                pen.chart(
                    LineChart(
                        title: Finding.change(
                            of: "Domain Rating",
                            from: trend.first?.domainRating?.approximate,
                            to: rating.now.approximate,
                            numbers: isWhole ? .count : .decimal(1),
                            told: .absolute
                        ),
                        series: [.init("DR", trend.map { .init($0.day.chartDay, $0.domainRating?.approximate) })],
                        numbers: isWhole ? .count : .decimal(1)
                    ),
                    isHalf: true,
                    caveat: "Domain Rating by Ahrefs"
                )
            )
        }
        if trend.count > 1, let domains = facts.referringDomains {
            charts.append(
                pen.chart(
                    LineChart(
                        title: Finding.change(
                            of: "Referring domains",
                            from: trend.first?.referringDomains.map(Double.init),
                            to: Double(domains.now),
                            told: .absolute
                        ),
                        series: [
                            .init("Domains", trend.map { .init($0.day.chartDay, $0.referringDomains.map(Double.init)) })
                        ],
                        fill: .area
                    ),
                    isHalf: true,
                    caveat: "By Ahrefs"
                )
            )
        }
        if let chart = distribution(facts, pen) { charts.append(chart) }
        return charts
    }

    private static func distribution(_ facts: BacklinkFacts, _ pen: Pen) -> View? {
        let known = facts.ratings.filter { $0.from != nil }
        guard known.contains(where: { $0.live + $0.built > 0 }) else { return nil }
        let byStart = Dictionary(known.map { ($0.from ?? 0, $0) }) { first, _ in first }
        let steps = Array(stride(from: 0, through: known.compactMap(\.from).max() ?? 0, by: 10))
        let names = steps.map { $0 == 90 ? "90–100" : "\($0)–\($0 + 9)" }
        let live = steps.map { byStart[$0]?.live ?? 0 }
        return pen.chart(
            BarChart(
                title: Finding.largest(
                    zip(names, live).filter { $1 > 0 }.map { ("DR \($0)", Double($1)) },
                    of: "Live links",
                    unit: ChartUnit("link", "links")
                ),
                subtitle: "Links by the Domain Rating of where they stand",
                categories: .steps(names),
                series: [
                    .init("Live", live.map(Double.init)),
                    .init("Delivered \(pen.period.within)", steps.map { Double(byStart[$0]?.built ?? 0) }),
                ],
                arrangement: .grouped
            ),
            height: 150
        )
    }

    private static func orders(_ facts: BacklinkFacts) -> View? {
        Block.table(
            "Orders and their invoices",
            [
                .init("Order", 10), .init("Package", 24), .init("Delivered", 14, isRight: true),
                .init("Live", 10, isRight: true), .init("Indexed", 10, isRight: true),
                .init("Charged", 16, isRight: true), .init("Invoice", 16, isRight: true),
            ],
            facts.orders.map { order in
                [
                    Block.Cell(String(order.number)), Block.Cell(English.word(order.package)),
                    Block.Cell("\(English.count(order.delivered)) of \(English.count(order.agreed))"),
                    Block.Cell(English.count(order.live)), Block.Cell(English.count(order.indexed)),
                    Block.Cell(English.money(order.charged)), Block.Cell(order.invoiceNumber ?? "not yet"),
                ]
            }
        )
    }

    /// By order, so that each link ties to its invoice (spec 11.11).
    private static func links(_ facts: BacklinkFacts, _ pen: Pen) -> [View?] {
        var groups: [(order: Int64?, links: [BacklinkFacts.Link])] = []
        for link in facts.links.prefix(most) {
            if let index = groups.firstIndex(where: { $0.order == link.orderNumber }) {
                groups[index].links.append(link)
            } else {
                groups.append((link.orderNumber, [link]))
            }
        }
        let more =
            facts.links.count > most
            ? "And \(English.count(facts.links.count - most)) more, which the portal lists." : nil
        return groups.enumerated().map { index, group in
            Block.table(
                heading(group.links, of: group.order),
                [
                    .init("Where it stands", 30), .init("Words", 26), .init("Leads to", 22),
                    .init("DR", 7, isRight: true),
                    .init("State", 15, isRight: true),
                ],
                group.links.map { link in
                    [
                        Block.Cell(English.shortened(link.sourceDomain, 60), href: link.sourceURL),
                        Block.Cell(English.shortened(link.anchor, 60), isName: true),
                        Block.Cell(English.shortened(English.page(link.targetURL, of: pen.domain), 60)),
                        Block.Cell(link.rating.map(String.init) ?? "–"), state(link),
                    ]
                },
                more: index == groups.count - 1 ? more : nil
            )
        }
    }

    private static func heading(_ links: [BacklinkFacts.Link], of order: Int64?) -> String {
        let count = "\(English.sentence(English.things(links.count, "link"))) delivered"
        guard let order else { return count }
        return "\(count) under order \(order)" + (links[0].invoiceNumber.map { ", invoice \($0)" } ?? "")
    }

    private static func state(_ link: BacklinkFacts.Link) -> Block.Cell {
        switch link.status {
        case "live": Block.Cell(link.isIndexed ? "Indexed" : "Live", tone: link.isIndexed ? .good : .plain)
        case "lost": Block.Cell("Lost", tone: .bad)
        case "rejected": Block.Cell("Refused", tone: .bad)
        default: Block.Cell("Being checked")
        }
    }
}
