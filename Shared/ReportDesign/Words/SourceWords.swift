import DomainModel
import Foundation

/// Where the figures come from, in words.
enum SourceWords {
    static func name(_ kind: ReportSource.Kind) -> String {
        switch kind {
        case .searchConsole: "Google Search Console"
        case .inspection: "Google’s URL inspection"
        case .ahrefs: "Ahrefs"
        case .core: "Publishing records"
        case .linkChecks: "Our own checks"
        case .indexing: "Indexing services"
        case .social: "Social platforms"
        case .books: "Orders and invoices"
        }
    }

    static func use(_ source: ReportSource) -> String {
        switch source.kind {
        case .searchConsole: "Clicks, impressions, positions"
        case .inspection: "Which pages Google has in its index"
        case .ahrefs: "Domain Rating, referring domains, keywords"
        case .core: "Articles, words, images, the structure, tasks to come"
        case .linkChecks: "Whether each link stands, how it is marked, where it leads"
        case .indexing: "Whether links are in the index"
        case .social: "Posts and engagement"
        case .books: "Orders, amounts, what waits for you"
        }
    }

    static func notes(_ pen: Pen) -> [String] {
        var notes = [
            "Days are those of \(pen.data.subject.timeZone.replacing("_", with: " ")). Changes are against the period before unless the year is named. Positions are averages weighted by impressions. A link counts as lost when two checks in separate runs failed, or one check and Ahrefs agree."
        ]
        if let missing = pen.data.losses.missingDays, missing > 0 {
            notes.append(
                "Search Console gives its figures two or three days late: \(English.things(missing, "day")) of the period \(missing == 1 ? "was" : "were") not there yet, and \(missing == 1 ? "is" : "are") in no sum."
            )
        }
        return notes
    }

    /// `31 rows, read 1 Nov 2026`.
    static func basis(_ explanation: ReportExplanation) -> String {
        let rows = "\(English.count(explanation.rows)) \(explanation.rows == 1 ? "row" : "rows")"
        return rows + " of " + explanation.figure.rowsOf.replacing("_", with: " ")
    }
}

extension ReportData {
    var zone: TimeZone { TimeZone(identifier: subject.timeZone) ?? .gmt }
}
