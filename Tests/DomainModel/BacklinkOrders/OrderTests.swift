import DomainModel
import Foundation
import Testing

@Suite("Orders of links") struct OrderTests {
    private func usd(_ text: String) throws -> Money { try Money(decimal: text, currency: .usd) }
    private func ratio(_ text: String) throws -> Ratio { try #require(Ratio(text)) }
    private let noon = Date(timeIntervalSince1970: 1_790_000_000)

    private func order(price: String = "1000", cost: String = "400", createdBy: User.ID? = 1) throws -> BacklinkOrder {
        BacklinkOrder(
            id: 1,
            accountID: 1,
            siteID: 1,
            price: OrderPrice(.package, clientPrice: try usd(price)),
            linksAgreed: 2,
            expectedCost: try usd(cost),
            createdBy: createdBy,
            figures: try figures(delivered: 0)
        )
    }

    private func figures(delivered: Int) throws -> BacklinkOrder.Figures {
        BacklinkOrder.Figures(
            charged: try usd("0"),
            cost: try usd("0"),
            margin: try usd("0"),
            ordered: delivered,
            delivered: delivered,
            live: 0,
            indexed: 0
        )
    }

    @Test(
        "a package is charged at its price times the surcharge, half-even, whatever it costs",
        arguments: [
            ("800", "1", "800.00"), ("100.05", "1.5", "150.08"), ("100.03", "1.5", "150.04"),
            ("33.33", "1.25", "41.66"),
            ("0.01", "2.5", "0.02"),
        ]
    )
    func package(price: String, surcharge: String, charged: String) throws {
        let price = OrderPrice(.package, clientPrice: try usd(price), surcharge: try ratio(surcharge))
        #expect(try price.charged(atCost: usd("7")).decimalString == charged)
    }

    @Test(
        "pass-through is charged at cost + 20 %, whatever the price",
        arguments: [("100", "120.00"), ("0.02", "0.02"), ("99.99", "119.99")]
    )
    func passThrough(cost: String, charged: String) throws {
        let price = OrderPrice(.passThrough, clientPrice: try usd("1"), surcharge: try ratio("3"))
        #expect(try price.charged(atCost: usd(cost)).decimalString == charged)
    }

    @Test("a surcharge keeps to its niche's range, unless a note says why; never below 1")
    func surcharge() throws {
        let niche = Niche(key: "finance_insurance", name: "Finance", least: try ratio("1.5"), most: try ratio("2"))
        for inside in ["1.5", "1.75", "2", "2.00"] {
            #expect(throws: Never.self) { try niche.allow(ratio(inside), note: nil) }
        }
        for outside in ["1.49", "2.01", "1"] {
            #expect(throws: SurchargeOutOfRange.self) { try niche.allow(ratio(outside), note: nil) }
            #expect(throws: SurchargeOutOfRange.self) { try niche.allow(ratio(outside), note: "x") }
            #expect(throws: Never.self) { try niche.allow(ratio(outside), note: "long-standing client") }
        }
        #expect(throws: SurchargeOutOfRange.self) { try niche.allow(ratio("0.9"), note: "long-standing client") }
    }

    @Test("the floor is a share of what is charged; exactly the floor is enough; a loss is below any floor")
    func floor() throws {
        let floor = try ratio("0.15")
        func isBelow(_ charged: String, _ cost: String) throws -> Bool {
            try OrderMargin(charged: usd(charged), cost: usd(cost)).isBelow(floor)
        }
        #expect(try !isBelow("100", "85"))
        #expect(try isBelow("100", "85.01"))
        #expect(try isBelow("100", "120"))
        #expect(try isBelow("0", "1"))
        #expect(try !isBelow("0", "0"))
        #expect(try !isBelow("120", "100"))
    }

    @Test("an order below the floor needs a second member of staff")
    func secondPerson() throws {
        var order = try order(price: "1000", cost: "900")
        #expect(throws: BacklinkOrderError.self) { try order.approve(by: 1, at: noon, floor: ratio("0.15")) }
        #expect(order.status == .draft)
        #expect(throws: BacklinkOrderError.secondPersonNeeded) { try order.allowMargin(by: 1, reason: "a first order") }
        try order.allowMargin(by: 2, reason: "a first order")
        try order.approve(by: 1, at: noon, floor: ratio("0.15"))
        #expect(order.status == .approved && order.times.approved == noon)
    }

    @Test("an order starts once, is delivered with its last link, and completed when each is live or written off")
    func life() throws {
        var order = try order()
        #expect(throws: IllegalTransition.self) { try order.start(at: noon) }
        try order.approve(by: nil, at: noon, floor: ratio("0.15"))
        #expect(try order.start(at: noon))
        #expect(try !order.start(at: noon.addingTimeInterval(60)))
        #expect(order.times.ordered == noon)
        #expect(throws: IllegalTransition.self) { try order.cancel(at: noon) }
        #expect(throws: BacklinkOrderError.notDelivered(delivered: 0, agreed: 2)) { try order.deliver(at: noon) }
        order = try delivered(order)
        try order.deliver(at: noon)
        var lost = try link(.live)
        _ = try lost.take(LinkFinding(.gone), at: noon)
        _ = try lost.take(LinkFinding(.gone), at: noon.addingTimeInterval(90_000))
        #expect(lost.status == .lost)
        #expect(throws: BacklinkOrderError.notSettled(1)) { try order.complete([link(.live), lost], at: noon) }
        lost.writeOff(at: noon)
        try order.complete([link(.live), lost], at: noon)
        #expect(order.status == .completed)
    }

    private func delivered(_ order: BacklinkOrder) throws -> BacklinkOrder {
        BacklinkOrder(
            id: order.id,
            accountID: order.accountID,
            siteID: order.siteID,
            price: order.price,
            linksAgreed: order.linksAgreed,
            expectedCost: order.expectedCost,
            status: order.status,
            times: order.times,
            figures: try figures(delivered: 2)
        )
    }

    private func link(_ status: BacklinkStatus) throws -> Backlink {
        Backlink(
            id: 1,
            accountID: 1,
            siteID: 1,
            targetURL: "https://client.example/",
            cost: try usd("10"),
            price: try usd("20"),
            status: status
        )
    }
}
