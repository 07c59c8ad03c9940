import DomainModel
import FileStore
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Reports", .timeLimit(.minutes(3)))
struct ReportRouteTests {
    private static let root = "/api/v1/services/reports/"

    private static func jobs(_ task: String, _ gateway: TestGateway) async throws -> Int64 {
        try await gateway.value("select count(*) from igny8_jobs where task = \(task)")
    }

    private static func set(_ change: SQL, _ gateway: TestGateway) async throws {
        try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
            _ = try await tx.query("update igny8_service_reports set " + change)
        }
    }

    @Test("a client reads its own, with each edition and mail; by site, kind, state and days; never another's")
    func reads() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await IssuedPaper.finish(again: one.report, "one", account: one.account, in: tx)
                try await tx.query(
                    """
                    insert into igny8_emails (account_id, template, unique_key, message_id, sender, subject, text_body)
                    values (\(one.account.rawValue), 'report', \("report:\(one.report):1:a@b.example"), '<m@test>', 'a@b.c',
                        'Your week', 'Hello')
                    """
                )
            }
            let detail = try await gateway.send(.get, "\(Self.root)\(one.report)/", as: one.editor)
            #expect(detail.status == 200 && detail.header("ETag") != nil, "\(detail.text)")
            let history = detail.json["history"]?.array ?? []
            #expect(history.count == 2 && history.last?["pdf_sha256"] == detail.json["pdf_sha256"])
            #expect(detail.json["mails"]?.array?.first?["subject"]?.string == "Your week", "\(detail.text)")
            func count(_ query: String) async throws -> Int? {
                let page = try await gateway.send(.get, Self.root + "?" + query, as: one.owner)
                return page.json["results"]?.array?.count
            }
            #expect(try await count("") == 1)
            #expect(try await count("cursor=&status=ready&report_type=weekly&site_id=\(one.site)") == 1)
            #expect(try await count("status=failed") == 0)
            #expect(try await count("from=2026-09-20&to=2026-09-14") == 1)
            #expect(try await count("from=2026-09-21") == 0)
            #expect(try await count("to=2026-09-13") == 0)
            #expect(try await count("approval=pending") == 0)
            let strange = try await gateway.send(.get, "\(Self.root)\(gateway.people.other.report)/pdf/", as: one.owner)
            #expect(strange.status == 404)
        }
    }

    @Test("the PDF comes whole or in parts, named, by its hash; not while there is none")
    func pdf() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let path = "\(Self.root)\(one.report)/pdf/"
            let bytes = IssuedPaper.pdf("one")
            let tag = "\"\(ContentHash(of: bytes).hex)\""
            func get(_ headers: [(name: String, value: String)] = []) async throws -> TestAnswer {
                try await gateway.send(.get, path, as: one.owner, headers: headers)
            }
            let whole = try await get()
            #expect(whole.status == 200 && whole.body == bytes && whole.header("ETag") == tag)
            #expect(whole.header("Content-Type") == "application/pdf" && whole.header("Accept-Ranges") == "bytes")
            #expect(
                whole.header("Content-Disposition")
                    == "attachment; filename=\"one _ weekly.pdf\"; filename*=UTF-8''one%20%E2%80%93%20weekly.pdf"
            )
            let part = try await get([("Range", "bytes=2-5"), ("If-Range", tag)])
            #expect(part.status == 206 && part.body == Array(bytes[2...5]))
            #expect(part.header("Content-Range") == "bytes 2-5/\(bytes.count)")
            #expect(try await get([("Range", "bytes=2-5"), ("If-Range", "\"old\"")]).body == bytes)
            let beyond = try await get([("Range", "bytes=\(bytes.count)-")])
            #expect(beyond.status == 416 && beyond.header("Content-Range") == "bytes */\(bytes.count)")
            #expect(try await get([("If-None-Match", tag)]).status == 304)
            try await Self.set(
                "status = 'failed', last_error = 'no fonts', pdf_sha256 = null, pdf_bytes = null, pdf_pages = null",
                gateway
            )
            let failed = try await get()
            #expect(failed.status == 409 && failed.text.contains("no fonts"), "\(failed.text)")
        }
        // A store that makes links of its own is where the PDF is fetched; signing in is still here.
        try await TestGateway.with(documents: MemoryFileStore(address: "https://store.example")) { gateway in
            let one = gateway.people.one
            let answer = try await gateway.send(.get, "\(Self.root)\(one.report)/pdf/", as: one.owner)
            #expect(answer.status == 307)
            #expect(answer.header("Location")?.hasPrefix("https://store.example/") == true)
        }
    }

    @Test(
        "a range of bytes is read as RFC 9110 has it",
        arguments: [
            ("bytes=0-0", FileAnswer.Part.range(0..<1)), ("bytes=5-", .range(5..<10)), ("bytes=-3", .range(7..<10)),
            ("bytes=-99", .range(0..<10)), ("bytes=8-99", .range(8..<10)), ("Bytes= 1 - 2 ", .range(1..<3)),
            ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=", .whole),
            ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=0-1,4-5", .whole), ("lines=1-2", .whole),
            ("bytes=1-2-3", .whole), ("bytes=99999999999999999999-", .whole), ("bytes=--1", .whole),
        ]
    )
    func ranges(field: String, part: FileAnswer.Part) {
        #expect(FileAnswer.range(field, of: 10) == part)
    }

    @Test("the page of a report runs nothing and is of no origin; its figures are explained")
    func page() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let html = try await gateway.send(.get, "\(Self.root)\(one.report)/html/", as: one.owner)
            #expect(html.status == 200, "\(html.text)")
            let policy = try #require(html.header("Content-Security-Policy"))
            #expect(policy.hasPrefix("sandbox; default-src 'none'") && !policy.contains("allow-scripts"))
            #expect(html.text.contains("<style>"))
            let explained = try await gateway.send(.get, "\(Self.root)\(one.report)/explain/", as: one.owner)
            #expect(explained.status == 200, "\(explained.text)")
            let figure = explained.json["figures"]?.array?.first
            #expect(figure?["value"]?.string == "12480" && figure?["formula"]?.string?.contains("clicks") == true)
        }
    }

    @Test("a preview shows live data under any brand and template of the account, whatever is in it, and saves nothing")
    func preview() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            let hostile = "<script>alert(1)</script><h1>{{client.domain}}</h1>"
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    "update igny8_report_templates set template_html = \(hostile) where id = \(one.reportTemplate)"
                )
            }
            let path = "\(Self.root)preview/?site_id=\(one.site)&type=monthly"
            let plain = try await gateway.send(.get, path + "&branding_id=\(one.branding)&white_label=true", as: staff)
            #expect(plain.status == 200 && plain.text.contains("Agency one"), "\(plain.text.prefix(500))")
            #expect(plain.text.contains("one.example") && !plain.text.contains("alert(1)"))
            let custom = try await gateway.send(.get, path + "&template_id=\(one.reportTemplate)&theme=dark", as: staff)
            #expect(custom.status == 200 && custom.text.contains("<h1>one.example</h1>"), "\(custom.text.prefix(500))")
            for answer in [plain, custom] {
                let policy = try #require(answer.header("Content-Security-Policy"))
                #expect(policy.hasPrefix("sandbox; default-src 'none'") && !policy.contains("allow-scripts"))
            }
            let other = "&branding_id=\(gateway.people.other.branding)"
            let strange = try await gateway.send(.get, path + other, as: staff)
            #expect(strange.status == 400 && strange.json["errors"]?["branding_id"] != nil, "\(strange.text)")
            #expect(try await gateway.send(.get, "\(Self.root)preview/", as: staff).status == 400)
            #expect(try await gateway.send(.get, path, as: one.owner).status == 403)
            let reports: Int64 = try await gateway.value("select count(*) from igny8_service_reports")
            #expect(reports == 2)
        }
    }

    @Test("one is ordered for a period once, as the site's service has it; staff alone; the plan must have its kind")
    func generate() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            let path = Self.root + "generate/"
            func order(_ type: String, day: String? = nil) async throws -> TestAnswer {
                var members: [String: JSON] = ["site_id": .number("\(one.site)"), "type": .string(type)]
                if let day { members["day"] = .string(day) }
                return try await gateway.send(.post, path, as: staff, .object(members))
            }
            let made = try await order("monthly", day: "2026-02-17")
            #expect(made.status == 202, "\(made.text)")
            let id = try #require(made.json["report_id"]?.integer)
            #expect(made.json["job"]?["task"]?.string == "generate_report")
            let report = try await gateway.send(.get, "\(Self.root)\(id)/", as: staff)
            #expect(
                report.json["period_start"]?.string == "2026-02-01" && report.json["period_end"]?.string == "2026-02-28"
            )
            #expect(report.json["status"]?.string == "queued" && report.json["sections_included"]?.array?.count == 9)
            #expect(report.json["subscription_id"]?.integer == one.subscription.rawValue)
            #expect(report.json["branding_id"] == .null)
            let again = try await order("monthly", day: "2026-02-01")
            #expect(again.status == 409 && again.text.contains("regenerate"), "\(again.text)")
            #expect(try await order("weekly", day: "2999-01-01").status == 422)
            #expect(try await order("quarterly").status == 202)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    """
                    update igny8_accounts set plan_id = (select id from igny8_plans where key = 'growth')
                    where id = \(one.account.rawValue)
                    """
                )
            }
            let weekly = try await order("weekly", day: "2026-01-05")
            #expect(weekly.status == 403 && weekly.json["needed"]?.string == "weekly_custom", "\(weekly.text)")
            #expect(try await order("monthly", day: "2026-01-05").status == 202)
            #expect(try await Self.jobs("generate_report", gateway) == 3)
        }
    }

    @Test("one is made anew while nobody makes it, and sent when it is there")
    func again() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            let path = "\(Self.root)\(one.report)/"
            let sent = try await gateway.send(.post, path + "send/", as: staff)
            #expect(sent.status == 202 && sent.json["job"]?["task"]?.string == "send_pending_reports", "\(sent.text)")
            let made = try await gateway.send(.post, path + "regenerate/", as: staff)
            #expect(made.status == 202 && made.json["job"]?["task"]?.string == "generate_report", "\(made.text)")
            #expect(try await gateway.send(.post, path + "regenerate/", as: staff).status == 409)
            #expect(try await gateway.send(.post, path + "send/", as: staff).status == 409)
            // What was issued is still there to be read.
            #expect(try await gateway.send(.get, path + "pdf/", as: one.owner).status == 200)
        }
    }

    @Test("one that staff look at waits once it is ready, is kept, and goes when somebody says yes")
    func approvals() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.manager)
            let path = "\(Self.root)\(one.report)/"
            let config: JSON = ["service_config": ["reporting": ["approval": "staff", "approval_hours": 48]]]
            let subscription = "/api/v1/services/subscriptions/\(one.subscription)/"
            #expect(try await gateway.send(.patch, subscription, as: staff, config).status == 200)
            // What was ready before nobody was asked about.
            #expect(try await gateway.send(.post, path + "approve/", as: staff).status == 409)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await IssuedPaper.finish(again: one.report, "one", account: one.account, in: tx)
            }
            let pending = try await gateway.send(.get, Self.root + "?approval=pending", as: staff)
            let waiting = try #require(pending.json["results"]?.array?.first)
            #expect(waiting["id"]?.integer == one.report && waiting["approval_default"]?.string == "send")
            let hours: String = try await gateway.value(
                "select (approve_by - updated_at)::text from igny8_service_reports where id = \(one.report)"
            )
            #expect(hours == "48:00:00" || hours == "2 days", "\(hours)")
            #expect(try await gateway.send(.post, path + "send/", as: staff).status == 409)
            let second = IssuedPaper.pdf("one", edition: 2)
            try await gateway.documents.put(ContentHash(of: second), second, type: "application/pdf")
            // Until then it is for staff alone.
            for part in ["", "pdf/", "html/", "explain/"] {
                #expect(try await gateway.send(.get, path + part, as: one.owner).status == 404, "\(part)")
                #expect(try await gateway.send(.get, path + part, as: staff).status == 200, "\(part)")
            }
            #expect(try await gateway.send(.get, Self.root, as: one.owner).json["count"]?.integer == 0)
            let held = try await gateway.send(.post, path + "hold/", as: staff)
            #expect(held.status == 200 && held.json["approval"]?.string == "held", "\(held.text)")
            #expect(try await gateway.send(.post, path + "hold/", as: staff).status == 409)
            #expect(try await gateway.send(.post, path + "approve/", as: one.owner).status == 404)
            let approved = try await gateway.send(.post, path + "approve/", as: staff)
            #expect(approved.status == 202 && approved.json["job"]?["task"]?.string == "send_pending_reports")
            let now = try await gateway.send(.get, path, as: staff)
            #expect(now.json["approval"]?.string == "approved")
            #expect(try await gateway.send(.get, path, as: one.owner).status == 200)
            #expect(now.json["approved_by"]?.integer == staff.user.rawValue)
            #expect(try await gateway.send(.post, path + "approve/", as: staff).status == 409)
            // Sent once, it is asked about no more.
            try await Self.set("status = 'sent', sent_at = igny8_now(), approval = 'none'", gateway)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await IssuedPaper.finish(again: one.report, "one", account: one.account, in: tx)
            }
            #expect(try await gateway.send(.get, path, as: staff).json["approval"]?.string == "none")
        }
    }
}

extension IssuedPaper {
    /// Regenerated and rendered again: another PDF of the same report.
    static func finish(again id: Int64, _ name: String, account: Account.ID, in tx: PostgresTransaction) async throws {
        _ = try await tx.query("update igny8_service_reports set status = 'rendering' where id = \(id)")
        let editions: Int = try #require(
            try await tx.query("select renderings from igny8_service_reports where id = \(id)").first
        ).decode(0)
        try await finish(id, pdf(name, edition: editions + 1), name, account: account, in: tx)
    }
}
