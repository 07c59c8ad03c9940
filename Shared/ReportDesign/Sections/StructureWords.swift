import Charts
import DomainModel

/// Section 8.
enum StructureWords {
    static func section(_ facts: StructureFacts, _ pen: Pen) -> DrawnSection {
        let gaps = facts.clusters.filter { $0.gap > 0 }
        return DrawnSection(
            finding(facts),
            [
                Block.tiles([
                    Block.Tile(
                        "Authority",
                        "\(facts.authority.now) of 100",
                        pen.absolute(facts.authority),
                        Block.Tone(of: facts.authority.change)
                    ),
                    Block.Tile(
                        "Completed",
                        "\(facts.completion.now)\u{A0}%",
                        facts.completion.change.map { $0 == 0 ? "as before" : English.signed($0) + " points" } ?? "",
                        Block.Tone(of: facts.completion.change)
                    ),
                    Block.Tile("Clusters complete", "\(facts.complete) of \(facts.clusters.count)"),
                    Block.Tile("Pages missing", English.count(facts.clusters.reduce(0) { $0 + $1.gap })),
                ]),
                Block.charts(chart(facts, pen).map { [$0] } ?? []),
                Block.table(
                    gaps.isEmpty ? nil : "Gaps: what the structure still lacks",
                    [.init("Cluster", 36), .init("Its hub", 44), .init("Pages", 20, isRight: true)],
                    gaps.prefix(5).map { cluster in
                        [
                            Block.Cell(English.shortened(cluster.name, 60), isName: true),
                            Block.Cell(English.shortened(cluster.hubTitle, 70), isName: true),
                            Block.Cell("\(cluster.published) of \(cluster.pages)"),
                            Block.Cell(English.count(cluster.gap)),
                        ]
                    },
                    more: gaps.count > 5 ? "And \(English.things(gaps.count - 5, "cluster")) more." : nil
                ),
            ]
        )
    }

    static func finding(_ facts: StructureFacts) -> String {
        let missing = facts.clusters.reduce(0) { $0 + $1.gap }
        let authority = "Authority stands at \(facts.authority.now) of 100"
        let change =
            facts.authority.change.map {
                $0 == 0 ? "" : ", \(English.spelled(abs($0))) \($0 > 0 ? "more" : "fewer") than before"
            } ?? ""
        return authority + change
            + (missing == 0
                ? "; no page is missing."
                : "; \(English.things(missing, "planned page")) \(missing == 1 ? "is" : "are") not published yet.")
    }

    private static func chart(_ facts: StructureFacts, _ pen: Pen) -> View? {
        guard facts.clusters.count > 1 else { return nil }
        return pen.chart(
            BarChart(
                title: Finding.reached(
                    Double(facts.complete),
                    of: Double(facts.clusters.count),
                    unit: ChartUnit("cluster", "clusters"),
                    "complete"
                ),
                subtitle: "Pages of each cluster",
                categories: .names(facts.clusters.map(\.name)),
                series: [
                    .init("Published", facts.clusters.map { Double(min($0.published, $0.pages)) }),
                    .init("Missing", facts.clusters.map { Double($0.gap) }, tone: .comparison),
                ],
                limit: 8
            )
        )
    }
}
