import ArgumentParser
import DomainModel
import Foundation
import Persistence
import Testing

@testable import Operator

@Suite("Gates and plans, for the operator") struct GateCommandTests {
    private static let document = """
        {"openapi": "3.1.0", "paths": {
            "/api/v1/b/": {"post": {"operationId": "b", "x-flag": "managed_services_enabled", "x-body-gates": [
                {"when": "tier = lite", "gate": {"feature": "managed_services", "level": "lite"}},
                {"when": "tier = pro", "gate": {"feature": "managed_services", "level": "lite_pro"}}]}},
            "/api/v1/a/": {"get": {"x-gate": {"feature": "ahrefs_level", "level": "readonly"},
                "x-api-key-gate": {"feature": "api_access", "level": "full"}},
                "delete": {"x-flag": "white_label_reports"}},
            "/api/v1/c/": {"post": {"x-plan-limit": "sites"}},
            "/api/v1/open/": {"get": {"summary": "nothing stands here"}}}}
        """

    private static func plans() -> [Plan] {
        let growth: [Feature: String] = [.ahrefsLevel: "readonly", .apiAccess: "readonly", .managedServices: "lite"]
        let scale: [Feature: String] = [.ahrefsLevel: "full", .apiAccess: "full", .managedServices: "lite_pro"]
        return [(PlanKey.scale, Int64(34_900), scale), (.growth, 14_900, growth)].map { key, price, levels in
            Plan(
                id: 1,
                key: key,
                name: key.rawValue,
                price: Money(minor: price, currency: .usd),
                siteLimit: key == .growth ? 10 : nil,
                userLimit: nil,
                monthlyCredits: 0,
                features: PlanFeatures(levels: levels)
            )
        }
    }

    @Test("every gate of the document is listed once, with what it depends on and the plans that open it")
    func gates() throws {
        let document = try JSONDecoder().decode(GateDocument.self, from: Data(Self.document.utf8))
        let gates = document.gates(plans: Self.plans())
        #expect(
            gates.map(\.path) == ["/api/v1/a/", "/api/v1/a/", "/api/v1/a/", "/api/v1/b/", "/api/v1/b/", "/api/v1/c/"]
        )
        #expect(gates.map(\.method) == ["DELETE", "GET", "GET", "POST", "POST", "POST"])
        #expect(gates.map(\.when) == [nil, nil, "API key", "tier = lite", "tier = pro", nil])
        #expect(gates[0].flag == "white_label_reports" && gates[0].feature == nil)
        #expect(gates[1].plans == ["growth", "scale"] && gates[2].plans == ["scale"])
        #expect(gates[4].plans == ["scale"] && gates[4].flag == "managed_services_enabled")
        #expect(gates[5].feature == "sites" && gates[5].plans == ["growth up to 10", "scale"])
        let text = GateCommand.table(gates).text
        #expect(text.contains("API key") && text.contains("growth, scale") && text.contains("every plan"))
    }

    @Test("both commands explain themselves with an example")
    func help() {
        let commands: [(any ParsableCommand.Type, String)] = [
            (GateCommand.self, "gates"), (PlanCommands.MigrateFeatures.self, "plans migrate"),
        ]
        for (command, words) in commands {
            let help = Igny8.helpMessage(for: command)
            #expect(help.contains("USAGE: igny8 \(words)") && help.contains("Example: igny8 \(words)"))
        }
    }
}
