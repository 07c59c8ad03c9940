import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import ReportDesign
import TestSupport
import Testing

@testable import Reporting

extension ReportingTests {
    @Suite("Templates, logos, invoices", .timeLimit(.minutes(5))) struct TaskTests {
        private func template(
            _ house: PressHouse,
            _ client: PressHouse.Client,
            html: String = "",
            css: String = "",
            status: String = "unchecked"
        ) async throws -> Int64 {
            try await house.transaction { tx in
                try await tx.query(
                    """
                    insert into igny8_report_templates (account_id, name, template_html, template_css, status)
                    values (\(client.account.rawValue), 'Own', \(html), \(css), \(status)) returning id
                    """
                )[0].decode("id")
            }
        }

        @Test(
            "a template is tried with the sample: valid with its pages, or invalid with a sentence; a bad one ends its report"
        )
        func templates() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let good = try await template(house, client, css: "h1 { color: #702020 }")
                let bad = try await template(house, client, html: "<p><img src=\"file:///etc/passwd\" alt=\"\"></p>")
                let broken = try await template(house, client, html: "<p>{{#summary}}{{headline}}</p>")
                try await house.enqueue(
                    [good, bad, broken].map { ReportsJobs.checkTemplate($0, revision: 1, account: client.account) }
                )
                try await house.settle()
                let checks = try await house.texts(
                    """
                    select status || ' ' || coalesce((check_pages > 3)::text, check_message) from igny8_report_templates
                    order by id
                    """
                )
                #expect(checks.first == "valid true")
                #expect(checks.dropFirst().first?.hasPrefix("invalid ") == true)
                #expect(checks.dropFirst().first?.contains("file:///etc/passwd") == true)
                #expect(
                    checks.last?.hasPrefix("invalid ") == true && checks.last?.contains("summary") == true,
                    "\(checks)"
                )

                // One that was valid once and is no more for this report: it has failed, and says why.
                let hostile = try await template(
                    house,
                    client,
                    html: "<img src=\"http://127.0.0.1:1/x.png\" alt=\"\">",
                    status: "valid"
                )
                _ = try await house.report(of: client, template: hostile)
                try await house.settle()
                let failed = try await house.texts("select status || ' ' || last_error from igny8_service_reports")
                #expect(failed.count == 1 && failed[0].hasPrefix("failed ") && failed[0].contains("127.0.0.1"))
                let dead = try await house.dead()
                #expect(dead.count == 1 && dead[0].hasPrefix("render_pdf") && dead[0].contains("127.0.0.1"))
                #expect(try await house.mailbox().isEmpty)
            }
        }

        @Test("a brand's logo is fetched, known by its content, and stands in the report; what is no picture is said")
        func logos() async throws {
            let svg = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"
            try await RecordingServer.run(answering: { request in
                switch request.path {
                case "/logo.svg": RecordingServer.Answer(headers: [("Content-Type", "text/plain")], text: svg)
                case "/page": RecordingServer.Answer(text: "<html><svg></svg></html>")
                default: RecordingServer.Answer(404)
                }
            }) { server in
                try await PressHouse.open { house in
                    let client = try await house.client("hartwell")
                    var brands: [Int64] = []
                    for path in ["logo.svg", "page", "none"] {
                        brands.append(
                            try await house.transaction { tx in
                                try await tx.query(
                                    """
                                    insert into igny8_agency_brandings (account_id, brand_name, brand_logo_url)
                                    values (\(client.account.rawValue), 'Brightwater', \("\(server.url)/\(path)")) returning id
                                    """
                                )[0].decode("id", as: Int64.self)
                            }
                        )
                    }
                    try await house.enqueue(
                        brands.map { ReportsJobs.fetchLogo($0, revision: 1, account: client.account) }
                    )
                    try await house.settle()
                    let logos = try await house.texts(
                        "select coalesce(logo_media_type, logo_error) from igny8_agency_brandings order by id"
                    )
                    #expect(
                        logos == [
                            "image/svg+xml", "What lies there is neither a PNG nor a JPEG nor an SVG picture.",
                            "The picture's address answers with 404.",
                        ]
                    )
                    _ = try await house.report(of: client, whiteLabelUnder: brands[0])
                    try await house.settle()
                    #expect(try await house.dead() == [])
                    #expect(try await house.statuses() == ["sent"])
                }
            }
        }

        @Test("an issued invoice and a credit note on it have a PDF each, made once")
        func documents() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let (invoice, note) = try await house.transaction { tx in
                    let now = try await BusinessClock.now(in: tx)
                    let day = CalendarDay(of: now, in: .gmt)
                    let tax = try #require(Ratio("0.2"))
                    let line = try InvoiceLine(
                        kind: .backlinks,
                        description: "Links delivered",
                        quantity: 3,
                        unitPrice: Money(minor: 123_456, currency: .usd),
                        taxRate: tax
                    )
                    var invoice = try await Invoices.create(
                        Invoice(
                            draft: 0,
                            accountID: client.account,
                            kind: .backlinks,
                            currency: .usd,
                            lines: [line],
                            seller: .agency,
                            buyer: Party(name: "Hartwell & Sons", email: "billing@hartwell.example")
                        ),
                        in: tx
                    )
                    try await Invoices.issue(&invoice, at: now, on: day, in: tx)
                    let net = Money(minor: 10_000, currency: .usd)
                    let note = try await CreditNotes.issue(
                        [
                            CreditNoteLine(
                                position: 1,
                                kind: .backlinks,
                                net: net,
                                taxRate: tax,
                                tax: Money(minor: 2_000, currency: .usd)
                            )
                        ],
                        on: &invoice,
                        reason: "A link was lost",
                        at: now,
                        on: day,
                        in: tx
                    )
                    return (invoice.value, note)
                }
                for _ in 0..<2 {
                    try await house.enqueue([
                        ReportsJobs.renderDocument(.invoice, invoice.id.rawValue, account: client.account),
                        ReportsJobs.renderDocument(.creditNote, note.id.rawValue, account: client.account),
                    ])
                    try await house.settle()
                }
                #expect(try await house.dead() == [])
                let files = try await house.texts("select document_kind from igny8_document_files order by 1")
                #expect(files == ["credit_note", "invoice"])
                let design = ReportDesign(brandName: "Alorig")
                let page = try InvoicePresenter.document(InvoicePaper(invoice, note: note, zone: .gmt), design).html
                for text in ["Credit note", note.number, "A link was lost", "−$100.00", "Tax 20 %", "−$120.00"] {
                    #expect(page.contains(text), "\(text)")
                }
                let bill = try InvoicePresenter.document(InvoicePaper(invoice, zone: .gmt), design).html
                for text in ["$3,703.68", "$740.74", "$4,444.42", "Hartwell &amp; Sons"] {
                    #expect(bill.contains(text), "\(text)")
                }
            }
        }
    }
}
