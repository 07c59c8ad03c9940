import DomainModel
import Persistence
import ReportDesign

extension ReportingService {
    /// The facts of a report, and the words of its first page made of them.
    static let gather: Press.Gather = { site, period, sections, tx in
        var data = try await ReportFacts.gather(site, period, sections: sections, in: tx)
        data.summary = SummaryText.summary(of: data)
        return data
    }
}
