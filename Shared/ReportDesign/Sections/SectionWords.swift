import DomainModel

/// The sections of a report: what each finds, and the blocks that show it.
enum SectionWords {
    static func heading(_ section: ReportSection, _ period: ReportPeriod) -> String {
        switch section {
        case .executiveSummary: "Executive summary"
        case .content: "Content"
        case .indexing: "Indexing"
        case .rankings: "Rankings"
        case .traffic: "Traffic"
        case .backlinks: "Backlinks"
        case .social: "Social"
        case .sagHealth: "Site structure"
        case .nextMonth: period.type == .monthly ? "Next month" : "What comes next"
        }
    }

    /// Nil for one whose module is not in use: it is left out.
    static func drawn(_ section: ReportSection, _ pen: Pen) -> DrawnSection? {
        let (data, when) = (pen.data, pen.period.within)
        switch section {
        case .executiveSummary: return Headlines.section(pen)
        case .content:
            return drawn(data.content, "Nothing was published \(when).") { ContentWords.section($0, pen) }
        case .indexing:
            return drawn(data.indexing, "No page has been inspected yet.") { IndexingWords.section($0, pen) }
        case .rankings:
            return drawn(data.rankings, "Google showed the site for no query \(when).") {
                RankingWords.section($0, pen)
            }
        case .traffic:
            return drawn(data.traffic, "Search Console has no figures for these days.") {
                TrafficWords.section($0, pen)
            }
        case .backlinks:
            return drawn(data.backlinks, "No link was ordered or delivered \(when).") {
                BacklinkWords.section($0, pen)
            }
        case .social: return drawn(data.social, "Nothing was posted \(when).") { SocialWords.section($0, pen) }
        case .sagHealth:
            return drawn(data.sagHealth, "The structure of the site has no clusters yet.") {
                StructureWords.section($0, pen)
            }
        case .nextMonth:
            return drawn(data.nextMonth, "Nothing is planned yet.") { NextMonthWords.section($0, pen) }
        }
    }

    private static func drawn<Facts>(
        _ part: ReportPart<Facts>?,
        _ empty: String,
        _ draw: (Facts) -> DrawnSection
    ) -> DrawnSection? {
        switch part {
        case .data(let facts): draw(facts)
        case .empty: DrawnSection(empty: empty)
        case .notInUse, nil: nil
        }
    }
}
