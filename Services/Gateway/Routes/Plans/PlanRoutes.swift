import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

enum PlanRoutes {
    static let endpoints = [list, detail, changeFeatures]

    private static let list = Endpoint.list(
        "billing/plans/",
        .anyone,
        "listPlans",
        "The plans with what each opens",
        Resources.plans
    ).with { $0.scope = .billingRead }

    private static let detail = Endpoint.detail(
        "billing/plans/{id}/",
        .anyone,
        "getPlan",
        "A plan",
        Resources.plans
    ).with { $0.scope = .billingRead }

    private static let changeFeatures = Endpoint(
        .put,
        "billing/plans/{id}/features/",
        .staff(.admin),
        "putPlanFeatures",
        "Set what a plan opens; it holds for its accounts from their next request"
    ) { call in
        let id = try call.id()
        let levels = try levels(call.body)
        return try await call.write { write in
            guard var plan = try await Plans.find(Plan.ID(id), lock: .forUpdate, in: write.tx) else {
                throw Problem.notFound
            }
            try await write.checkVersion(Resources.plans, id)
            let before = plan.features
            plan.features = PlanFeatures(levels: levels)
            try await Plans.save(&plan, in: write.tx)
            let changed = Feature.allCases.filter { before[$0] != plan.features[$0] }
            try await write.audit(
                .updated,
                Subject("plan", id),
                Change(
                    data: Dictionary(
                        uniqueKeysWithValues: changed.map {
                            ($0.rawValue, .object(["from": .string(before[$0]), "to": .string(plan.features[$0])]))
                        }
                    )
                )
            )
            return try await write.answer(Resources.plans, id)
        }
    }.with {
        $0.body = .named("PlanFeatures", .object(Schema.planFeatures))
        $0.answer = Resources.plans.schema
        $0.hasETag = true
    }

    private static func levels(_ body: JSON) throws(Problem) -> [Feature: String] {
        var levels: [Feature: String] = [:]
        for feature in Feature.allCases {
            if feature == .contentTypes {
                let types = body.texts(feature.rawValue) ?? []
                levels[feature] = types.contains("all") ? "all" : types.joined(separator: ",")
            } else {
                levels[feature] = try body.text(feature.rawValue)
            }
        }
        return levels
    }
}

extension Schema {
    /// Every feature with the levels it may have.
    static let planFeatures: [Field] = Feature.allCases.map { feature in
        feature == .contentTypes
            ? .required(feature.rawValue, .array(.formatted(.slug, max: 64), count: 0...50), "`all` opens every type.")
            : .required(feature.rawValue, .oneOf(feature.order))
    }
}
