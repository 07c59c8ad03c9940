import DomainModel
import Foundation
import Testing

@Suite struct ServiceConfigTests {
    private func faults(_ document: JSONValue) -> [FieldError] {
        let error = #expect(throws: InvalidDocument.self) { try ServiceConfig(document, over: .defaults(for: .lite)) }
        return error?.errors ?? []
    }

    @Test("each fault names its path and what was expected there")
    func paths() {
        let errors = faults([
            "automation": [
                "schedule": "hourly", "articles_per_run": 0, "content_types": ["post", "poem", "post"], "auto": true,
            ],
            "backlinks": ["monthly_budget": 500, "target_country": "uk"],
            "reporting": ["recipients": ["nobody"], "branding_id": "7"],
            "sociaal": [:],
        ])
        #expect(
            errors.map(\.field) == [
                "automation.articles_per_run", "automation.auto", "automation.content_types[1]",
                "automation.content_types[2]", "automation.schedule", "backlinks.monthly_budget",
                "backlinks.target_country",
                "reporting.branding_id", "reporting.recipients[0]", "sociaal",
            ]
        )
        #expect(
            errors.first { $0.field == "automation.schedule" }?.message
                == "expected one of daily, weekly, monthly, found \"hourly\""
        )
        #expect(
            errors.first { $0.field == "backlinks.monthly_budget" }?.message
                == "expected an amount as a string such as \"250.00\", found 500"
        )
        #expect(errors.last?.message == "unknown field; expected one of automation, backlinks, social, reporting")
    }

    @Test("a document that is no object is refused as a whole", arguments: [JSONValue.null, 3, "x", []])
    func notAnObject(document: JSONValue) {
        #expect(faults(document).map(\.field) == [""])
    }

    @Test("what a document leaves out stays as it was")
    func overlay() throws {
        let config = try ServiceConfig(
            ["reporting": ["theme": "dark", "recipients": ["a@b.com"]]],
            over: .defaults(for: .lite)
        )
        #expect(config.reporting.theme == .dark && config.reporting.recipients == ["a@b.com"])
        #expect(config.automation == ServiceConfig.defaults(for: .lite).automation)
        let back = try ServiceConfig(["reporting": ["template_id": nil]], over: config)
        #expect(back == config)
    }

    @Test("what was stored before there were approvals of reports has none; hours have their bounds")
    func approvals() throws {
        var stored = ServiceConfig.defaults(for: .pro).document
        guard case .object(var parts) = stored, case .object(var reporting)? = parts["reporting"] else {
            Issue.record("no object")
            return
        }
        for name in ["approval", "approval_hours", "approval_default"] {
            #expect(reporting.removeValue(forKey: name) != nil)
        }
        parts["reporting"] = .object(reporting)
        stored = .object(parts)
        let read = try JSONDecoder().decode(ServiceConfig.self, from: JSONEncoder().encode(stored))
        #expect(read == ServiceConfig.defaults(for: .pro))
        #expect(read.reporting.approval == .none && read.reporting.approvalHours == 24)
        let held = try ServiceConfig(
            ["reporting": ["approval": "staff", "approval_hours": 48, "approval_default": "hold"]],
            over: read
        )
        #expect(held.reporting.approvalDefault == .hold && held.reporting.approvalHours == 48)
        #expect(faults(["reporting": ["approval_hours": 0]]).map(\.field) == ["reporting.approval_hours"])
    }

    @Test("nothing is published before the review that is asked for")
    func publishing() {
        #expect(faults(["automation": ["auto_publish": true]]).map(\.field) == ["automation.auto_publish"])
    }

    @Test("the defaults of both tiers fit the published schema", arguments: ServiceTier.allCases)
    func defaults(tier: ServiceTier) throws {
        let config = ServiceConfig.defaults(for: tier)
        #expect(ServiceConfig.shape.faults(in: config.document).isEmpty)
        #expect(try ServiceConfig(config.document, over: config) == config)
        #expect(tier == .lite ? config.automation.articlesPerRun == 3 : config.reporting.frequency == .weekly)
    }

    @Test("the schema says what the check says")
    func schema() {
        let automation = ServiceConfig.shape.schema.members?["properties"]?.members?["automation"]
        #expect(automation?.members?["additionalProperties"] == false)
        let run = automation?.members?["properties"]?.members?["articles_per_run"]
        #expect(run == ["type": "integer", "minimum": 1, "maximum": 100])
    }
}
