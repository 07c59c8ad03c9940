import DomainModel
import Foundation
import Testing

@Suite("Quotes of links") struct QuoteTests {
    private func usd(_ text: String) throws -> Money { try Money(decimal: text, currency: .usd) }
    private func ratio(_ text: String) throws -> Ratio { try #require(Ratio(text)) }

    private func standard() throws -> LinkTier {
        LinkTier(
            key: "standard_guest_post",
            name: "Standard guest post",
            sources: [.fatgrid],
            strengths: 50...70,
            cost: (try usd("100"), try usd("300")),
            price: (try usd("400"), try usd("800"))
        )
    }

    @Test(
        "lines add up to the base, base and surcharge to the total, total less cost is the margin: 3,000 random quotes"
    )
    func sums() throws {
        for seed in 0..<3_000 {
            var dice = Dice(seed)
            let currency = dice.pick([
                Currency.usd, try #require(Currency(code: "JPY")), try #require(Currency(code: "BHD")),
            ])
            func money(_ most: Int) -> Money { Money(minor: Int64(dice.roll(0...most)), currency: currency) }
            let items = try (0..<dice.roll(1...12)).map { number in
                let count = dice.roll(1...30)
                return try OrderQuote.Item(
                    "item \(number)",
                    count: count,
                    price: money(1_000_00).multiplied(by: count),
                    cost: money(600_00).multiplied(by: count)
                )
            }
            let surcharge = try ratio(dice.pick(["1", "1.2", "1.33", "1.5", "2", "2.75", "3"]))
            let factor = try ratio(dice.pick(["1.2", "1.25", "1.17"]))
            for pricing in OrderPricing.allCases {
                let quote = try OrderQuote(pricing, items, surcharge: surcharge, costFactor: factor, in: currency)
                #expect(try quote.items.map(\.price).total(in: currency) == quote.base, "seed \(seed)")
                #expect(try quote.base + quote.surcharge == quote.total, "seed \(seed)")
                #expect(try quote.items.map(\.cost).total(in: currency) == quote.cost, "seed \(seed)")
                let margin = try quote.margin()
                #expect(try margin.left == quote.total - quote.cost, "seed \(seed)")
                #expect(quote.links == items.reduce(0) { $0 + $1.count }, "seed \(seed)")
                // An order made with it is charged the same: the promise and the order cannot differ.
                #expect(try quote.price.charged(atCost: quote.cost) == quote.total, "seed \(seed)")
                // A part of the whole is off by less than a unit from its exact share.
                if pricing == .passThrough {
                    #expect(quote.surcharge.isZero)
                    for item in quote.items where quote.cost.isPositive {
                        let exact = Int128(item.price.minor) * Int128(quote.cost.minor)
                        let share = Int128(quote.total.minor) * Int128(item.cost.minor)
                        #expect(abs(exact - share) < Int128(quote.cost.minor), "seed \(seed)")
                    }
                }
                if quote.total.isPositive, let permille = margin.permille {
                    let twice = 2 * (Int128(permille) * Int128(quote.total.minor) - Int128(margin.left.minor) * 1000)
                    #expect(abs(twice) <= Int128(quote.total.minor), "seed \(seed)")
                }
            }
        }
    }

    @Test("items of another currency are no quote")
    func currencies() throws {
        let item = OrderQuote.Item("a", count: 1, price: try usd("1"), cost: try usd("1"))
        #expect(throws: MoneyError.self) {
            try OrderQuote(.package, [item], surcharge: .one, costFactor: .one, in: try #require(Currency(code: "EUR")))
        }
    }

    @Test(
        "a link's price stands in its tier's range where its cost stands in the tier's costs",
        arguments: [
            ("50", "400.00"), ("100", "400.00"), ("200", "600.00"), ("299.99", "799.98"), ("300", "800.00"),
            ("900", "800.00"),
        ]
    )
    func tierPrice(cost: String, price: String) throws {
        #expect(try standard().price(atCost: usd(cost)).decimalString == price)
        #expect(try standard().middleCost() == usd("200"))
    }

    @Test("a publisher is of the tier of its marketplace and strength; where two meet, of the stronger")
    func tierOfPublisher() throws {
        let basic = LinkTier(
            key: "basic_guest_post",
            name: "Basic",
            sources: [.fatgrid],
            strengths: 30...50,
            cost: (try usd("30"), try usd("80")),
            price: (try usd("150"), try usd("300"))
        )
        let press = LinkTier(
            key: "pr_basic",
            name: "PR",
            sources: [.einPresswire],
            strengths: nil,
            cost: (try usd("99"), try usd("499")),
            price: (try usd("500"), try usd("1500"))
        )
        let tiers = [basic, try standard(), press]
        func tier(_ marketplace: Marketplace, _ dr: Int?) throws -> String? {
            tiers.tier(
                of: PublisherListing(
                    domain: try #require(Domain("news.example")),
                    marketplace: marketplace,
                    dr: dr,
                    price: try usd("90")
                )
            )?.key
        }
        #expect(try tier(.fatgrid, 35) == "basic_guest_post")
        #expect(try tier(.fatgrid, 50) == "standard_guest_post")
        #expect(try tier(.direct, 60) == "standard_guest_post")
        #expect(try tier(.einPresswire, 90) == "pr_basic")
        #expect(try tier(.fatgrid, 10) == nil)
        #expect(try tier(.fatgrid, nil) == nil)
        #expect(try tier(.prnews, 60) == nil)
    }

    @Test("a package's link costs what the tiers of its strengths cost that its price can pay")
    func packageCost() throws {
        let package = LinkPackage(
            key: "growth",
            name: "Growth",
            pricing: nil,
            strengths: 30...70,
            includesPR: false,
            isStaffOnly: false
        )
        #expect(try package.linkCost(price: usd("2000"), links: 10, of: [standard()]) == usd("200"))
        #expect(try package.linkCost(price: usd("900"), links: 10, of: [standard()]) == nil)
    }

    @Test("other terms of a draft take back what a second person allowed; terms of more than a draft do not change")
    func terms() throws {
        var order = BacklinkOrder(
            id: 1,
            accountID: 1,
            siteID: 1,
            price: OrderPrice(.package, clientPrice: try usd("1000")),
            linksAgreed: 2,
            expectedCost: try usd("950"),
            createdBy: 1,
            figures: BacklinkOrder.Figures(
                charged: try usd("1000"),
                cost: try usd("0"),
                margin: try usd("0"),
                ordered: 0,
                delivered: 0,
                live: 0,
                indexed: 0
            )
        )
        let floor = try ratio("0.15")
        #expect(throws: BacklinkOrderError.self) { try order.requireFloor(floor, atCost: usd("950")) }
        try order.allowMargin(by: 2, reason: "a first order")
        try order.requireFloor(floor, atCost: usd("950"))
        // Allowed was this much and no more.
        #expect(throws: BacklinkOrderError.self) { try order.requireFloor(floor, atCost: usd("950.01")) }
        try order.change(links: 2)
        #expect(order.marginAllowed != nil)
        try order.change(expectedCost: usd("940"))
        #expect(order.marginAllowed == nil)
        try order.change(expectedCost: usd("500"))
        try order.approve(by: 1, at: .distantPast, floor: floor)
        #expect(throws: IllegalTransition.self) { try order.change(expectedCost: usd("400")) }
        #expect(throws: Never.self) { try order.change(expectedCost: usd("500")) }
    }
}
