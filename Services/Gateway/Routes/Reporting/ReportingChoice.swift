import DomainModel
import Persistence

extension Write {
    /// Holds what a configuration newly says of reports against the account: its flag and gates, its brands, its templates.
    /// What stays as it was is not asked again, so that a change of something else is never refused for it.
    func check(
        _ reporting: ServiceConfig.Reporting,
        insteadOf before: ServiceConfig.Reporting,
        account: Account.ID
    ) async throws {
        if reporting.frequency != before.frequency {
            let type = ReportType(rawValue: reporting.frequency.rawValue) ?? .monthly
            try await require(.reports(type), account: account)
        }
        let brand = reporting.brandingID != before.brandingID ? reporting.brandingID : nil
        if brand != nil || (reporting.whiteLabel && !before.whiteLabel) {
            try await require(.whiteLabelReports, account: account)
            try await require(GateRequirement(.whiteLabel, "true"), account: account)
        }
        if let brand {
            guard try await Brandings.isOffered(.init(brand), to: account, in: tx) else {
                throw Problem.invalid(
                    "service_config.reporting.branding_id",
                    "the id of an active brand of the account"
                )
            }
        }
        guard let template = reporting.templateID, template != before.templateID else { return }
        try await require(GateRequirement(.reportLevel, "weekly_custom"), account: account)
        switch try await ReportTemplates.offered(.init(template), to: account, in: tx) {
        case .valid?: break
        case let status?:
            throw Problem.invalid(
                "service_config.reporting.template_id",
                "a template whose test render was good; this one is \(status.rawValue)"
            )
        case nil:
            throw Problem.invalid("service_config.reporting.template_id", "the id of a template of the account")
        }
    }
}

extension GateRequirement {
    /// What reports of a kind need: one a week is more than one a month, one a quarter is less.
    static func reports(_ type: ReportType) -> GateRequirement {
        GateRequirement(.reportLevel, type == .weekly ? "weekly_custom" : "monthly")
    }
}
