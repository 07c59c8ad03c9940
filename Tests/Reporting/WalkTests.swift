import DomainModel
import FileStore
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Reporting

/// Each runs real workers, the real renderer and the sandbox over a database of its own.
@Suite("Reports", .serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: PressHouse.renderer.python)))
struct ReportingTests {}

extension ReportingTests {
    @Suite("From the calendar to the mailbox", .timeLimit(.minutes(5))) struct WalkTests {
        @Test("a queued report becomes a PDF in the folder and a mail with it, once; made anew it keeps its history")
        func walk() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let id = try await house.report(of: client)
                try await house.settle()
                #expect(try await house.dead() == [])
                #expect(try await house.statuses() == ["sent"])
                let hash = try #require(
                    ContentHash(
                        hex: try await house.texts("select encode(pdf_sha256, 'hex') from igny8_service_reports")[0]
                    )
                )
                let file = try Data(contentsOf: URL(filePath: "\(house.folder)/\(hash.hex.prefix(2))/\(hash.hex)"))
                #expect(file.starts(with: Array("%PDF-1.7".utf8)))
                let mails = try await house.mailbox()
                let mail = try #require(mails.first)
                #expect(mails.count == 1 && mail.to == "billing@hartwell.example" && mail.duplicates == 0)
                #expect(mail.subject == "Monthly report, October 2026: hartwell.example")
                let attachment = try #require(mail.attachments.first)
                #expect(attachment.name == "hartwell.example-monthly-report-2026-10.pdf")
                #expect(attachment.bytes == file.count && attachment.type == "application/pdf")

                // Anew: the same facts and design give the same bytes; the mail is not sent again by itself.
                _ = try await house.transaction { tx in
                    try await tx.query("update igny8_service_reports set status = 'rendering' where id = \(id)")
                }
                try await house.enqueue([ReportsJobs.render(id, account: client.account)])
                try await house.settle()
                #expect(try await house.statuses() == ["ready"])
                let history = try await house.texts(
                    """
                    select number || ' ' || encode(pdf_sha256, 'hex') from igny8_report_renderings order by number
                    """
                )
                #expect(history == ["1 \(hash)", "2 \(hash)"])
                #expect(try await house.mailbox().count == 1)
                // Asked for: this edition goes out, once.
                for _ in 0..<2 {
                    try await house.enqueue([ReportsJobs.sendAgain(id, account: client.account)])
                    try await house.settle()
                }
                #expect(try await house.mailbox().count == 2)
                #expect(try await house.statuses() == ["sent"])
            }
        }

        @Test(
            "Mondays and the 1st, 06:00 where the client lives: weekly for Pro, monthly for all, quarterly where agreed"
        )
        func calendar() async throws {
            let clients: @Sendable (PressHouse) async throws -> Void = { house in
                try await house.client("pro")
                try await house.client("lite", tier: .lite, zone: "America/New_York")
                try await house.client(
                    "quarter",
                    tier: .lite,
                    reporting: #"{"frequency": "quarterly", "recipients": ["a@quarter.example", "b@quarter.example"]}"#
                )
            }
            try await PressHouse.open(at: "2026-09-27T12:00:00Z", with: clients) { house in
                // British Summer Time: 06:00 is 05:00 UTC.
                try await house.advance(to: "2026-09-28T04:59:00Z")
                #expect(try await house.statuses() == [])
                try await house.advance(to: "2026-09-28T05:00:30Z")
                try await house.advance(to: "2026-10-01T11:00:00Z")
                let reports = """
                    select site.domain || ' ' || report.report_type || ' ' || report.period_start || ' ' || report.status
                    from igny8_service_reports report join igny8_sites site on site.id = report.site_id order by 1
                    """
                #expect(
                    try await house.texts(SQL(unsafeRaw: reports)) == [
                        "lite.example monthly 2026-09-01 sent", "pro.example monthly 2026-09-01 sent",
                        "pro.example weekly 2026-09-21 sent", "quarter.example monthly 2026-09-01 sent",
                        "quarter.example quarterly 2026-07-01 sent",
                    ]
                )
                // Twice at once, and again: nothing more.
                let due = try Date("2026-10-01T05:00:00Z", strategy: .iso8601)
                for _ in 0..<2 {
                    var again = ReportsJobs.monthly(inZone: "Europe/London", dueAt: due)
                    again.uniqueKey = UUID().uuidString
                    var twin = again
                    twin.uniqueKey = UUID().uuidString
                    try await house.enqueue([again, twin])
                    try await house.settle()
                }
                #expect(try await house.statuses().count == 5)
                let mails = try await house.mailbox()
                #expect(mails.filter { $0.to == "a@quarter.example" }.count == 2)
                #expect(mails.filter { $0.to == "b@quarter.example" }.count == 2)
                #expect(mails.count == 7 && Set(mails.map(\.messageID)).count == 7)
                #expect(try await house.dead() == [])
            }
        }

        @Test("under a white label neither the mail nor its headers name the house or its maker")
        func whiteLabel() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let brand = try await house.brand(of: client)
                _ = try await house.report(of: client, whiteLabelUnder: brand)
                try await house.settle()
                let mail = try #require(try await house.mailbox().first)
                #expect(mail.from == "\"Brightwater Digital\" <reports@client-mail.example>")
                #expect(mail.messageID.hasSuffix("@reports.brightwater.example>"))
                let all =
                    [mail.subject, mail.from, mail.text, mail.html, mail.messageID]
                    + mail.attachments.map(\.name)
                for name in ["igny8", "alorig"] {
                    #expect(!all.contains { $0.lowercased().contains(name) }, "\(name)")
                }
                let row = try await house.texts("select reply_to from igny8_emails")
                #expect(row == ["hello@brightwater.example"])
            }
        }

        @Test(
            "what staff may look at waits: for yes, or for the deadline where silence means yes; what is late is flagged"
        )
        func approvals() async throws {
            let clients: @Sendable (PressHouse) async throws -> Void = { house in
                try await house.client("asks", tier: .lite, reporting: #"{"approval": "staff", "approval_hours": 48}"#)
                try await house.client(
                    "holds",
                    tier: .lite,
                    reporting: #"{"approval": "staff", "approval_hours": 48, "approval_default": "hold"}"#
                )
            }
            try await PressHouse.open(at: "2026-11-01T05:30:00Z", with: clients) { house in
                try await house.advance(to: "2026-11-01T06:01:00Z")
                #expect(try await house.statuses() == ["ready", "ready"])
                #expect(try await house.mailbox().isEmpty)
                // A day and a quarter of an hour later, when the daily look comes.
                try await house.advance(to: "2026-11-02T06:20:00Z")
                let flags: SQL = "select kind || ' ' || (cleared_at is null) from igny8_delivery_flags order by id"
                #expect(try await house.texts(flags) == ["report_late true", "report_late true"])
                try await house.advance(to: "2026-11-03T06:10:00Z")
                #expect(try await house.statuses() == ["sent", "ready"])
                #expect(try await house.mailbox().map(\.to) == ["billing@asks.example"])
                _ = try await house.transaction { tx in
                    try await tx.query(
                        "update igny8_service_reports set approval = 'approved', approved_at = igny8_now() where status = 'ready'"
                    )
                }
                try await house.advance(to: "2026-11-04T06:20:00Z")
                #expect(try await house.statuses() == ["sent", "sent"])
                try await house.advance(to: "2026-11-05T06:20:00Z")
                #expect(try await house.texts(flags) == ["report_late false", "report_late false"])
            }
        }
    }
}
