/// A quality tier of links (spec 1): what one costs us and what the client pays for it, each from … to.
public struct LinkTier: Hashable, Sendable {
    /// `standard_guest_post`.
    public let key: String
    /// For a person.
    public let name: String
    /// The marketplaces it is bought at.
    public let sources: Set<Marketplace>
    /// The strengths of the pages' domains; nil where strength is not what is bought (press releases).
    public let strengths: ClosedRange<Int>?
    /// To us, from this.
    public let leastCost: Money
    /// To us, to this.
    public let mostCost: Money
    /// To the client, from this.
    public let leastPrice: Money
    /// To the client, to this.
    public let mostPrice: Money

    /// Makes a tier from the catalogue.
    public init(
        key: String,
        name: String,
        sources: Set<Marketplace>,
        strengths: ClosedRange<Int>?,
        cost: (least: Money, most: Money),
        price: (least: Money, most: Money)
    ) {
        self.key = key
        self.name = name
        self.sources = sources
        self.strengths = strengths
        leastCost = cost.least
        mostCost = cost.most
        leastPrice = price.least
        mostPrice = price.most
    }

    /// What a link of it is expected to cost while nobody knows where it will stand: the middle, half-even.
    public func middleCost() throws(MoneyError) -> Money { try (try leastCost + mostCost).scaled(by: .half) }

    /// What a link is sold for that costs us so much: as far along the tier's prices as its cost is along the tier's costs.
    /// What costs less or more than the tier's range is sold at its end.
    public func price(atCost cost: Money) throws(MoneyError) -> Money {
        if try cost.isLess(than: leastCost) { return leastPrice }
        if try !cost.isLess(than: mostCost) { return mostPrice }
        // 0 ≤ cost − least < most − least here, so there is something to divide by.
        guard let share = Fraction(try (cost - leastCost).minor, try (mostCost - leastCost).minor) else {
            return leastPrice
        }
        return try leastPrice + (mostPrice - leastPrice).scaled(by: share)
    }

    /// Whether it is the tier of a publisher's links.
    public func covers(_ listing: PublisherListing) -> Bool {
        guard sources.contains(listing.marketplace) || listing.marketplace == .direct else { return false }
        guard let strengths else { return listing.marketplace != .direct }
        return listing.dr.map(strengths.contains) ?? false
    }
}

extension [LinkTier] {
    /// The tier of a publisher's links: where two meet, the stronger.
    public func tier(of listing: PublisherListing) -> LinkTier? {
        filter { $0.covers(listing) }.max { ($0.strengths?.lowerBound ?? 0) < ($1.strengths?.lowerBound ?? 0) }
    }
}

/// A package of links (spec 1, "Backlinks, monthly retainer").
public struct LinkPackage: Hashable, Sendable {
    /// `growth`.
    public let key: String
    /// For a person.
    public let name: String
    /// What it is sold for; nil where each order has a price of its own.
    public let pricing: LinkPricing?
    /// The strengths of its links.
    public let strengths: ClosedRange<Int>?
    /// Whether press releases are among its links.
    public let includesPR: Bool
    /// Whether only staff sell it.
    public let isStaffOnly: Bool

    /// Makes a package from the catalogue.
    public init(
        key: String,
        name: String,
        pricing: LinkPricing?,
        strengths: ClosedRange<Int>?,
        includesPR: Bool,
        isStaffOnly: Bool
    ) {
        self.key = key
        self.name = name
        self.pricing = pricing
        self.strengths = strengths
        self.includesPR = includesPR
        self.isStaffOnly = isStaffOnly
    }

    /// What one of its links is expected to cost: an even mix of the tiers of its strengths that its price can pay for, each
    /// at the middle of its costs. Once links are planned, their own costs count.
    /// - Returns: nil where no tier fits.
    public func linkCost(price: Money, links: Int, of tiers: [LinkTier]) throws(MoneyError) -> Money? {
        guard links > 0 else { return nil }
        var fitting: [LinkTier] = []
        for tier in tiers where tier.leastCost.currency == price.currency && suits(tier) {
            // least cost ≤ price ÷ links, without dividing.
            if try !price.isLess(than: tier.leastCost.multiplied(by: links)) { fitting.append(tier) }
        }
        guard let part = Fraction(1, 2 * Int64(fitting.count)) else { return nil }
        var sum = Money.zero(price.currency)
        for tier in fitting { sum = try (try sum + tier.leastCost) + tier.mostCost }
        return try sum.scaled(by: part)
    }

    private func suits(_ tier: LinkTier) -> Bool {
        guard let range = tier.strengths else { return includesPR }
        guard let strengths else { return true }
        // Tiers touch at their ends: DR 50 alone does not make a link of 30–50 one of 50–70.
        return range.lowerBound < strengths.upperBound && strengths.lowerBound < range.upperBound
    }
}

extension Fraction {
    fileprivate static let half = Fraction(1, 2) ?? .zero
}
