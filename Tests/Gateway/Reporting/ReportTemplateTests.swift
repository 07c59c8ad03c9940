import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Templates of reports", .timeLimit(.minutes(3)))
struct ReportTemplateTests {
    private static let path = "/api/v1/services/report-templates/"

    private static func checks(_ gateway: TestGateway) async throws -> Int64 {
        try await gateway.value("select count(*) from igny8_jobs where task = 'check_report_template'")
    }

    @Test("each new design is checked, a new name is not; a check of an older one says nothing; one default an account")
    func life() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            var body: JSON = ["name": "Ours", "template_html": "<h1>{{client.name}}</h1>", "is_default": true]
            let made = try await gateway.send(.post, Self.path, as: owner, body)
            #expect(made.status == 201 && made.json["status"]?.string == "unchecked", "\(made.text)")
            #expect(try await Self.checks(gateway) == 1)
            let id = try #require(made.json["id"]?.integer)
            let path = "\(Self.path)\(id)/"
            func check(_ outcome: ReportTemplate.Check, revision: Int64) async throws -> Bool {
                try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                    try await ReportTemplates.store(outcome, of: .init(id), revision: revision, in: tx)
                }
            }
            #expect(try await check(.invalid("no such section"), revision: 1))
            let invalid = try await gateway.send(.get, path, as: owner)
            #expect(invalid.json["check_message"]?.string == "no such section")
            #expect(invalid.json["template_html"]?.string == "<h1>{{client.name}}</h1>")
            body = ["name": "Renamed", "template_html": "<h1>{{client.name}}</h1>", "is_default": true]
            let renamed = try await gateway.send(.put, path, as: owner, body)
            #expect(renamed.status == 200 && renamed.json["status"]?.string == "invalid", "\(renamed.text)")
            #expect(try await Self.checks(gateway) == 1)
            body = ["name": "Renamed", "template_html": "<h2>{{client.name}}</h2>", "is_default": true]
            let changed = try await gateway.send(.put, path, as: owner, body)
            #expect(changed.json["status"]?.string == "unchecked" && changed.json["check_message"] == .null)
            #expect(try await Self.checks(gateway) == 2)
            #expect(try await !check(.valid(pages: 3), revision: 1))
            let revision: Int64 = try await gateway.value(
                "select revision from igny8_report_templates where id = \(id)"
            )
            #expect(try await check(.valid(pages: 3), revision: revision))
            let second = try await gateway.send(.post, Self.path, as: owner, ["name": "Next", "is_default": true])
            #expect(second.status == 201)
            let first = try await gateway.send(.get, path, as: owner)
            #expect(first.json["is_default"]?.bool == false && first.json["status"]?.string == "valid")
            let list = try await gateway.send(.get, Self.path + "?status=valid", as: owner)
            #expect(list.json["results"]?.array?.count == 2 && !list.text.contains("template_html"))
            #expect(try await gateway.send(.delete, path, as: owner).status == 204)
            #expect(try await gateway.send(.get, path, as: owner).status == 404)
            #expect(try await gateway.send(.put, path, as: owner, ["name": "Gone"]).status == 404)
        }
    }

    @Test("both texts may be as long as they may be, and no longer")
    func sizes() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let most = String(repeating: "\u{1}", count: ReportTemplate.Design.most)
            let fits = try await gateway.send(
                .post,
                Self.path,
                as: owner,
                ["name": "Long", "template_html": .string(most), "template_css": .string(most)]
            )
            #expect(fits.status == 201, "\(fits.text.prefix(300))")
            let over = try await gateway.send(
                .post,
                Self.path,
                as: owner,
                ["name": "Longer", "template_css": .string(most + "x")]
            )
            #expect(over.status == 422 && over.json["errors"]?["template_css"] != nil)
        }
    }

    @Test("a configuration takes only what the account has, that is active or valid, and that its plan opens")
    func choices() async throws {
        try await TestGateway.with { gateway in
            let (people, staff) = (gateway.people, gateway.people.manager)
            let path = "/api/v1/services/subscriptions/\(people.one.subscription)/"
            func choose(_ members: JSON) async throws -> TestAnswer {
                try await gateway.send(.patch, path, as: staff, ["service_config": ["reporting": members]])
            }
            func id(_ number: Int64) -> JSON { .number(String(number)) }
            let brand = "service_config.reporting.branding_id"
            let template = "service_config.reporting.template_id"
            for unknown in [people.other.branding, 999_999] {
                let answer = try await choose(["branding_id": id(unknown)])
                #expect(answer.status == 422 && answer.json["errors"]?[brand] != nil, "\(answer.text)")
            }
            let others = try await choose(["template_id": id(people.other.reportTemplate)])
            #expect(others.status == 422 && others.json["errors"]?[template] != nil)
            let made = try await gateway.send(.post, Self.path, as: people.one.owner, ["name": "New"])
            let unchecked = try await choose(["template_id": id(try #require(made.json["id"]?.integer))])
            #expect(unchecked.status == 422 && unchecked.text.contains("unchecked"))
            let chosen = try await choose([
                "branding_id": id(people.one.branding), "template_id": id(people.one.reportTemplate),
                "white_label": true, "approval": "staff",
            ])
            #expect(chosen.status == 200, "\(chosen.text)")
            #expect(chosen.json["service_config"]?["reporting"]?["approval"]?.string == "staff")
            // Both are in use now.
            for used in ["branding/\(people.one.branding)/", "report-templates/\(people.one.reportTemplate)/"] {
                let answer = try await gateway.send(.delete, "/api/v1/services/" + used, as: people.one.owner)
                #expect(answer.status == 409, "\(used)")
                let user = answer.json["used_by"]?.array?.first
                #expect(user?["kind"]?.string == "managed_subscription" && user?["name"]?.string == "one.example")
            }
            // A smaller plan: what was chosen stays, and other changes are no question of it; new choices are.
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    """
                    update igny8_accounts set plan_id = (select id from igny8_plans where key = 'growth')
                    where id = \(people.one.account.rawValue)
                    """
                )
            }
            #expect(try await choose(["theme": "dark", "white_label": true]).status == 200)
            #expect(
                try await choose(["frequency": "monthly", "white_label": false, "template_id": .null]).status == 200
            )
            let weekly = try await choose(["frequency": "weekly"])
            #expect(weekly.status == 403 && weekly.json["needed"]?.string == "weekly_custom", "\(weekly.text)")
            let white = try await choose(["white_label": true])
            #expect(white.status == 403 && white.json["feature"]?.string == "white_label")
            let custom = try await choose(["template_id": id(people.one.reportTemplate)])
            #expect(custom.status == 403 && custom.json["feature"]?.string == "report_level")
        }
    }
}
