import DomainModel
import Persistence
import Postgres
import ReportDesign

extension ReportingService {
    /// The facts of a report.
    static let gather: Press.Gather = { siteID, period, sections, tx in
        guard let site = try await Sites.find(siteID, for: .system(reason: "a report's site"), in: tx),
            let account = try await Accounts.find(site.accountID, for: .account(site.accountID), in: tx)
        else { throw ReportSubjectMissing() }
        return ReportData(
            subject: ReportSubject(
                siteID: siteID.rawValue,
                name: site.name,
                domain: site.domain.name,
                url: site.url,
                timeZone: account.timeZoneName,
                currency: account.currency,
                tier: nil
            ),
            period: period,
            gatheredAt: try await BusinessClock.now(in: tx),
            sections: sections
        )
    }
}

/// The site is not there, or not this account's.
struct ReportSubjectMissing: Error {}
