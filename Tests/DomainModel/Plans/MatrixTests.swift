import DomainModel
import Foundation
import Testing

/// The matrix of spec 6, written down a second time: what the four plans hold, and from where on each gate is closed.
enum SpecMatrix {
    static let plans: [PlanKey] = [.free, .starter, .growth, .scale]

    static let levels: [Feature: [String]] = [
        .sagMode: ["quick", "detailed", "full", "full"],
        .contentTypes: ["post", "post,page", "all", "all"],
        .taxonomyContent: ["false", "false", "true", "true"],
        .gscLevel: ["none", "basic", "full", "full"],
        .linkerLevel: ["none", "audit", "auto", "full"],
        .backlinksLevel: ["none", "none", "self_service", "self_service_api"],
        .optimizerLevel: ["none", "basic", "full", "batch"],
        .schemaTypes: ["1", "5", "10", "all_retroactive"],
        .socializerPlatforms: ["0", "2", "all", "all_auto"],
        .videoLevel: ["none", "none", "short", "all"],
        .ahrefsLevel: ["none", "none", "readonly", "full"],
        .backlinkIndexing: ["false", "false", "false", "true"],
        .reportLevel: ["none", "none", "monthly", "weekly_custom"],
        .whiteLabel: ["false", "false", "false", "true"],
        .apiAccess: ["none", "none", "readonly", "full"],
        .managedServices: ["none", "none", "lite", "lite_pro"],
    ]

    /// Every level that can be needed of a feature.
    static func needs(of feature: Feature) -> [String] {
        feature == .contentTypes ? ["post", "page", "cluster_hub", "all"] : feature.order
    }

    /// Whether a plan opens a need, told without the gate: by place in the spec's order.
    static func opens(_ feature: Feature, _ level: String, on plan: Int) -> Bool {
        let held = levels[feature]?[plan] ?? ""
        if feature == .contentTypes {
            return held == "all" || level == "post" || (level == "page" && plan > 0)
        }
        return feature.order.firstIndex(of: held) ?? -1 >= feature.order.firstIndex(of: level) ?? .max
    }

    static func catalogue() -> [Plan] {
        let prices: [Int64] = [0, 4_900, 14_900, 34_900]
        return plans.enumerated().map { index, key in
            Plan(
                id: Plan.ID(Int64(index + 1)),
                key: key,
                name: key.rawValue,
                price: Money(minor: prices[index], currency: .usd),
                siteLimit: [1, 3, 10, nil][index],
                userLimit: [1, 3, 10, nil][index],
                monthlyCredits: [100, 1_000, 5_000, 25_000][index],
                features: PlanFeatures(levels: levels.mapValues { $0[index] })
            )
        }
    }
}

@Suite("The matrix of plans") struct MatrixTests {
    private let gate = FeatureGate(plans: SpecMatrix.catalogue())

    @Test("each gate is open from its line on and closed below it, on each plan", arguments: Feature.allCases)
    func bothSides(feature: Feature) throws {
        var sides: Set<Bool> = []
        for (index, plan) in SpecMatrix.plans.enumerated() {
            for level in SpecMatrix.needs(of: feature) {
                let expected = SpecMatrix.opens(feature, level, on: index)
                sides.insert(expected)
                let decision = gate.decide(GateRequirement(feature, level), on: plan)
                guard case .refused(let refusal) = decision else {
                    #expect(expected, "\(feature) at \(level) is open on \(plan)")
                    continue
                }
                #expect(!expected, "\(feature) at \(level) is closed on \(plan)")
                #expect(refusal.subject == feature.rawValue && refusal.needed == level)
                #expect(refusal.held == SpecMatrix.levels[feature]?[index])
                let cheapest = SpecMatrix.plans.indices.first { SpecMatrix.opens(feature, level, on: $0) }
                #expect(refusal.offer?.plan == cheapest.map { SpecMatrix.plans[$0] })
                #expect(refusal.offer?.price.minor == cheapest.map { [0, 4_900, 14_900, 34_900][$0] })
            }
        }
        #expect(sides == [true, false], "\(feature) is tried from both sides of its line")
    }

    @Test("each limit has room below it and none at it, and names the cheapest plan that has")
    func limits() {
        let lines: [(PlanKey, Int?, PlanKey?)] = [
            (.free, 1, .starter), (.starter, 3, .growth), (.growth, 10, .scale), (.scale, nil, nil),
        ]
        for what in [PlanLimit.sites, .users] {
            for (plan, limit, next) in lines {
                guard let limit else {
                    #expect(gate.decide(roomFor: what, beside: 1_000_000, on: plan) == .allowed)
                    continue
                }
                #expect(gate.decide(roomFor: what, beside: limit - 1, on: plan) == .allowed)
                guard case .refused(let refusal) = gate.decide(roomFor: what, beside: limit, on: plan) else {
                    Issue.record("\(plan) has room for more than \(limit) \(what)")
                    continue
                }
                #expect(refusal.needed == String(limit + 1) && refusal.held == String(limit))
                #expect(refusal.offer?.plan == next && refusal.subject == what.rawValue)
            }
        }
    }

    @Test("what an account keeps opens what its plan does not, and never closes what it does")
    func kept() {
        let features = PlanFeatures(levels: [.ahrefsLevel: "readonly", .contentTypes: "post"])
        let more = Holding(plan: .growth, features: features, kept: [.ahrefsLevel: "full", .contentTypes: "page"])
        #expect(more[.ahrefsLevel] == "full" && more[.contentTypes] == "post,page")
        #expect(more.meets(GateRequirement(.ahrefsLevel, "full")))
        let less = Holding(plan: .growth, features: features, kept: [.ahrefsLevel: "none"])
        #expect(less[.ahrefsLevel] == "readonly")
    }

