import DomainModel
import Testing

@Suite("Ahrefs: plan of calls and budget") struct AhrefsPlanTests {
    private typealias Target = AhrefsCallPlan.Target

    private static func targets(_ count: Int, own: Int = 0) -> [Target] {
        (0..<count).map { Target("site\($0).example", isOwn: $0 < own) }
    }

    @Test("a batch of a hundred costs what its fields do, and never less than the least")
    func forecast() {
        #expect(AhrefsUnits.forecast(fields: ["url", "org_traffic", "url"], rows: 10) == 110)
        #expect(AhrefsUnits.forecast(fields: ["url"], rows: 1) == 50)
        let plan = AhrefsCallPlan(Self.targets(100))
        #expect(plan.requests == 1 && plan.forecast == 1_900)
        #expect(AhrefsCallPlan(Self.targets(2)).forecast == 50)
    }

    @Test("domains that sites share are asked for once, sites before competitors, in batches of a hundred")
    func batches() {
        let plan = AhrefsCallPlan(Self.targets(230) + [Target("own.example", isOwn: true)] + Self.targets(230))
        guard case .batch(let first)? = plan.calls.first else { return #expect(Bool(false)) }
        #expect(first.count == 100 && first[0] == "own.example")
        #expect(plan.requests == 3 && plan.forecast == 1_900 + 1_900 + 31 * 19)
        #expect(Set(plan.calls.flatMap { Self.domains($0) }).count == 231)
        let naive = AhrefsCallPlan.naive(domains: 231)
        #expect(naive.requests == 693 && naive.units == 34_650)
    }

    @Test("what is known is not asked for; a rating alone is free")
    func cheapest() {
        let targets = [
            Target("a.example", isOwn: true), Target("b.example", isOwn: false),
            Target("c.example", isOwn: false, onlyRating: true),
        ]
        let plan = AhrefsCallPlan(targets, known: ["a.example"])
        #expect(plan.calls == [.batch(["b.example"]), .freeRating("c.example")])
        #expect(plan.forecast == 50)
        #expect(AhrefsCallPlan(targets, known: ["a.example", "b.example", "c.example"]).calls.isEmpty)
        // Wanted whole by another: then the batch has the rating too.
        let both = AhrefsCallPlan(targets + [Target("c.example", isOwn: false)], known: ["a.example"])
        #expect(both.calls == [.batch(["b.example", "c.example"])])
    }

    @Test("within few units sites come first, and those that no unit is left for get their rating for nothing")
    func shortOfUnits() {
        let targets = Self.targets(10, own: 4)
        let some = AhrefsCallPlan(targets, unitsLeft: 60)
        #expect(some.calls.first == .batch(["site0.example", "site1.example", "site2.example"]))
        #expect(some.calls.dropFirst() == [.freeRating("site3.example")])
        #expect(some.leftOut.count == 6 && some.forecast <= 60)
        let none = AhrefsCallPlan(targets, unitsLeft: 49)
        #expect(none.forecast == 0 && none.requests == 4 && none.leftOut.count == 6)
    }

    @Test("no plan passes its units or asks twice, whatever is wanted")
    func always() {
        for units in stride(from: 0, through: 4_000, by: 37) {
            for count in [0, 1, 3, 99, 100, 101, 250] {
                let plan = AhrefsCallPlan(Self.targets(count, own: count / 3), unitsLeft: units)
                let asked = plan.calls.flatMap { Self.domains($0) }
                #expect(plan.forecast <= units)
                #expect(asked.count == Set(asked).count && asked.count + plan.leftOut.count == count)
            }
        }
    }

    private static func domains(_ call: AhrefsCallPlan.Call) -> [String] {
        switch call {
        case .batch(let domains): domains
        case .freeRating(let domain): [domain]
        }
    }

    @Test("a budget is the lesser of the account's limit and the key's rest, less what is under way")
    func budget() {
        var budget = AhrefsBudget(limit: 1_000, keyRemaining: 800, reserved: 100, spent: 300)
        #expect(budget.left == 600 && budget.allows(600) && !budget.allows(601))
        budget.keyRemaining = nil
        budget.limit = nil
        #expect(budget.left == nil && budget.allows(.max))
        budget.limit = 200
        #expect(budget.left == 0 && budget.allows(0) && !budget.allows(1))
    }

    @Test("a key that is refused has expired if it ever worked, and is in error if it never did")
    func states() throws {
        #expect(try AhrefsConnectionStatus.testing.applying(.refuse) == .error)
        #expect(try AhrefsConnectionStatus.active.applying(.refuse) == .expired)
        for status in AhrefsConnectionStatus.allCases {
            #expect(try status.applying(.accept) == .active)
            #expect(try status.applying(.replace) == .testing)
        }
        #expect(AhrefsPlan(subscription: "Advanced, billed yearly") == .advanced)
        #expect(AhrefsPlan(subscription: "Starter") == nil)
    }
}
