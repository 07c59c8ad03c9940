/// What a route or an action needs of the account's plan.
public struct GateRequirement: Hashable, Sendable {
    /// Which feature.
    public let feature: Feature
    /// At least which level of it.
    public let level: String

    /// Names a need.
    public init(_ feature: Feature, _ level: String) {
        self.feature = feature
        self.level = level
    }

    /// What a managed tier needs.
    public static func managed(_ tier: ServiceTier) -> GateRequirement {
        GateRequirement(.managedServices, tier == .pro ? "lite_pro" : "lite")
    }
}

extension GateRequirement: CustomStringConvertible {
    /// `ahrefs_level at full`.
    public var description: String { "\(feature.rawValue) at \(level)" }
}

/// The one place that decides what a plan allows (spec 6).
public struct FeatureGate: Sendable {
    /// From the cheapest; of two at one price, by key.
    private let plans: [Plan]

    /// Decides over the catalogue's plans.
    public init(plans: [Plan]) {
        self.plans = plans.sorted { ($0.price.minor, $0.key.rawValue) < ($1.price.minor, $1.key.rawValue) }
    }

    /// The answer to a need.
    public enum Decision: Hashable, Sendable {
        case allowed
        case refused(Refusal)
    }

    /// Why not, and what would help.
    public struct Refusal: Error, Hashable, Sendable {
        /// What is refused: a feature's key, a limit's, or an offer's.
        public let subject: String
        /// The level needed.
        public let needed: String
        /// The level held.
        public let held: String
        /// The cheapest plan that has it, and its price a month; nil when none has.
        public let offer: PlanOffer?

        /// Describes a refusal.
        public init(subject: String, needed: String, held: String, offer: PlanOffer?) {
            self.subject = subject
            self.needed = needed
            self.held = held
            self.offer = offer
        }
    }

    /// Whether a plan meets a need. An account whose plan is unknown holds what all had before there were gates.
    public func decide(_ requirement: GateRequirement, on plan: PlanKey) -> Decision {
        decide(requirement, for: Holding(plan: plan, features: features(of: plan)))
    }

    /// Whether what an account holds meets a need.
    public func decide(_ requirement: GateRequirement, for holding: Holding) -> Decision {
        guard !holding.meets(requirement) else { return .allowed }
        return .refused(refusal(of: requirement, held: holding[requirement.feature]))
    }

    /// What an account is told that holds too little.
    /// - Parameter sold: the plans on which what is wanted is sold, where the level alone does not open it.
    public func refusal(of requirement: GateRequirement, held: String, sold: [PlanKey]? = nil) -> Refusal {
        let cheapest = plans.first { plan in
            requirement.feature.isSatisfied(held: plan.features[requirement.feature], needed: requirement.level)
                && sold?.contains(plan.key) ?? true
        }
        return Refusal(
            subject: requirement.feature.rawValue,
            needed: requirement.level,
            held: held,
            offer: cheapest.map(PlanOffer.init)
        )
    }

    /// Whether a plan has room for one more site or user.
    /// - Parameter count: how many there are.
    public func decide(roomFor what: PlanLimit, beside count: Int, on plan: PlanKey) -> Decision {
        guard let present = plans.first(where: { $0.key == plan }), !present.hasRoom(for: what, beside: count) else {
            return .allowed
        }
        return .refused(
            Refusal(
                subject: what.rawValue,
                needed: String(count + 1),
                held: String(present.limit(of: what) ?? count),
                offer: plans.first { $0.hasRoom(for: what, beside: count) }.map(PlanOffer.init)
            )
        )
    }

    /// Whether something may be bought on a plan that the catalogue sells on some plans only.
    /// - Parameter item: `backlink_package:authority`.
    public func decide(saleOf item: String, on sold: [PlanKey], to plan: PlanKey) -> Decision {
        guard !sold.contains(plan) else { return .allowed }
        let offer = plans.first { sold.contains($0.key) }.map(PlanOffer.init)
        return .refused(
            Refusal(subject: item, needed: offer?.plan.rawValue ?? "staff", held: plan.rawValue, offer: offer)
        )
    }

    private func features(of plan: PlanKey) -> PlanFeatures {
        plans.first { $0.key == plan }?.features ?? PlanFeatures(levels: [:])
    }
}

/// A plan that would open what was refused.
public struct PlanOffer: Hashable, Sendable {
    /// `growth`.
    public let plan: PlanKey
    /// Per month.
    public let price: Money

    /// What a plan costs.
    public init(_ plan: Plan) {
        self.plan = plan.key
        price = plan.price
    }
}
