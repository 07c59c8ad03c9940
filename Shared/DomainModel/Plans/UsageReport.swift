/// What decisions of the gate say to whoever sells: what was refused, which plan opens it, and what a yes is worth.
public struct UsageFinding: Hashable, Sendable {
    /// How long a report looks back.
    public enum Period: String, CaseIterable, Sendable, Codable {
        case weekly
        case monthly

        /// The days of the last whole week (from Monday) or month before a day.
        public func last(before day: CalendarDay) -> (from: CalendarDay, until: CalendarDay) {
            switch self {
            case .weekly:
                let monday = day.adding(days: 1 - day.weekday)
                return (monday.adding(days: -7), monday)
            case .monthly:
                let month = day.calendarMonth
                return (month.adding(months: -1).firstDay, month.firstDay)
            }
        }
    }

    /// Which feature.
    public let feature: Feature
    /// At which level.
    public let required: String
    /// Which level was held then.
    public let current: String
    /// How often it was allowed.
    public let allowed: Int
    /// How often it was refused.
    public let refused: Int
    /// The account's plan by now.
    public let plan: PlanKey
    /// The cheapest plan that opens it.
    public let neededPlan: PlanKey?
    /// A month's price of that plan less that of the account's own; nothing where nothing was refused, or where the
    /// account may by now.
    public let value: Money
    /// Whether the account may by now: what was refused was bought.
    public let isOpenNow: Bool

    /// Values what an account asked for.
    /// - Parameter holding: what the account holds by now.
    public init(
        feature: Feature,
        required: String,
        current: String,
        allowed: Int,
        refused: Int,
        holding: Holding,
        price: Money,
        gate: FeatureGate
    ) throws(MoneyError) {
        let requirement = GateRequirement(feature, required)
        let offer = gate.refusal(of: requirement, held: current).offer
        self.feature = feature
        self.required = required
        self.current = current
        self.allowed = allowed
        self.refused = refused
        plan = holding.plan
        neededPlan = offer?.plan
        isOpenNow = holding.meets(requirement)
        let nothing = Money.zero(price.currency)
        if refused > 0, !isOpenNow, let offer, offer.price.currency == price.currency {
            let difference = try offer.price - price
            value = difference.isNegative ? nothing : difference
        } else {
            value = nothing
        }
    }
}
