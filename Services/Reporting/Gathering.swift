import Persistence

extension ReportingService {
    /// The facts of a report, as yet without the words of its first page.
    static let gather: Press.Gather = { site, period, sections, tx in
        try await ReportFacts.gather(site, period, sections: sections, in: tx)
    }
}
