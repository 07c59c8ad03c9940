/// A written article: plain, readable, and of the length that was asked for.
struct Article: Hashable, Sendable {
    var html: String
    var words: Int
    var metaTitle: String
    var metaDescription: String
    var keyword: String

    init(title: String, cluster: String, domain: String, words target: Int) {
        var dice = SiteSeed.dice(domain, title)
        var blocks: [String] = []
        var words = 0
        while words < target {
            if blocks.count.isMultiple(of: 4) {
                let heading = Self.headings[Int(dice.below(UInt64(Self.headings.count)))]
                blocks.append("<h2>\(Answers.escaped("\(heading) \(cluster)"))</h2>")
            } else {
                let sentences = (0..<5).map { _ in
                    Self.sentences[Int(dice.below(UInt64(Self.sentences.count)))].replacing("%", with: cluster)
                }
                let paragraph = sentences.joined(separator: " ")
                words += paragraph.split(separator: " ").count
                blocks.append("<p>\(Answers.escaped(paragraph))</p>")
            }
        }
        html = blocks.joined(separator: "\n")
        self.words = words
        metaTitle = String(title.prefix(60))
        metaDescription = String("\(title). Clear answers, honest figures and what to do next.".prefix(155))
        keyword = cluster.lowercased()
    }

    private static let headings = [
        "What to know about", "Getting started with", "The cost of", "Common questions about", "Making the most of",
        "Choosing", "Looking after", "The future of",
    ]

    private static let sentences = [
        "Most people who look into % want a clear answer before they spend anything.",
        "The first thing to settle is what you need, and only then what it may cost.",
        "A good supplier will explain the difference in plain words and put it in writing.",
        "Prices vary with quality, quantity and time, so compare like with like.",
        "We see the same three mistakes again and again, and all of them can be avoided.",
        "If you already use %, check once a year whether it still fits.",
        "Small details decide how long % lasts and how well it works.",
        "Ask for a sample, a reference or a trial, whichever makes sense here.",
        "Write down what you expect, so that both sides can look at it later.",
        "There is no single best choice, but there is usually one that fits you.",
        "It pays to plan ahead, because the good options are booked first.",
        "Keep the receipts and the paperwork, since they save time when something changes.",
    ]
}
