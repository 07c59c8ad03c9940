/// What kinds of things are sold beside the plan (spec 6, "Add-ons").
public enum AddOnKind: String, CaseIterable, Sendable, Codable {
    case managedService = "managed_service"
    case backlinkPackage = "backlink_package"
    case indexingBoost = "indexing_boost"
    case credits
}

/// One thing that is sold beside the plan, as the catalogue has it now.
public struct AddOn: Hashable, Sendable {
    /// How it is priced.
    public enum Pricing: Hashable, Sendable {
        /// So much a month.
        case monthly(Money)
        /// By the number of links a month.
        case links(LinkPricing)
        /// So much for each.
        case unit(UnitCost)
        /// Once.
        case once(Money)
    }

    /// What kind of thing.
    public let kind: AddOnKind
    /// Within its kind: `pro`, `authority`, `indexing_boost`, `credits_5000`.
    public let key: String
    /// For a person.
    public let name: String
    /// What it costs.
    public let pricing: Pricing
    /// The plans it is sold on; nil where the gate alone decides.
    public let plans: [PlanKey]?

    /// Makes an add-on from the catalogue.
    public init(kind: AddOnKind, key: String, name: String, pricing: Pricing, plans: [PlanKey]? = nil) {
        self.kind = kind
        self.key = key
        self.name = name
        self.pricing = pricing
        self.plans = plans
    }

    /// The flag that stands before the gate.
    public var flag: FeatureFlag? {
        switch kind {
        case .managedService: .managedServicesEnabled
        case .backlinkPackage: .backlinkOrdersEnabled
        case .indexingBoost, .credits: nil
        }
    }

    /// What the plan must open.
    public var gate: GateRequirement? {
        switch kind {
        case .managedService: ServiceTier(rawValue: key).map { .managed($0) }
        case .backlinkPackage: GateRequirement(.backlinksLevel, "self_service")
        case .indexingBoost, .credits: nil
        }
    }

    /// What it is sold in.
    public var currency: Currency {
        switch pricing {
        case .monthly(let price), .once(let price): price.currency
        case .links(let pricing): pricing.least.currency
        case .unit(let price): price.currency
        }
    }

    /// In refusals: `backlink_package:authority`.
    public var subject: String { "\(kind.rawValue):\(key)" }

    /// Why an account may not buy it.
    public enum Hindrance: Error, Hashable, Sendable {
        /// A flag is off.
        case flag(FeatureFlag)
        /// The plan does not include it.
        case plan(FeatureGate.Refusal)
        /// It has no price in the account's currency.
        case currency(Currency)
    }

    /// What keeps an account from buying it, the first in the order of spec 6; nil when nothing does.
    public func hindrance(
        for holding: Holding,
        currency: Currency,
        flags: [FeatureFlag: Bool],
        gate feature: FeatureGate
    ) -> Hindrance? {
        if let flag, flags[flag] != true { return .flag(flag) }
        if let gate, !holding.meets(gate) {
            return .plan(feature.refusal(of: gate, held: holding[gate.feature], sold: plans))
        }
        if let plans, case .refused(let refusal) = feature.decide(saleOf: subject, on: plans, to: holding.plan) {
            return .plan(refusal)
        }
        return currency == self.currency ? nil : .currency(currency)
    }
}

/// A monthly package of links: its price grows evenly from that of the fewest links to that of the most.
public struct LinkPricing: Hashable, Sendable {
    /// How many links a month may be ordered.
    public let links: ClosedRange<Int>
    /// For the fewest.
    public let least: Money
    /// For the most.
    public let most: Money

    /// Makes a pricing from the catalogue's ranges.
    public init(links: ClosedRange<Int>, least: Money, most: Money) {
        self.links = links
        self.least = least
        self.most = most
    }

    /// A month's price, rounded once.
    /// - Parameter multiplier: the niche's, 1 for a general one.
    /// - Returns: nil for a number of links that is not sold.
    public func price(for count: Int, multiplier: Ratio = .one) throws(MoneyError) -> Money? {
        guard links.contains(count) else { return nil }
        let steps = links.upperBound - links.lowerBound
        guard steps > 0 else { return try most.scaled(by: multiplier) }
        // (least × (upper − n) + most × (n − lower)) × multiplier ÷ steps, as one quotient.
        let least = try least.multiplied(by: links.upperBound - count)
        let sum = try least + most.multiplied(by: count - links.lowerBound)
        guard let part = Fraction(1, Int64(steps)) else { return nil }
        return try sum.scaled(by: part.multiplied(by: multiplier.fraction))
    }
}
