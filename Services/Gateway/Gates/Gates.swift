import DomainModel
import HTTPTypes
import Persistence

/// A gate that stands before some bodies only: Managed Pro needs more than Lite.
struct BodyGate: Sendable {
    /// Which bodies: `tier = pro`.
    let when: String
    let requirement: GateRequirement
}

extension Endpoint {
    /// The same route behind a gate.
    func requires(_ feature: Feature, _ level: String) -> Endpoint {
        with { $0.gate = GateRequirement(feature, level) }
    }

    /// What an API key needs of the plan beside the route's own gate.
    var keyGate: GateRequirement? {
        scope == nil ? nil : GateRequirement(.apiAccess, method == .get ? "readonly" : "full")
    }

    /// As it stands in the log of decisions.
    var label: String { "\(method.rawValue) \(template)" }
}

extension Call {
    /// Flags, then gates (spec 6). Staff pass, and their passing is not counted.
    /// - Throws: 403 `feature-disabled`, or ``FeatureGate/Refusal``.
    func pass(_ identity: Identity) async throws {
        guard !identity.isStaff else { return }
        if let flag = endpoint.flag, !identity.isFlagOn { throw Problem.featureDisabled(flag.rawValue) }
        var gates: [GateRequirement] = []
        if case .key = identity.principal, let gate = endpoint.keyGate { gates.append(gate) }
        if let gate = endpoint.gate { gates.append(gate) }
        for gate in gates {
            let held = identity.level(of: gate.feature)
            let isAllowed = gate.feature.isSatisfied(held: held, needed: gate.level)
            count(gate, held: held, isAllowed: isAllowed, account: identity.account)
            guard isAllowed else { throw try await refusal(of: gate, held: held) }
        }
    }

    /// Notes a decision, to be written with others.
    func count(_ gate: GateRequirement, held: String, isAllowed: Bool, account: Account.ID) {
        services.usage.count(
            FeatureUsage.Decision(
                accountID: account,
                feature: gate.feature,
                required: gate.level,
                current: held,
                isAllowed: isAllowed,
                endpoint: endpoint.label
            )
        )
    }

    /// Only a refusal looks for the plan that would help: on a shared connection, because this may be within a transaction,
    /// and many that hold one lease and wait for another would wait for each other.
    private func refusal(of gate: GateRequirement, held: String) async throws -> FeatureGate.Refusal {
        let plans = try await Plans.all(in: services.store.database)
        return FeatureGate(plans: plans.map(\.value)).refusal(of: gate, held: held)
    }
}

extension Write {
    /// 403 when an account may not do something at a level. What a caller of the account asks is counted; what staff ask
    /// for it is not.
    func require(_ requirement: GateRequirement, account: Account.ID) async throws {
        guard let holding = try await FeatureGrants.holding(of: account, for: tenant, in: tx) else {
            throw Problem.notFound
        }
        let isAllowed = holding.meets(requirement)
        if !identity.isStaff {
            call.count(requirement, held: holding[requirement.feature], isAllowed: isAllowed, account: account)
        }
        if isAllowed { return }
        let gate = FeatureGate(plans: try await Plans.all(in: tx).map(\.value))
        throw gate.refusal(of: requirement, held: holding[requirement.feature])
    }
}
