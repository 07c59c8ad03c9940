import DomainModel
import FileStore
import Foundation
import JobQueue
import Persistence
import Postgres
import ReportDesign

/// Makes the PDF of an issued invoice or credit note when it is first wanted; both are final once they are issued, so that it is
/// made once.
struct RenderDocument: JobTask {
    static let name = "render_document"

    let press: Press

    var timeout: Duration { .seconds(240) }

    func run(_ payload: ReportsJobs.Document, _ context: JobContext) async throws {
        let found = try await press.read(context) { tx in try await paper(payload, context, in: tx) }
        guard let (paper, account) = found else {
            return try await press.transaction(context) { tx in try await context.complete(in: tx) }
        }
        let design = ReportDesign(
            brandName: paper.invoice.seller.name,
            primaryColor: ReportColors.primary,
            secondaryColor: ReportColors.secondary
        )
        let pdf: PDF
        do {
            pdf = try await press.print(InvoicePresenter.document(paper, design), context)
        } catch RenderError.refused(_, let reason) {
            throw JobError.permanent(reason)
        } catch RenderError.exhausted(_, let reason) {
            throw JobError.permanent(reason)
        }
        try await press.files.put(pdf.hash, pdf.bytes, type: "application/pdf")
        try await press.transaction(context, for: account) { tx in
            try await DocumentFiles.store(
                pdf.hash,
                bytes: pdf.bytes.count,
                of: payload.kind,
                payload.documentID,
                account: account,
                in: tx
            )
            try await context.complete(result: ["pages": pdf.pages, "bytes": pdf.bytes.count], in: tx)
        }
    }

    /// What it is made of; nil where it is there already.
    private func paper(
        _ payload: ReportsJobs.Document,
        _ context: JobContext,
        in tx: PostgresTransaction
    ) async throws -> (InvoicePaper, Account.ID)? {
        if try await DocumentFiles.has(payload.kind, payload.documentID, in: tx) { return nil }
        let tenant = Tenant.job(context)
        let (invoiceID, noteID): (Invoice.ID, CreditNote.ID?)
        switch payload.kind {
        case .invoice: (invoiceID, noteID) = (Invoice.ID(payload.documentID), nil)
        case .creditNote:
            let note = CreditNote.ID(payload.documentID)
            guard let invoice = try await CreditNotes.invoice(of: note, for: tenant, in: tx) else {
                throw JobError.permanent("there is no credit note \(payload.documentID)")
            }
            (invoiceID, noteID) = (invoice, note)
        }
        guard let invoice = try await Invoices.find(invoiceID, for: tenant, in: tx), invoice.number != nil,
            let account = try await Accounts.find(invoice.accountID, for: tenant, in: tx)
        else { throw JobError.permanent("there is no issued invoice \(invoiceID)") }
        var note: CreditNote?
        if let noteID {
            note = try await CreditNotes.all(of: [invoiceID], for: tenant, in: tx).first { $0.id == noteID }
        }
        return (InvoicePaper(invoice.value, note: note, zone: account.timeZone), invoice.accountID)
    }
}
