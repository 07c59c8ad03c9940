/// What an account may do: its plan's levels, and those it keeps from before a gate existed (spec 6, grandfathering).
public struct Holding: Hashable, Sendable {
    /// The plan it is on.
    public let plan: PlanKey
    /// What the plan opens.
    public let features: PlanFeatures
    /// What it could do before a gate came, by feature; only what its plan does not give.
    public let kept: [Feature: String]

    /// Pairs a plan with what is kept beside it.
    public init(plan: PlanKey, features: PlanFeatures, kept: [Feature: String] = [:]) {
        self.plan = plan
        self.features = features
        self.kept = kept
    }

    /// The level held.
    public subscript(feature: Feature) -> String {
        kept[feature].map { feature.more(of: features[feature], and: $0) } ?? features[feature]
    }

    /// Whether a need is met.
    public func meets(_ requirement: GateRequirement) -> Bool {
        requirement.feature.isSatisfied(held: self[requirement.feature], needed: requirement.level)
    }
}
