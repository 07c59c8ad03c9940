import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// The PDFs of invoices and credit notes. Each is made once, when it is first wanted: both are final once they are issued.
enum BillingDocumentRoutes {
    static let endpoints = [
        pdf("billing/invoices/{id}/pdf/", .invoice, "getInvoicePDF", "The PDF of an issued invoice"),
        pdf("billing/credit-notes/{id}/pdf/", .creditNote, "getCreditNotePDF", "The PDF of a credit note"),
    ]

    private static func pdf(
        _ path: String,
        _ kind: ReportsJobs.DocumentKind,
        _ operation: String,
        _ summary: String
    ) -> Endpoint {
        Endpoint(.get, path, .anyone, operation, "\(summary); 202 with a job while it is being made") { call in
            let id = try call.id()
            let rows = try await call.read([ReportFiles.document(kind, id, for: call.tenant)]).rows[0]
            guard let row = rows.first else { throw Problem.notFound }
            if let file = try ReportFiles.file(row) { return try await call.download(file) }
            guard try row.decode("number", as: String?.self) != nil else {
                throw Problem.conflict("not-issued", "A draft has no document: it is not issued yet.")
            }
            let account = Account.ID(try row.decode("account_id", as: Int64.self))
            return try await call.write { write in
                let job = ReportsJobs.renderDocument(kind, id, account: account)
                return .accepted(job: try await write.enqueue(job), task: job.task).with(header: .retryAfter, "2")
            }
        }.givesPDF().with {
            $0.scope = .billingRead
            $0.alternatives[.accepted] = Schema.acceptedJob
        }
    }
}
