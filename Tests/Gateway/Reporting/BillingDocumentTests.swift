import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("PDFs of invoices and credit notes", .timeLimit(.minutes(3)))
struct BillingDocumentTests {
    @Test("what is there is given; what is issued is made once, whoever asks; a draft has none")
    func documents() async throws {
        try await TestGateway.with { gateway in
            let (one, other) = (gateway.people.one, gateway.people.other)
            let path = "/api/v1/billing/invoices/\(one.invoice)/pdf/"
            let pdf = try await gateway.send(.get, path, as: one.editor)
            #expect(pdf.status == 200 && pdf.body == IssuedPaper.pdf("one invoice"))
            try await gateway.test.owner.transaction(settings: TestGateway.system.settings(actor: "test")) { tx in
                try await tx.query("alter table igny8_document_files disable trigger user")
                try await tx.query("alter table igny8_invoices disable trigger user")
                try await tx.query("alter table igny8_credit_notes disable trigger user")
                try await tx.query("delete from igny8_document_files")
            }
            #expect(try await gateway.send(.get, path, as: one.owner).status == 409)
            try await gateway.test.owner.transaction(settings: TestGateway.system.settings(actor: "test")) { tx in
                try await tx.query(
                    """
                    update igny8_invoices set number = 'T-2026-000001', issuer = 'test', issue_year = 2026, issue_number = 1,
                        status = 'pending', issued_at = igny8_now(), issued_on = '2026-09-01'
                    where id = \(one.invoice)
                    """
                )
                try await tx.query(
                    """
                    insert into igny8_credit_notes (id, account_id, invoice_id, issuer, issue_year, issue_number, number,
                        currency, net, tax, applied_to_due, excess, reason)
                    values (77, \(one.account.rawValue), \(one.invoice), 'test', 2026, 1, 'T-CN-1', 'USD', 1, 0, 1, 0, 'late')
                    """
                )
            }
            for path in [path, "/api/v1/billing/credit-notes/77/pdf/"] {
                var jobs: Set<Int64> = []
                for person in [one.owner, one.editor, gateway.people.admin] {
                    let answer = try await gateway.send(.get, path, as: person)
                    #expect(answer.status == 202 && answer.header("Retry-After") != nil, "\(answer.text)")
                    #expect(answer.json["job"]?["task"]?.string == "render_document")
                    if let id = answer.json["job"]?["id"]?.integer { jobs.insert(id) }
                }
                #expect(jobs.count == 1)
                #expect(try await gateway.send(.get, path, as: other.owner).status == 404)
            }
        }
    }
}
