import Charts
import DomainModel

/// Section 7.
enum SocialWords {
    static func section(_ facts: SocialFacts, _ pen: Pen) -> DrawnSection {
        DrawnSection(
            finding(facts),
            [
                Block.charts(chart(facts, pen).map { [$0] } ?? []),
                Block.table(
                    "Posts by platform",
                    [
                        .init("Platform", 32), .init("Posts", 14, isRight: true),
                        .init("Impressions", 18, isRight: true),
                        .init("Engagement", 18, isRight: true), .init("Change", 18, isRight: true),
                    ],
                    facts.platforms.map { platform in
                        [
                            Block.Cell(name(platform.platform)), Block.Cell(English.count(platform.posts)),
                            Block.Cell(English.count(platform.impressions)),
                            Block.Cell(English.count(platform.engagement.now)),
                            Block.Cell(
                                platform.engagement.change.map(English.signed) ?? "–",
                                tone: Block.Tone(of: platform.engagement.change)
                            ),
                        ]
                    }
                ),
                Block.table(
                    "Posts with the most engagement",
                    [
                        .init("Post", 58), .init("Where and when", 24),
                        .init("Engagement", 18, isRight: true),
                    ],
                    facts.top.prefix(4).map { post in
                        [
                            Block.Cell(
                                English.shortened(post.text.isEmpty ? "Without words" : post.text, 90),
                                href: post.url,
                                isName: true
                            ),
                            Block.Cell("\(name(post.platform)), \(post.postedOn.short)"),
                            Block.Cell(English.count(post.engagement)),
                        ]
                    }
                ),
            ]
        )
    }

    static func finding(_ facts: SocialFacts) -> String {
        let posts = facts.posts.now
        var text =
            "\(English.sentence(English.things(posts, "post"))); \(English.count(facts.engagement.now)) \(facts.engagement.now == 1 ? "reaction" : "reactions")"
        if let first = facts.platforms.first, facts.platforms.count > 1, first.engagement.now > 0 {
            text += ", most of them on \(name(first.platform))"
        }
        if facts.failed > 0 { text += "; \(English.things(facts.failed, "post")) could not be posted" }
        return text + "."
    }

    static func name(_ platform: String) -> String {
        [
            "linkedin": "LinkedIn", "x": "X", "tiktok": "TikTok", "youtube": "YouTube", "facebook": "Facebook",
            "instagram": "Instagram", "pinterest": "Pinterest",
        ][platform] ?? English.word(platform)
    }

    private static func chart(_ facts: SocialFacts, _ pen: Pen) -> View? {
        guard facts.engagement.now > 0, facts.platforms.count > 1 else { return nil }
        return pen.chart(
            BarChart(
                title: pen.moved("Engagement", facts.engagement),
                subtitle: "Likes, comments, shares and clicks",
                categories: .names(facts.platforms.map { name($0.platform) }),
                series: [.init("Engagement", facts.platforms.map { Double($0.engagement.now) })]
            ),
            height: 120
        )
    }
}
