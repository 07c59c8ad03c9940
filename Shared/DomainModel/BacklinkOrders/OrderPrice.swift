/// How an order is charged (spec 2).
public enum OrderPricing: String, CaseIterable, Sendable, Codable {
    /// The agreed price times the niche's surcharge.
    case package
    /// What the links cost, times the order's factor (cost + 20 %).
    case passThrough = "pass_through"
}

/// What an order is charged at. The database computes the same for each order; this is for quotes and for the rules.
public struct OrderPrice: Hashable, Sendable {
    /// How it is charged.
    public var pricing: OrderPricing
    /// Agreed with the client, before the surcharge; zero for pass-through.
    public var clientPrice: Money
    /// The niche's multiplier.
    public var surcharge: Ratio
    /// Pass-through: what the cost is multiplied by.
    public var costFactor: Ratio

    /// Cost + 20 % (spec 2); the terms' row may say another for new orders.
    public static let costPlusTwentyPercent = Ratio("1.2") ?? .one

    /// Puts a price together.
    public init(
        _ pricing: OrderPricing,
        clientPrice: Money,
        surcharge: Ratio = .one,
        costFactor: Ratio = costPlusTwentyPercent
    ) {
        self.pricing = pricing
        self.clientPrice = clientPrice
        self.surcharge = surcharge
        self.costFactor = costFactor
    }

    /// What is charged when the links cost so much, rounded once, half-even.
    public func charged(atCost cost: Money) throws(MoneyError) -> Money {
        switch pricing {
        case .package: try clientPrice.scaled(by: surcharge)
        case .passThrough: try cost.scaled(by: costFactor)
        }
    }

    /// What is charged, what it costs, and what is left of it.
    public func margin(atCost cost: Money) throws(MoneyError) -> OrderMargin {
        try OrderMargin(charged: charged(atCost: cost), cost: cost)
    }
}

/// What is charged, what it costs, and what is left.
public struct OrderMargin: Hashable, Sendable {
    /// To the client, without tax.
    public let charged: Money
    /// To us.
    public let cost: Money
    /// Charged less cost.
    public let left: Money

    /// Computes the rest.
    public init(charged: Money, cost: Money) throws(MoneyError) {
        self.charged = charged
        self.cost = cost
        left = try charged - cost
    }

    /// Whether what is left is a smaller share of what is charged than that (spec 9.12). Nothing charged for nothing spent
    /// is no loss.
    public func isBelow(_ floor: Ratio) -> Bool {
        // left ÷ charged < floor, without dividing.
        guard !(charged.isZero && cost.isZero) else { return false }
        let scale = Int128(floor.fraction.denominator)
        return Int128(left.minor) * scale < Int128(charged.minor) * Int128(floor.fraction.numerator)
    }
}

/// A niche with what its surcharge may be (spec 1, "Niche multiplier").
public struct Niche: Hashable, Sendable {
    /// `finance_insurance`.
    public let key: String
    /// For a person.
    public let name: String
    /// From this.
    public let least: Ratio
    /// To this.
    public let most: Ratio

    /// Makes a niche from the catalogue.
    public init(key: String, name: String, least: Ratio, most: Ratio) {
        self.key = key
        self.name = name
        self.least = least
        self.most = most
    }

    /// Refuses a surcharge outside the range without a note of the staff.
    /// - Throws: ``SurchargeOutOfRange``.
    public func allow(_ surcharge: Ratio, note: String?) throws(SurchargeOutOfRange) {
        let isInside = least <= surcharge && surcharge <= most
        guard isInside || (surcharge >= .one && note.map { $0.count >= 3 } == true) else {
            throw SurchargeOutOfRange(niche: key, surcharge: surcharge, least: least, most: most)
        }
    }
}

/// A multiplier outside its niche's range needs a staff note, and is never below 1.
public struct SurchargeOutOfRange: Error, Hashable, Sendable, CustomStringConvertible {
    public let niche: String
    public let surcharge: Ratio
    public let least: Ratio
    public let most: Ratio

    /// One sentence.
    public var description: String {
        "A surcharge of \(surcharge) on \(niche) is outside \(least) to \(most): it needs a note that says why."
    }
}

/// The order would leave too little; a second member of staff must allow it (spec 9.12).
public struct BelowMarginFloor: Error, Hashable, Sendable, CustomStringConvertible {
    public let margin: OrderMargin
    public let floor: Ratio

    /// Records it.
    public init(margin: OrderMargin, floor: Ratio) {
        self.margin = margin
        self.floor = floor
    }

    /// One sentence.
    public var description: String {
        "The order leaves \(margin.left) of \(margin.charged), less than the floor of \(floor): a second member of staff "
            + "must allow it."
    }
}
