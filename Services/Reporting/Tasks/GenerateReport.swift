import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import ReportDesign

/// Gathers a report's facts, freezes how it looks, and stores both: all that its bytes depend on. Then it is rendered.
struct GenerateReport: JobTask {
    static let name = "generate_report"

    let press: Press

    /// A large site's year of days is a few seconds of queries.
    var timeout: Duration { .seconds(180) }

    func run(_ payload: ReportsJobs.Report, _ context: JobContext) async throws {
        let report = try await press.report(payload.reportID, context)
        guard report.status == .queued else {
            return try await press.transaction(context) { tx in try await context.complete(in: tx) }
        }
        // Under the account's own row security: a report of one account can never read another's rows.
        let (facts, appearance, account) = try await press.read(context, for: report.accountID) { tx in
            let data = try await press.gather(report.siteID, report.period, report.sections, tx)
            let account = try await Accounts.find(report.accountID, for: .account(report.accountID), in: tx)
            return (data, try await Appearance.of(report, in: tx), account?.name ?? "")
        }
        var data = facts
        data.summary = await SummaryDesk.summary(of: facts, by: press.writer)
        let design = press.design(of: report, appearance, account: account)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let stored = (
            data: PostgresJSON(bytes: Array(data.json.utf8)),
            design: PostgresJSON(bytes: Array(try encoder.encode(design)))
        )
        try await press.transaction(context, for: report.accountID) { tx in
            if try await ServiceReports.store(report.id, data: stored.data, design: stored.design, in: tx) {
                try await press.producer.enqueue([ReportsJobs.render(report.id, account: report.accountID)], in: tx)
            }
            try await context.complete(in: tx)
        }
    }
}

extension Press {
    /// How a report looks, from now on for ever.
    func design(of report: ServiceReports.Report, _ appearance: Appearance, account: String) -> ReportDesign {
        var design = design(
            of: appearance.brand,
            isWhiteLabel: report.isWhiteLabel,
            theme: ServiceConfig.Theme(rawValue: report.theme) ?? .light,
            account: account
        )
        design.templateHTML = appearance.templateHTML
        design.templateCSS = appearance.templateCSS
        design.verificationCode = report.verificationCode
        return design
    }

    /// How everything under a brand looks, or under none.
    /// - Parameter account: its name, for a white label without a brand.
    func design(
        of brand: Appearance.Brand?,
        isWhiteLabel: Bool,
        theme: ServiceConfig.Theme,
        account: String
    ) -> ReportDesign {
        var design = ReportDesign(
            brandName: brand?.name ?? (isWhiteLabel ? account : house.name),
            primaryColor: brand?.primaryColor ?? ReportColors.primary,
            secondaryColor: brand?.secondaryColor ?? ReportColors.secondary,
            theme: theme,
            isWhiteLabel: isWhiteLabel
        )
        design.contactEmail = (brand?.contactEmail ?? (isWhiteLabel ? nil : house.sender.address))?.rawValue
        design.contactPhone = brand?.contactPhone
        design.websiteURL = brand?.websiteURL
        design.footerText = brand?.footerText ?? ""
        if let logo = brand?.logo, let type = brand?.logoType {
            design.logo = ReportDesign.Logo(sha256: logo.hex, mediaType: type)
        }
        // Under a white label only the brand's own domain may be named.
        design.publicBaseURL = brand?.customDomain.map { "https://\($0)" } ?? (isWhiteLabel ? nil : house.portal)
        return design
    }
}
