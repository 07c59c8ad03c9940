/// What an operation of the platform costs in credits (spec 2, `credit_cost_configs`).
public struct CreditCost: Hashable, Sendable {
    /// `content_generation`.
    public let operation: String
    /// For one unit.
    public let credits: Int
    /// What a unit is, for a person: `100 words`.
    public let unit: String
    /// How many of what is counted make one unit: 100 (words).
    public let unitSize: Int

    /// Makes a cost from its row.
    public init(operation: String, credits: Int, unit: String, unitSize: Int) {
        self.operation = operation
        self.credits = credits
        self.unit = unit
        self.unitSize = max(unitSize, 1)
    }

    /// What a quantity costs; a unit that is begun counts whole.
    public func credits(for quantity: Int) -> Int {
        guard quantity > 0 else { return 0 }
        return credits * ((quantity - 1) / unitSize + 1)
    }
}

/// Credits as they are sold.
public struct CreditPackage: Hashable, Sendable {
    /// `credits_5000`.
    public let key: String
    /// `5,000 credits`.
    public let name: String
    /// How many.
    public let credits: Int
    /// Without tax.
    public let price: Money

    /// Makes a package from its row.
    public init(key: String, name: String, credits: Int, price: Money) {
        self.key = key
        self.name = name
        self.credits = credits
        self.price = price
    }
}
