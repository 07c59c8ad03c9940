import DomainModel
import HTTPTypes
import Persistence

enum FeatureRoutes {
    static let endpoints = [features, check, usage]

    private static let features = Endpoint(
        .get,
        "billing/features/",
        .anyone,
        "getFeatures",
        "What the account may do: levels, limits and flags, and which plan would open more"
    ) { call in
        try await call.view { write in
            let account = try await write.askedAccount()
            let holding = try await write.holding(of: account.id)
            let plans = try await Plans.all(in: write.tx).map(\.value)
            let gate = FeatureGate(plans: plans)
            let flags = try await FeatureFlags.states(for: account.id, in: write.tx)
            let used: [PlanLimit: Int] = [
                .sites: try await Sites.count(of: account.id, in: write.tx),
                .users: try await Users.count(of: account.id, in: write.tx), .credits: account.credits,
            ]
            let plan = try await Plans.find(account.plan, in: write.tx)?.value
            return .json { writer in
                writer.value([
                    "account_id": .number(account.id.description), "plan": .string(account.plan.rawValue),
                    "features": .array(Feature.allCases.map { feature($0, holding, gate) }),
                    "limits": .array(PlanLimit.allCases.map { limit($0, plan, used[$0] ?? 0) }),
                    "flags": .array(
                        FeatureFlag.allCases.map {
                            ["flag": .string($0.rawValue), "is_enabled": .bool(flags[$0] ?? false)]
                        }
                    ),
                ])
            }
        }
    }.with {
        $0.scope = .billingRead
        $0.query = [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = .named(
            "Features",
            .object([
                .required("account_id", .id), .required("plan", .text(max: 64)),
                .required(
                    "features",
                    .array(
                        .object([
                            .required("feature", .oneOf(Feature.allCases.map(\.rawValue))),
                            .required("level", .text(max: 1000)),
                            .required("levels", .array(.text(max: 64)), "From least to most; empty for a list."),
                            .required("is_kept", .boolean, "More than the plan gives, from before there was a gate."),
                            .required(
                                "next",
                                .nullable(.object([.required("level", .text(max: 64))] + Schema.offer)),
                                "The level above; null at the highest."
                            ),
                        ])
                    )
                ),
                .required(
                    "limits",
                    .array(
                        .object([
                            .required("limit", .oneOf(PlanLimit.self)),
                            .required("allowed", .nullable(.count), "Null: without limit. Of credits: each month."),
                            .required("used", .count, "Of credits: the balance."),
                        ])
                    )
                ),
                .required(
                    "flags",
                    .array(
                        .object([
                            .required("flag", .oneOf(FeatureFlag.allCases.map(\.rawValue))),
                            .required("is_enabled", .boolean),
                        ])
                    )
                ),
            ])
        )
    }

    private static func feature(_ feature: Feature, _ holding: Holding, _ gate: FeatureGate) -> JSON {
        let level = holding[feature]
        return [
            "feature": .string(feature.rawValue), "level": .string(level),
            "levels": .array(feature.order.map { .string($0) }),
            "is_kept": .bool(level != holding.features[feature]),
            "next": feature.next(after: level).map { next in
                let offer = gate.refusal(of: GateRequirement(feature, next), held: level).offer
                return .object(["level": .string(next)].merging(PlanOffer.members(offer)) { $1 })
            } ?? .null,
        ]
    }

    private static func limit(_ limit: PlanLimit, _ plan: Plan?, _ used: Int) -> JSON {
        ["limit": .string(limit.rawValue), "allowed": .count(plan?.limit(of: limit)), "used": .count(used)]
    }

    private static let check = Endpoint(
        .get,
        "billing/features/check/{feature}/",
        .anyone,
        "checkFeature",
        "Whether the account may do something at a level; without a level, whether it may do anything of it"
    ) { call in
        guard let feature = Feature(rawValue: try call.parameter("feature")) else { throw Problem.notFound }
        let level = call.query["level"] ?? feature.leastUseful
        guard feature.knows(level) else {
            let expected = feature.order.isEmpty ? "a content type, or all" : feature.order.joined(separator: ", ")
            throw Problem.malformed("The query is not as expected.", errors: ["level": "one of \(expected)"])
        }
        let requirement = GateRequirement(feature, level)
        return try await call.view { write in
            let account = try await write.askedAccount()
            let holding = try await write.holding(of: account.id)
            let isAllowed = holding.meets(requirement)
            if !write.identity.isStaff {
                call.count(requirement, held: holding[feature], isAllowed: isAllowed, account: account.id)
            }
            let offer =
                isAllowed ? nil : try await write.featureGate().refusal(of: requirement, held: holding[feature]).offer
            return .json { writer in
                writer.value(
                    .object(
                        [
                            "feature": .string(feature.rawValue), "needed": .string(level),
                            "held": .string(holding[feature]), "is_allowed": .bool(isAllowed),
                        ].merging(PlanOffer.members(offer)) { $1 }
                    )
                )
            }
        }
    }.with {
        $0.scope = .billingRead
        $0.query = [QueryParameter("level", .formatted(.slug, max: 64), "The level needed."), Endpoint.whose]
        $0.answer = .named(
            "FeatureCheck",
            .object(
                [
                    .required("feature", .text(max: 64)), .required("needed", .text(max: 64)),
                    .required("held", .text(max: 1000)), .required("is_allowed", .boolean),
                ] + Schema.offer
            )
        )
    }

    private static let usage = Endpoint.list(
        "billing/feature-usage/",
        .staff,
        "listFeatureUsage",
        "What accounts asked of their plans, week by week and month by month, and what a yes is worth",
        Resources.featureUsage
    )
}

extension Feature {
    /// The first level above the lowest; of a list, any of it.
    fileprivate var leastUseful: String { order.dropFirst().first ?? "post" }

    /// The level above one that is held.
    fileprivate func next(after level: String) -> String? {
        guard self != .contentTypes else { return level == "all" ? nil : "all" }
        guard let index = order.firstIndex(of: level) else { return order.first }
        return order.indices.contains(index + 1) ? order[index + 1] : nil
    }
}
