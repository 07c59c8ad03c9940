import Persistence

extension ReportingService {
    /// The facts of a report.
    static let gather: Press.Gather = { site, period, sections, tx in
        try await ReportFacts.gather(site, period, sections: sections, in: tx)
    }
}
