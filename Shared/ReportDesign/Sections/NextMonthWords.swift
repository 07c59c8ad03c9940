import DomainModel

/// Section 9.
enum NextMonthWords {
    static func section(_ facts: NextMonthFacts, _ pen: Pen) -> DrawnSection {
        DrawnSection(
            finding(facts, pen.data.needs.count),
            [
                Block.table(
                    "Topics",
                    [.init("Topic", 50), .init("Type", 16), .init("Cluster", 22), .init("Due", 12, isRight: true)],
                    facts.topics.prefix(15).map { topic in
                        [
                            Block.Cell(topic.title, isName: true), Block.Cell(English.word(topic.structure)),
                            Block.Cell(topic.cluster, isName: true), Block.Cell(topic.dueOn?.short ?? "open"),
                        ]
                    },
                    more: facts.topics.count > 15 ? "And more, as they are planned." : nil
                ),
                Block.list(
                    facts.campaigns.isEmpty ? nil : "Links",
                    facts.campaigns.map { campaign in
                        (
                            "\(English.shortened(campaign.name, 80)): \(English.things(campaign.links, "link")) a month"
                                + (campaign.budget.map { ", within \(English.money($0))" } ?? ""),
                            campaign.targets.isEmpty
                                ? nil
                                : "To "
                                    + English.list(
                                        campaign.targets.prefix(5).map {
                                            English.shortened(English.page($0, of: pen.domain), 60)
                                        }
                                    )
                                    + (campaign.targets.count > 5
                                        ? " and \(English.things(campaign.targets.count - 5, "other page"))" : "")
                        )
                    }
                ),
                Block.list(
                    "What we need from you",
                    pen.data.needs.prefix(10).map { (NeedWords.what($0), NeedWords.by($0).map(English.sentence)) }
                ),
            ]
        )
    }

    static func finding(_ facts: NextMonthFacts, _ needs: Int) -> String {
        var parts: [String] = []
        if !facts.topics.isEmpty {
            parts.append(English.things(facts.topics.count, "article") + (facts.topics.count == 40 ? " or more" : ""))
        }
        if facts.linksPlanned > 0 { parts.append(English.things(facts.linksPlanned, "link") + " a month") }
        if facts.linksUnderWay > 0 { parts.append(English.things(facts.linksUnderWay, "link") + " under way") }
        if needs > 0 { parts.append(English.things(needs, "thing") + " we need from you") }
        return parts.isEmpty ? "Nothing is planned yet." : English.sentence(English.list(parts)) + "."
    }
}
