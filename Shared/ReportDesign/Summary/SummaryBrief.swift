public import DomainModel

/// What a language model is told of a report, and all that its text may say: each line names a figure and gives it as it
/// is written. Changes and shares are lines of their own: nothing is left for a model to compute.
public struct SummaryBrief: Hashable, Sendable {
    /// `Clicks in October 2026: 12,480`.
    public let lines: [String]
    /// Names that may be written as they are: queries, titles, pages, domains. Their digits are no figures.
    public let names: [String]

    public init(_ data: ReportData) {
        let pen = Pen.plain(data)
        let period = data.period
        var lines = [
            "Report: \(period.kind) for \(data.subject.name), \(period.days), compared with \(period.previous.name)"
        ]
        func compared(_ name: String, _ comparison: Comparison?) {
            guard let comparison else { return }
            var line = "\(name): \(English.count(comparison.now))"
            if let before = comparison.before, let change = comparison.change {
                line += "; before: \(English.count(before)); change: \(English.count(abs(change))) "
                line += change == 0 ? "(unchanged)" : change > 0 ? "more" : "fewer"
                if before > 0, change != 0 { line += ", \(English.percent(abs(change), of: before))" }
            }
            lines.append(line)
        }
        if let traffic = data.traffic?.facts {
            compared("Clicks from Google", TrafficWords.clicks(traffic))
            compared(
                "Impressions in Google",
                Comparison(now: traffic.now.impressions, before: traffic.before?.impressions)
            )
            if let year = traffic.yearBefore {
                compared(
                    "Clicks against the year before",
                    Comparison(now: traffic.now.clicks, before: year.clicks)
                )
            }
            if traffic.now.impressions > 0 {
                lines.append("Click rate: \(English.percent(traffic.now.clicks, of: traffic.now.impressions))")
            }
            if let position = traffic.now.position { lines.append("Average position: \(English.decimal(position))") }
            for page in traffic.pages.prefix(6) {
                compared("Clicks of page “\(English.page(page.page, of: data.subject.domain))”", page.clicks)
            }
        }
        if let rankings = data.rankings?.facts {
            compared("Queries in the first ten", rankings.top10)
            compared("Queries in the first twenty", rankings.top20)
            compared("Queries in the first fifty", rankings.top50)
            lines.append("New queries: \(rankings.newCount); queries no longer shown: \(rankings.lostCount)")
            for query in rankings.up.prefix(5) + rankings.down.prefix(5) {
                guard let place = query.position, let before = query.positionBefore else { continue }
                lines.append("Query “\(query.query)”: from \(English.decimal(before)) to \(English.decimal(place))")
            }
        }
        if let indexing = data.indexing?.facts {
            compared("Pages indexed", indexing.indexed)
            compared("Pages pending", indexing.pending)
            compared("Pages with an error", indexing.error)
        }
        if let content = data.content?.facts {
            compared("Articles published", content.published)
            compared("Words published", content.words)
            lines.append(ContentWords.finding(content, period))
            for article in content.articles.prefix(8) { lines.append("Article: “\(article.title)”") }
        }
        if let links = data.backlinks?.facts {
            compared("Links delivered", links.built)
            compared("Links live", links.live)
            compared("Links lost", links.lost)
            compared("Referring domains by Ahrefs", links.referringDomains)
            lines.append(BacklinkWords.finding(links, period))
            if let rating = links.domainRating {
                lines.append(
                    "Domain Rating by Ahrefs: \(English.decimal(rating.now))"
                        + (rating.before.map { "; before: \(English.decimal($0))" } ?? "")
                )
            }
            lines.append("Spent on links: \(English.money(links.budget.spent))")
            if let planned = links.budget.planned { lines.append("Agreed for links: \(English.money(planned))") }
        }
        if let social = data.social?.facts {
            compared("Posts", social.posts)
            compared("Engagement", social.engagement)
        }
        if let structure = data.sagHealth?.facts {
            compared("Authority of 100", structure.authority)
            lines.append(StructureWords.finding(structure))
        }
        if let next = data.nextMonth?.facts {
            lines.append("To come: \(NextMonthWords.finding(next, data.needs.count))")
            for topic in next.topics.prefix(6) { lines.append("Topic to come: “\(topic.title)”") }
        }
        lines.append("Losses and delays: \(LossWords.finding(pen))")
        lines += data.losses.anomalies.map { LossWords.anomaly($0, pen) }
        lines += data.needs.map { "Waits for the client: \(NeedWords.what($0)) \(NeedWords.by($0) ?? "")" }
        self.lines = lines
        names = Self.names(data)
    }

    private static func names(_ data: ReportData) -> [String] {
        var names = [data.subject.name, data.subject.domain]
        for page in data.traffic?.facts?.pages ?? [] {
            names += [page.page, English.page(page.page, of: data.subject.domain)]
        }
        let rankings = data.rankings?.facts
        names += ((rankings?.up ?? []) + (rankings?.down ?? [])).map(\.query)
        names += data.content?.facts?.articles.map(\.title) ?? []
        names += data.nextMonth?.facts?.topics.map(\.title) ?? []
        names += data.losses.links.map(\.sourceDomain)
        names += data.losses.anomalies.map { English.page($0.name, of: data.subject.domain) }
        names += data.needs.compactMap(\.name)
        // The longest first: a name may lie within another. A name of digits alone would be no name.
        return Set(names).filter { $0.count > 2 && $0.contains(where: \.isLetter) }
            .sorted { ($0.count, $1) > ($1.count, $0) }
    }
}
