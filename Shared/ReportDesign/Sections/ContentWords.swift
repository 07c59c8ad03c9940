import DomainModel

/// Section 2.
enum ContentWords {
    static func section(_ facts: ContentFacts, _ pen: Pen) -> DrawnSection {
        let number = facts.published.now
        var tiles = [
            Block.Tile(
                "Published",
                facts.due.map { "\(English.count(number)) of \(English.count(max($0, number)))" }
                    ?? English.count(number),
                facts.overdue > 0 ? "\(English.count(facts.overdue)) behind" : pen.absolute(facts.published),
                facts.overdue > 0 ? .bad : Block.Tone(of: facts.published.change)
            ),
            pen.tile("Words", facts.words), pen.tile("Images", facts.images),
        ]
        if facts.inReview > 0 {
            tiles.append(Block.Tile("Waiting for review", English.count(facts.inReview), "now"))
        }
        return DrawnSection(
            finding(facts, pen.period),
            [
                Block.tiles(tiles),
                Block.table(
                    number > 0 ? "Published \(pen.period.within)" : nil,
                    [
                        .init("Title", 56), .init("Type", 16), .init("Words", 14, isRight: true),
                        .init("Published", 14, isRight: true),
                    ],
                    facts.articles.map { article in
                        [
                            Block.Cell(article.title, href: article.url, isName: true),
                            Block.Cell(English.word(article.structure)), Block.Cell(English.count(article.words)),
                            Block.Cell(article.publishedOn.short),
                        ]
                    }
                ),
            ]
        )
    }

    static func finding(_ facts: ContentFacts, _ period: ReportPeriod) -> String {
        let number = facts.published.now
        let articles = English.sentence(English.things(number, "article"))
        var text =
            "\(articles) with \(English.count(facts.words.now)) words \(number == 1 ? "was" : "were") published"
        if number == 0 { text = "No article was published" }
        if let due = facts.due {
            text +=
                facts.overdue == 0
                ? ": all \(due == 1 ? "that was" : "that were") due"
                : "; \(English.spelled(facts.overdue)) of the \(English.spelled(due)) that were due \(facts.overdue == 1 ? "is" : "are") behind"
        }
        if facts.inReview > 0 {
            text += "; \(English.spelled(facts.inReview)) \(facts.inReview == 1 ? "waits" : "wait") for review"
        }
        return text + "."
    }
}
