import DomainModel
import Foundation
import Testing

@Suite struct FeatureGateTests {
    private let gate: FeatureGate

    init() throws {
        func plan(_ id: Plan.ID, _ key: PlanKey, _ price: Int64, _ features: String) throws -> Plan {
            Plan(
                id: id,
                key: key,
                name: key.rawValue,
                price: Money(minor: price, currency: .usd),
                siteLimit: 3,
                userLimit: nil,
                monthlyCredits: 100,
                features: try JSONDecoder().decode(PlanFeatures.self, from: Data(features.utf8))
            )
        }
        gate = FeatureGate(plans: [
            try plan(
                4,
                .scale,
                34_900,
                #"{"managed_services": "lite_pro", "content_types": "all", "white_label": true}"#
            ),
            try plan(
                3,
                .growth,
                14_900,
                #"{"managed_services": "lite", "content_types": ["post", "page"], "schema_types": 10}"#
            ),
            try plan(1, .free, 0, #"{"content_types": ["post"], "not_yet_known": "x"}"#),
        ])
    }

    @Test("a refusal names what is needed, what is held, and the cheapest plan that has it")
    func refusal() {
        #expect(gate.decide(.managed(.lite), on: .growth) == .allowed)
        #expect(gate.decide(.managed(.pro), on: .scale) == .allowed)
        guard case .refused(let pro) = gate.decide(.managed(.pro), on: .growth) else {
            return #expect(Bool(false), "Growth must not open Pro")
        }
        #expect((pro.needed, pro.held, pro.offer?.plan) == ("lite_pro", "lite", .scale))
        guard case .refused(let lite) = gate.decide(.managed(.lite), on: .free) else {
            return #expect(Bool(false), "Free must not open Lite")
        }
        #expect((lite.held, lite.offer?.plan) == ("none", .growth))
        #expect(gate.decide(GateRequirement(.videoLevel, "all"), on: .free) != .allowed)
    }

    @Test("a list of types holds what is on it, `all` holds everything")
    func contentTypes() {
        #expect(gate.decide(GateRequirement(.contentTypes, "page"), on: .growth) == .allowed)
        #expect(gate.decide(GateRequirement(.contentTypes, "product"), on: .growth) != .allowed)
        #expect(gate.decide(GateRequirement(.contentTypes, "product"), on: .scale) == .allowed)
        #expect(gate.decide(GateRequirement(.contentTypes, "all"), on: .growth) != .allowed)
    }

    @Test("an unknown plan and an unknown level open nothing")
    func unknown() {
        #expect(gate.decide(.managed(.lite), on: PlanKey(rawValue: "gone")) != .allowed)
        #expect(gate.decide(GateRequirement(.whiteLabel, "maybe"), on: .scale) != .allowed)
    }

    @Test("each level is held by itself and by those above it, in every feature")
    func orders() {
        for feature in Feature.allCases {
            for (index, held) in feature.order.enumerated() {
                for (other, needed) in feature.order.enumerated() {
                    #expect(feature.isSatisfied(held: held, needed: needed) == (index >= other), "\(feature)")
                }
            }
        }
    }

    @Test("limits leave room below them, and no limit always does")
    func limits() throws {
        let plan = Plan(
            id: 1,
            key: .starter,
            name: "Starter",
            price: Money(minor: 4_900, currency: .usd),
            siteLimit: 3,
            userLimit: nil,
            monthlyCredits: 1_000,
            features: PlanFeatures(levels: [:])
        )
        #expect(plan.hasRoom(for: .sites, beside: 2) && !plan.hasRoom(for: .sites, beside: 3))
    }
}