    @Test("a plan's features survive being written and read")
    func coding() throws {
        for plan in SpecMatrix.catalogue() {
            let text = try JSONEncoder().encode(plan.features)
            #expect(try JSONDecoder().decode(PlanFeatures.self, from: text) == plan.features)
        }
    }

    @Test("a refusal is worth the difference of two plans' prices, once it is one and while it is one")
    func value() throws {
        let plans = SpecMatrix.catalogue()
        func finding(refused: Int, on index: Int) throws -> UsageFinding {
            try UsageFinding(
                feature: .ahrefsLevel,
                required: "readonly",
                current: "none",
                allowed: 0,
                refused: refused,
                holding: Holding(plan: plans[index].key, features: plans[index].features),
                price: plans[index].price,
                gate: gate
            )
        }
        let starter = try finding(refused: 7, on: 1)
        #expect(starter.neededPlan == .growth && starter.value.minor == 10_000 && !starter.isOpenNow)
        #expect(try finding(refused: 0, on: 1).value.isZero)
        let upgraded = try finding(refused: 7, on: 2)
        #expect(upgraded.isOpenNow && upgraded.value.isZero)
    }

    @Test("a week's report is over the seven days before Monday, a month's over the month before")
    func periods() throws {
        let day = try #require(CalendarDay(year: 2026, month: 3, day: 2))  // a Monday
        #expect(UsageFinding.Period.weekly.last(before: day) == (day.adding(days: -7), day))
        let sunday = day.adding(days: 6)
        #expect(UsageFinding.Period.weekly.last(before: sunday) == (day.adding(days: -7), day))
        let march = try #require(CalendarDay(year: 2026, month: 3, day: 1))
        let february = try #require(CalendarDay(year: 2026, month: 2, day: 1))
        #expect(UsageFinding.Period.monthly.last(before: day) == (february, march))
    }
}

@Suite("What is sold beside the plan") struct AddOnTests {
    private let gate = FeatureGate(plans: SpecMatrix.catalogue())
    private let flags: [FeatureFlag: Bool] = [.managedServicesEnabled: true, .backlinkOrdersEnabled: true]

    private func holding(_ plan: PlanKey) throws -> Holding {
        let plan = try #require(SpecMatrix.catalogue().first { $0.key == plan })
        return Holding(plan: plan.key, features: plan.features)
    }

    private let usd = Money(minor: 10_000, currency: .usd)

    @Test("flags stand before gates, gates before the plans it is sold on")
    func order() throws {
        let pro = AddOn(kind: .managedService, key: "pro", name: "Managed Pro", pricing: .monthly(usd))
        let closed = pro.hindrance(for: try holding(.free), currency: .usd, flags: [:], gate: gate)
        #expect(closed == .flag(.managedServicesEnabled))
        guard
            case .plan(let refusal) = pro.hindrance(for: try holding(.growth), currency: .usd, flags: flags, gate: gate)
        else {
            Issue.record("Growth must not buy Pro")
            return
        }
        #expect((refusal.needed, refusal.held, refusal.offer?.plan) == ("lite_pro", "lite", .scale))
        #expect(pro.hindrance(for: try holding(.scale), currency: .usd, flags: flags, gate: gate) == nil)
        #expect(pro.hindrance(for: try holding(.scale), currency: .eur, flags: flags, gate: gate) == .currency(.eur))
        let authority = AddOn(
            kind: .backlinkPackage,
            key: "authority",
            name: "Authority",
            pricing: .monthly(usd),
            plans: [.scale]
        )
        guard
            case .plan(let sale) = authority.hindrance(
                for: try holding(.growth),
                currency: .usd,
                flags: flags,
                gate: gate
            )
        else {
            Issue.record("Growth must not buy Authority")
            return
        }
        #expect(sale.subject == "backlink_package:authority" && sale.offer?.price.minor == 34_900)
    }

    @Test("a package's price grows evenly with its links, and the niche multiplies it before the one rounding")
    func links() throws {
        let pricing = LinkPricing(
            links: 5...8,
            least: Money(minor: 80_000, currency: .usd),
            most: Money(minor: 150_000, currency: .usd)
        )
        #expect(try pricing.price(for: 5)?.minor == 80_000)
        #expect(try pricing.price(for: 8)?.minor == 150_000)
        #expect(try pricing.price(for: 6)?.minor == 103_333)
        #expect(try pricing.price(for: 6, multiplier: try #require(Ratio("1.5")))?.minor == 155_000)
        #expect(try pricing.price(for: 4) == nil && pricing.price(for: 9) == nil)
        let fixed = LinkPricing(links: 5...5, least: usd, most: usd)
        #expect(try fixed.price(for: 5) == usd)
    }

    @Test("a unit that is begun costs whole")
    func credits() {
        let writing = CreditCost(operation: "content_generation", credits: 1, unit: "100 words", unitSize: 100)
        #expect([0, 1, 100, 101, 1_050].map(writing.credits(for:)) == [0, 1, 1, 2, 11])
        #expect(CreditCost(operation: "x", credits: 5, unit: "image", unitSize: 1).credits(for: 3) == 15)
    }
}
