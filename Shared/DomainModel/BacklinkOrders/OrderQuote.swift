/// What an order would be charged at, what it would cost and what would be left, line by line, before there is an order.
///
/// The lines add up to ``base``, base and ``surcharge`` to ``total``, and the margin is the total less the cost, always: what
/// is rounded is rounded once, and shares of a whole go by largest remainder (spec 9.4).
public struct OrderQuote: Hashable, Sendable {
    /// What is asked for: so many links of one kind.
    public struct Item: Hashable, Sendable {
        /// For a person: `Growth, 12 links`.
        public var description: String
        /// The catalogue's tier, where the links are of one.
        public var tier: String?
        /// Who places them, where that is known.
        public var publisher: Publisher.ID?
        /// How many; one at least.
        public var count: Int
        /// What all of them are sold for before the surcharge. Pass-through does not ask for it.
        public var price: Money
        /// What all of them are expected to cost us.
        public var cost: Money

        /// Describes some links.
        public init(
            _ description: String,
            tier: String? = nil,
            publisher: Publisher.ID? = nil,
            count: Int,
            price: Money,
            cost: Money
        ) {
            self.description = description
            self.tier = tier
            self.publisher = publisher
            self.count = count
            self.price = price
            self.cost = cost
        }
    }

    /// In the order they were asked for; the price of each is its part of ``base``.
    public let items: [Item]
    /// How it would be charged: this is what an order is made with.
    public let price: OrderPrice
    /// The sum of the items.
    public let base: Money
    /// What the niche adds.
    public let surcharge: Money
    /// Charged, without tax.
    public let total: Money
    /// Expected, to us.
    public let cost: Money
    /// How many links.
    public let links: Int

    /// Reckons a quote.
    /// - Throws: ``MoneyError``, of items in different currencies too.
    public init(
        _ pricing: OrderPricing,
        _ items: [Item],
        surcharge multiplier: Ratio,
        costFactor: Ratio,
        in currency: Currency
    ) throws(MoneyError) {
        let cost = try items.map(\.cost).total(in: currency)
        var items = items
        switch pricing {
        case .package:
            base = try items.map(\.price).total(in: currency)
            price = OrderPrice(.package, clientPrice: base, surcharge: multiplier, costFactor: costFactor)
            total = try price.charged(atCost: cost)
        case .passThrough:
            // The niche is in what publishers ask already.
            price = OrderPrice(.passThrough, clientPrice: .zero(currency), costFactor: costFactor)
            total = try price.charged(atCost: cost)
            base = total
            let shares = total.isZero ? [] : try total.allocated(by: items.map(\.cost.minor))
            for index in items.indices { items[index].price = shares.isEmpty ? .zero(currency) : shares[index] }
        }
        self.items = items
        self.cost = cost
        surcharge = try total - base
        links = items.reduce(0) { $0 + $1.count }
    }

    /// Total, cost and what is left.
    public func margin() throws(MoneyError) -> OrderMargin { try OrderMargin(charged: total, cost: cost) }
}

extension OrderMargin {
    /// What is left as thousandths of what is charged, half-even; nil where nothing is charged.
    public var permille: Int? {
        guard charged.isPositive else { return nil }
        return Int(clamping: roundedHalfEven(Int128(left.minor) * 1000, Int128(charged.minor)))
    }
}
