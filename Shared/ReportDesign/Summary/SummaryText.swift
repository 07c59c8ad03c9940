public import DomainModel

/// The words of the first page made of the facts alone: the same facts give the same words, and each number in them is
/// in the facts or follows from two that are.
public enum SummaryText {
    /// Headline, paragraphs, what moved, why, what comes next.
    public static func summary(of data: ReportData) -> ReportSummary {
        let period = data.period
        return ReportSummary(
            headline: headline(data, period),
            paragraphs: [progress(data, period), work(data, period), honesty(data, period)].compactMap { $0 },
            moved: atMost(4, moved(data, period), "Nothing moved that we measure."),
            why: atMost(3, why(data, period), "No single cause stands out."),
            next: atMost(3, next(data), "What comes next is being planned."),
            writer: "facts"
        )
    }

    private static func atMost(_ count: Int, _ items: [String], _ none: String) -> [String] {
        items.isEmpty ? [none] : Array(items.prefix(count))
    }

    // MARK: Headline

    private static func headline(_ data: ReportData, _ period: ReportPeriod) -> String {
        let first: String
        if let traffic = data.traffic?.facts, let before = traffic.before, before.clicks > 0 {
            let (now, then) = (traffic.now.clicks, before.clicks)
            first =
                now == then
                ? "Clicks held at \(English.count(now))."
                : "Clicks \(now > then ? "rose" : "fell") by \(English.percent(abs(now - then), of: then)) to \(English.count(now))."
        } else if let traffic = data.traffic?.facts {
            first = "\(English.sentence(clicks(traffic.now.clicks))) came from Google \(period.within)."
        } else if let links = data.backlinks?.facts, links.built.now > 0 {
            first = "\(English.sentence(English.things(links.built.now, "link"))) \(were(links.built.now)) delivered."
        } else if let content = data.content?.facts, content.published.now > 0 {
            first =
                "\(English.sentence(English.things(content.published.now, "article"))) \(were(content.published.now)) published."
        } else {
            first = "There is little to measure yet."
        }
        return first + " " + lossSentence(data)
    }

    private static func clicks(_ count: Int) -> String {
        count == 0 ? "no clicks" : count == 1 ? "one click" : "\(English.count(count)) clicks"
    }

    private static func were(_ count: Int) -> String { count == 1 ? "was" : "were" }

    /// What was lost, in one sentence: a good month does not hide it.
    private static func lossSentence(_ data: ReportData) -> String {
        let losses = data.losses
        if !losses.links.isEmpty {
            let replaced = losses.links.count { $0.replacement != nil }
            let count = losses.links.count
            var text = "\(English.sentence(English.things(count, "link"))) \(were(count)) lost"
            if replaced == count {
                text += count == 1 ? "; its replacement is under way" : "; replacements are under way"
            } else if replaced > 0 {
                text += "; \(English.things(replaced, "replacement")) \(replaced == 1 ? "is" : "are") under way"
            }
            return text + "."
        }
        if let behind = data.content?.facts?.overdue, behind > 0 {
            return "\(English.sentence(English.things(behind, "article"))) \(behind == 1 ? "is" : "are") behind."
        }
        if losses.lateLinks > 0 {
            return
                "\(English.sentence(English.things(losses.lateLinks, "link"))) \(losses.lateLinks == 1 ? "is" : "are") late."
        }
        return losses.delays.isEmpty ? "Nothing was lost, nothing is late." : "Not everything is on time."
    }

    // MARK: Paragraphs

