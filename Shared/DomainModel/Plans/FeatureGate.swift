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

/// The one place that decides what a plan allows (spec 6).
public struct FeatureGate: Sendable {
    private let plans: [Plan]

    /// Decides over the catalogue's plans.
    public init(plans: [Plan]) {
        self.plans = plans
    }

    /// The answer to a need.
    public enum Decision: Hashable, Sendable {
        case allowed
        case refused(Refusal)
    }

    /// Why not, and what would help.
    public struct Refusal: Error, Hashable, Sendable {
        /// Which feature.
        public let feature: Feature
        /// The level needed.
        public let needed: String
        /// The level held.
        public let held: String
        /// The cheapest plan that has it; nil when none has.
        public let cheapestPlan: PlanKey?
    }

    /// Whether a plan meets a need. An account whose plan is unknown holds the lowest level of everything.
    public func decide(_ requirement: GateRequirement, on plan: PlanKey) -> Decision {
        let features = plans.first { $0.key == plan }?.features ?? PlanFeatures(levels: [:])
        let held = features[requirement.feature]
        guard !requirement.feature.isSatisfied(held: held, needed: requirement.level) else { return .allowed }
        let cheapest = plans.filter {
            requirement.feature.isSatisfied(held: $0.features[requirement.feature], needed: requirement.level)
        }.min { ($0.price.minor, $0.key.rawValue) < ($1.price.minor, $1.key.rawValue) }
        return .refused(
            Refusal(
                feature: requirement.feature,
                needed: requirement.level,
                held: held,
                cheapestPlan: cheapest?.key
            )
        )
    }
}
