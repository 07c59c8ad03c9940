import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import ReportDesign

/// Renders the sample with a customer's template, as reports will be, and stores whether it can be used, why not, and how many
/// pages it gave. Only a template that has passed is ever used.
struct CheckReportTemplate: JobTask {
    static let name = "check_report_template"

    let press: Press

    var timeout: Duration { .seconds(240) }

    func run(_ payload: ReportsJobs.Template, _ context: JobContext) async throws {
        let id = ReportTemplate.ID(payload.templateID)
        let found = try await press.read(context) { tx in
            let template = try await ReportTemplates.find(id, for: .job(context), in: tx)
            return (template, try await Appearance.brand(of: template?.brandingID?.rawValue, in: tx))
        }
        guard let template = found.0 else {
            return try await press.transaction(context) { tx in try await context.complete(in: tx) }
        }
        let check = try await check(template.design, found.1, context)
        try await press.transaction(context, for: template.accountID) { tx in
            _ = try await ReportTemplates.store(check, of: id, revision: template.revision, in: tx)
            try await context.complete(result: ["status": check.status.rawValue], in: tx)
        }
    }

    private func check(
        _ template: ReportTemplate.Design,
        _ brand: Appearance.Brand?,
        _ context: JobContext
    ) async throws -> ReportTemplate.Check {
        var design = press.design(of: brand, isWhiteLabel: true, theme: template.theme, account: "Your brand")
        design.templateHTML = template.html.isEmpty ? nil : template.html
        design.templateCSS = template.css.isEmpty ? nil : template.css
        design.publicBaseURL = "https://reports.example"
        design.verificationCode = "0000000000000000"
        do {
            let document = try ReportPresenter.document(ReportSample.data, design)
            return .valid(pages: try await press.print(document, context).pages)
        } catch let fault as TemplateFault {
            return .invalid(fault.description)
        } catch RenderError.refused(_, let reason) {
            return .invalid(reason)
        } catch RenderError.exhausted(_, let reason) {
            return .invalid(reason)
        }
    }
}
