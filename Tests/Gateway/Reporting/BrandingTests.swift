import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Brands", .timeLimit(.minutes(3)))
struct BrandingTests {
    private static let path = "/api/v1/services/branding/"
    private static let body: JSON = [
        "brand_name": "North Star SEO", "primary_color": "#FFD400", "secondary_color": "#1F3A5F",
        "contact_email": "hello@north.example", "contact_phone": "+44 20 7946 0000",
        "website_url": "https://north.example/", "footer_text": "North Star SEO Ltd",
        "brand_logo_url": "https://north.example/logo.png", "custom_domain": "Berichte.Bücher.example",
    ]

    private static func logoJobs(_ gateway: TestGateway) async throws -> Int64 {
        try await gateway.value("select count(*) from igny8_jobs where task = 'fetch_brand_logo'")
    }

    @Test(
        "one is made, its domain normalised, its legible text told, its logo ordered; then replaced, and taken out of use"
    )
    func life() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let made = try await gateway.send(.post, Self.path, as: owner, Self.body)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["custom_domain"]?.string == "berichte.xn--bcher-kva.example")
            #expect(made.json["primary_color"]?.string == "#ffd400")
            #expect(made.json["primary_text_color"]?.string == "#000000")
            #expect(made.json["secondary_text_color"]?.string == "#ffffff")
            let notes = made.json["color_notes"]?.array?.compactMap(\.string) ?? []
            #expect(notes.count == 2 && notes[0].contains("1.43 to 1"), "\(notes)")
            #expect(made.json["logo_status"]?.string == "pending")
            #expect(try await Self.logoJobs(gateway) == 1)
            let id = try #require(made.json["id"]?.integer)
            let path = "\(Self.path)\(id)/"
            let tag = try #require(made.header("ETag"))
            func refuse(_ reason: String, _ wanted: BrandLogos.Wanted) async throws {
                try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                    try await BrandLogos.refuse(reason, for: wanted, in: tx)
                }
            }
            let wanted = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try #require(try await BrandLogos.wanted(id, in: tx))
            }
            try await refuse("404", wanted)
            let failed = try await gateway.send(.get, path, as: owner)
            #expect(failed.json["logo_status"]?.string == "error" && failed.json["logo_error"]?.string == "404")
            // Replaced: what is left out is nothing; a lost update is refused.
            let small: JSON = ["brand_name": "North", "brand_logo_url": "https://north.example/other.svg"]
            let lost = try await gateway.send(.put, path, as: owner, small, headers: [("If-Match", tag)])
            #expect(lost.status == 412)
            let present = try #require(failed.header("ETag"))
            let replaced = try await gateway.send(.put, path, as: owner, small, headers: [("If-Match", present)])
            #expect(replaced.status == 200, "\(replaced.text)")
            #expect(replaced.json["primary_color"]?.string == "#1f3a5f" && replaced.json["contact_email"] == .null)
            #expect(replaced.json["logo_status"]?.string == "pending" && replaced.json["logo_error"] == .null)
            // What comes of the address it had before is too late.
            try await refuse("x", wanted)
            #expect(try await gateway.send(.get, path, as: owner).json["logo_error"] == .null)
            #expect(try await Self.logoJobs(gateway) == 2)
            #expect(try await gateway.send(.delete, path, as: owner).status == 204)
            #expect(try await gateway.send(.delete, path, as: owner).status == 204)
            #expect(try await gateway.send(.get, path, as: owner).json["is_active"]?.bool == false)
            let events: Int64 = try await gateway.value(
                "select count(*) from igny8_audit_events where subject_kind = 'branding'"
            )
            #expect(events == 3)
        }
    }

    @Test(
        "what cannot be is refused by its field",
        arguments: [
            ("brand_name", ""), ("primary_color", "#12345"), ("primary_color", "red"), ("secondary_color", "#12345g"),
            ("contact_email", "nobody"), ("footer_text", String(repeating: "x", count: 301)),
            ("custom_domain", "https://agency.example"), ("custom_domain", "10.0.0.1"),
            ("custom_domain", "gateway.test"), ("custom_domain", "reports.gateway.test"),
            ("brand_logo_url", "ftp://agency.example/logo.png"), ("brand_logo_url", "http://127.0.0.1/logo.png"),
            ("brand_logo_url", "http://[::1]/logo.png"), ("brand_logo_url", "http://localhost/logo.png"),
            ("brand_logo_url", "http://2130706433/logo.png"), ("brand_logo_url", "https://a:b@agency.example/logo.png"),
            ("brand_logo_url", "https://agency.example:8443/logo.png"),
        ]
    )
    func refused(field: String, value: String) async throws {
        try await TestGateway.with { gateway in
            var members: [String: JSON] = ["brand_name": "North"]
            members[field] = .string(value)
            let answer = try await gateway.send(.post, Self.path, as: gateway.people.one.owner, .object(members))
            #expect(answer.status == 422)
            #expect(answer.json["errors"]?[field] != nil, "\(answer.text)")
        }
    }

    @Test("a domain leads to one active brand; one that is out of use gives it free")
    func domains() async throws {
        try await TestGateway.with { gateway in
            let (one, other) = (gateway.people.one, gateway.people.other)
            let body: JSON = ["brand_name": "Thief", "custom_domain": "reports.one.example"]
            let taken = try await gateway.send(.post, Self.path, as: other.owner, body)
            #expect(taken.status == 409)
            #expect(taken.json["type"]?.string == "urn:igny8:problem:domain-taken", "\(taken.text)")
            // The template stands on the brand: first that, then the brand.
            let brand = "\(Self.path)\(one.branding)/"
            let used = try await gateway.send(.delete, brand, as: one.owner)
            #expect(used.status == 409)
            #expect(used.json["used_by"]?.array?.first?["kind"]?.string == "report_template", "\(used.text)")
            let off: JSON = ["brand_name": "Off", "is_active": false]
            #expect(try await gateway.send(.put, brand, as: one.owner, off).status == 409)
            let template = "/api/v1/services/report-templates/\(one.reportTemplate)/"
            #expect(try await gateway.send(.delete, template, as: one.owner).status == 204)
            #expect(try await gateway.send(.delete, brand, as: one.owner).status == 204)
            #expect(try await gateway.send(.post, Self.path, as: other.owner, body).status == 201)
            let back = try await gateway.send(
                .put,
                brand,
                as: one.owner,
                ["brand_name": "Back", "custom_domain": "reports.one.example"]
            )
            #expect(back.status == 409)
        }
    }

    @Test("the flag stands before the gate, the gate names level, plan and price; editors only look")
    func gates() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let body: JSON = ["brand_name": "North"]
            #expect(try await gateway.send(.post, Self.path, as: one.editor, body).status == 403)
            #expect(try await gateway.send(.get, Self.path, as: one.editor).status == 200)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    """
                    update igny8_accounts set plan_id = (select id from igny8_plans where key = 'growth')
                    where id = \(one.account.rawValue)
                    """
                )
            }
            let plan = try await gateway.send(.post, Self.path, as: one.owner, body)
            #expect(plan.status == 403 && plan.json["feature"]?.string == "white_label", "\(plan.text)")
            #expect(plan.json["plan"]?.string == "scale" && plan.json["plan_price"]?.string != nil)
            let template = try await gateway.send(
                .post,
                "/api/v1/services/report-templates/",
                as: one.owner,
                ["name": "Ours"]
            )
            #expect(template.json["needed"]?.string == "weekly_custom" && template.json["held"]?.string == "monthly")
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await FeatureFlags.set(.whiteLabelReports, isEnabled: false, in: tx)
            }
            let flag = try await gateway.send(.get, Self.path, as: one.owner)
            #expect(flag.status == 403 && flag.json["flag"]?.string == "white_label_reports", "\(flag.text)")
        }
    }

    @Test("every colour has a text of 4.5 to 1 on it, and black and white are as WCAG has them")
    func contrast() async throws {
        try await TestGateway.with { gateway in
            let worst: String = try await gateway.value(
                """
                select min(igny8_contrast(color, igny8_text_on(color)))::text from (
                    select '#' || lpad(to_hex((n * 55931) % 16777216), 6, '0') as color from generate_series(0, 300) n
                ) colors
                """
            )
            #expect(worst == "4.50" || worst > "4.50", "\(worst)")
            let extremes: String = try await gateway.value("select igny8_contrast('#000000', '#ffffff')::text")
            #expect(extremes == "21.00")
            let grey: String = try await gateway.value("select igny8_contrast('#777777', '#ffffff')::text")
            #expect(grey == "4.47")
        }
    }
}
