import DomainModel
import FileStore
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import ReportDesign

/// Makes a report's PDF of its stored facts and design alone, stores it, and lets it be sent. The same facts and design give the
/// same bytes, so that a second run changes nothing.
struct RenderPDF: JobTask {
    static let name = "render_pdf"

    let press: Press

    /// Twice a renderer's patience, and a while in line for one.
    var timeout: Duration { .seconds(240) }

    func run(_ payload: ReportsJobs.Report, _ context: JobContext) async throws {
        let report = try await press.report(payload.reportID, context)
        guard report.status == .rendering else {
            return try await press.transaction(context) { tx in try await context.complete(in: tx) }
        }
        let made: (pdf: PDF, name: String)
        do {
            let stored = try await press.read(context, for: report.accountID) { tx in
                try await ServiceReports.ingredients(of: report.id, in: tx)
            }
            guard let stored else { throw JobError.permanent("the report \(report.id) has no facts") }
            let data = try ReportData(json: stored.data.postgresText)
            let document = try ReportPresenter.document(data, stored.design.decode(ReportDesign.self))
            made = (try await press.print(document, context), report.period.fileName(for: data.subject.domain))
        } catch let fault as TemplateFault {
            return try await press.give(report, up: fault.description, context)
        } catch RenderError.refused(_, let reason) {
            return try await press.give(report, up: reason, context)
        } catch RenderError.exhausted(_, let reason) {
            return try await press.give(report, up: reason, context)
        } catch FileStoreError.missing, FileStoreError.damaged {
            return try await press.give(report, up: "The brand's logo is not in the file store any more.", context)
        }
        // The file first: a row that names it tells the truth.
        try await press.files.put(made.pdf.hash, made.pdf.bytes, type: "application/pdf")
        try await press.transaction(context, for: report.accountID) { tx in
            let rendering = ServiceReports.Rendering(
                pdf: made.pdf.hash,
                bytes: made.pdf.bytes.count,
                pages: made.pdf.pages,
                cpuMilliseconds: made.pdf.cpuMilliseconds,
                fileName: made.name
            )
            if let finished = try await ServiceReports.finish(report, rendering, job: context.id, in: tx) {
                let sending =
                    finished.approveBy.map { ReportsJobs.send(report.id, account: report.accountID, at: $0) }
                    ?? ReportsJobs.send(report.id, account: report.accountID)
                try await press.producer.enqueue([sending], in: tx)
                try await AuditLog.record(
                    press.event(.rendered, report, to: .ready, because: "\(made.pdf.hash)", context),
                    in: tx
                )
            }
            try await context.complete(result: ["pages": made.pdf.pages, "bytes": made.pdf.bytes.count], in: tx)
        }
    }
}

extension Press {
    /// Has a document rendered: once more at once where a limit was reached or its process died, then no.
    func print(_ document: ReportDocument, _ context: JobContext) async throws -> PDF {
        var assets: [Paper.Asset] = []
        for asset in document.assets {
            guard let hash = ContentHash(hex: asset.sha256) else { continue }
            assets.append(Paper.Asset(name: asset.sha256, type: asset.mediaType, bytes: try await files.get(hash)))
        }
        let paper = Paper(
            html: document.html,
            styleSheets: document.styleSheets,
            title: document.title,
            language: document.language,
            author: document.author,
            created: document.created,
            assets: assets
        )
        do {
            let pdf = try await renderers.render(paper)
            losses.forget(context.id)
            return pdf
        } catch RenderError.exhausted(let kind, let reason) {
            context.logger.warning(
                "a document is tried once more",
                metadata: ["kind": "\(kind)", "reason": "\(reason)"]
            )
            return try await renderers.render(paper)
        } catch RenderError.lost(let reason) where losses.another(of: context.id) {
            throw RenderError.exhausted(kind: "lost", "The renderer ended three times over this document: \(reason).")
        }
    }

    /// It cannot be made: the row says why, and the job is dead with the same sentence until somebody has mended the template.
    func give(_ report: ServiceReports.Report, up reason: String, _ context: JobContext) async throws {
        try await transaction(context, for: report.accountID) { tx in
            guard try await ServiceReports.fail(report.id, because: reason, in: tx) else { return }
            try await AuditLog.record(event(.updated, report, to: .failed, because: reason, context), in: tx)
        }
        throw JobError.permanent(reason)
    }
}

extension ReportPeriod {
    /// `hartwell.example-monthly-report-2026-10.pdf`: names the site and nobody else.
    func fileName(for domain: String) -> String {
        let time =
            switch type {
            case .weekly: "\(start)"
            case .monthly: "\(start.calendarMonth)"
            case .quarterly: "\(start.year)-q\((start.month + 2) / 3)"
            }
        return "\(domain)-\(type.rawValue)-report-\(time).pdf"
    }
}