    private static func progress(_ data: ReportData, _ period: ReportPeriod) -> String? {
        var sentences: [String] = []
        if let traffic = data.traffic?.facts {
            sentences.append(TrafficWords.finding(traffic, period))
            if traffic.now.impressions > 0 {
                sentences.append(
                    "The site was shown \(Headlines.times(traffic.now.impressions)), and \(English.percent(traffic.now.clicks, of: traffic.now.impressions)) of that led to a click."
                )
            }
        }
        if let rankings = data.rankings?.facts { sentences.append(RankingWords.finding(rankings, period)) }
        if let indexing = data.indexing?.facts { sentences.append(IndexingWords.finding(indexing)) }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    private static func work(_ data: ReportData, _ period: ReportPeriod) -> String? {
        var sentences: [String] = []
        if let content = data.content?.facts { sentences.append(ContentWords.finding(content, period)) }
        if let links = data.backlinks?.facts {
            sentences.append(BacklinkWords.finding(links, period))
            let budget = links.budget
            if let planned = budget.planned {
                sentences.append(
                    "\(English.money(budget.spent)) of the \(English.money(planned)) agreed for links \(budget.spent.isZero ? "was" : "were") spent."
                )
            }
        }
        if let social = data.social?.facts { sentences.append(SocialWords.finding(social)) }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    private static func honesty(_ data: ReportData, _ period: ReportPeriod) -> String? {
        let losses = data.losses
        var parts: [String] = []
        if !losses.links.isEmpty {
            parts.append("\(English.things(losses.links.count, "link")) \(were(losses.links.count)) lost")
        }
        if losses.rejected > 0 {
            parts.append("\(English.things(losses.rejected, "link")) \(were(losses.rejected)) refused by us")
        }
        if losses.lateLinks > 0 {
            parts.append("\(English.things(losses.lateLinks, "link")) \(losses.lateLinks == 1 ? "is" : "are") late")
        }
        if !losses.indexingFailures.isEmpty {
            parts.append("\(English.things(losses.indexingFailures.count, "link")) could not be brought into the index")
        }
        if losses.suspected > 0 {
            parts.append(
                "\(English.things(losses.suspected, "link")) failed one check and \(losses.suspected == 1 ? "is" : "are") looked at again"
            )
        }
        guard !parts.isEmpty || !losses.delays.isEmpty else { return nil }
        var text = parts.isEmpty ? "" : "Not all went well: \(English.list(parts)). "
        if !losses.delays.isEmpty {
            text +=
                "\(English.sentence(English.things(losses.delays.count, "delay"))) \(losses.delays.count == 1 ? "is" : "are") described under losses and delays."
        } else {
            text += "Each is described under losses and delays."
        }
        return text
    }

    // MARK: Lists

    private static func moved(_ data: ReportData, _ period: ReportPeriod) -> [String] {
        var items: [String] = []
        func compared(_ name: String, _ comparison: Comparison?) {
            guard let comparison, let change = comparison.change, change != 0 else { return }
            items.append(
                "\(name): \(English.count(comparison.now)), \(change > 0 ? "up" : "down") by \(English.count(abs(change)))"
            )
        }
        compared("Clicks", data.traffic?.facts.map(TrafficWords.clicks))
        compared("Queries in the first ten", data.rankings?.facts?.top10)
        compared("Referring domains", data.backlinks?.facts?.referringDomains)
        if let worst = data.rankings?.facts?.down.first, let place = worst.position, let before = worst.positionBefore {
            items.append(
                "“\(English.shortened(worst.query, 50))” fell from \(English.decimal(before)) to \(English.decimal(place))"
            )
        }
        compared("Pages indexed", data.indexing?.facts?.indexed)
        compared("Links live", data.backlinks?.facts?.live)
        compared("Articles published", data.content?.facts?.published)
        return items
    }

    private static func why(_ data: ReportData, _ period: ReportPeriod) -> [String] {
        var items: [String] = []
        let domain = data.subject.domain
        let falls = data.losses.anomalies.first { $0.kind == .clicksOfPage }
        if let gain = data.traffic?.facts?.pages.max(by: { ($0.clicks.change ?? 0) < ($1.clicks.change ?? 0) }),
            let change = gain.clicks.change, change > 0
        {
            items.append(
                "\(English.shortened(English.page(gain.page, of: domain), 60)) gained \(clicks(change))"
            )
        }
        if let best = data.rankings?.facts?.up.first, let place = best.position, let before = best.positionBefore {
            items.append(
                "“\(English.shortened(best.query, 50))” moved from \(English.decimal(before)) to \(English.decimal(place))"
            )
        }
        let pen = Pen.plain(data)
        if let falls { items.append(LossWords.anomaly(falls, pen)) }
        items += data.losses.anomalies.filter { $0.kind != .clicksOfPage }.map { LossWords.anomaly($0, pen) }
        if let links = data.backlinks?.facts, links.builtIndexed > 0 {
            items.append(
                "\(English.sentence(English.things(links.builtIndexed, "new link"))) \(links.builtIndexed == 1 ? "is" : "are") in Google’s index"
            )
        }
        if let days = data.indexing?.facts?.medianDays, let new = data.indexing?.facts?.newlyIndexed, new > 0 {
            items.append("New pages reached the index after \(English.things(days, "day")) in the median")
        }
        return items
    }

    private static func next(_ data: ReportData) -> [String] {
        guard let facts = data.nextMonth?.facts else { return [] }
        var items: [String] = []
        if let topic = facts.topics.first {
            items.append(
                "\(English.sentence(English.things(facts.topics.count, "article")))\(facts.topics.count == 40 ? " or more" : ""), first “\(English.shortened(topic.title, 60))”"
            )
        }
        if facts.linksPlanned > 0 {
            items.append(
                "\(English.sentence(English.things(facts.linksPlanned, "link"))) a month in \(English.things(facts.campaigns.count, "campaign"))"
            )
        }
        if facts.linksUnderWay > 0 {
            items.append(
                "\(English.sentence(English.things(facts.linksUnderWay, "link"))) \(facts.linksUnderWay == 1 ? "is" : "are") ordered and on the way"
            )
        }
        if let late = data.content?.facts?.overdue, late > 0 {
            items.append("\(English.sentence(English.things(late, "article"))) \(late == 1 ? "catches" : "catch") up")
        }
        return items
    }
}
