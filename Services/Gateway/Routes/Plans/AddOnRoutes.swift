import DomainModel
import HTTPTypes
import Persistence

enum AddOnRoutes {
    static let endpoints = [offers, purchases] + AddOnPurchaseRoutes.endpoints

    private static let offers = Endpoint(
        .get,
        "billing/add-ons/",
        .members(.owner),
        "listAddOns",
        "What this account may buy beside its plan; why not what it may not, and which plan would"
    ) { call in
        try await call.view { write in
            let account = try await write.askedAccount()
            let holding = try await write.holding(of: account.id)
            let gate = try await write.featureGate()
            let flags = try await FeatureFlags.states(for: account.id, in: write.tx)
            let addOns = try await AddOns.all(in: write.tx)
            return .json(capacity: 4096) { writer in
                writer.value([
                    "results": .array(
                        addOns.map { addOn in
                            let hindrance = addOn.hindrance(
                                for: holding,
                                currency: account.currency,
                                flags: flags,
                                gate: gate
                            )
                            return .object(addOn.members.merging(AddOn.members(of: hindrance)) { $1 })
                        }
                    )
                ])
            }
        }
    }.with {
        $0.scope = .billingRead
        $0.query = [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = .named(
            "AddOns",
            .object([
                .required(
                    "results",
                    .array(
                        .object(
                            [
                                .required("kind", .oneOf(AddOnKind.self)), .required("key", .text(max: 64)),
                                .required("name", .text(max: 200)),
                                .required("unit", .oneOf(["month", "url", "once"])),
                                .required("price", ReadModel.Kind.money.schema, "The least, where it is a range."),
                                .required("price_max", .nullable(.money)),
                                .required("price_currency", .currency), .required("links_min", .nullable(.count)),
                                .required("links_max", .nullable(.count)), .required("is_available", .boolean),
                                .required(
                                    "reason",
                                    .nullable(
                                        .oneOf(["feature-disabled", "feature-not-in-plan", "not-sold-in-currency"])
                                    )
                                ),
                                .required("flag", .nullable(.text(max: 64))),
                                .required("feature", .nullable(.text(max: 200))),
                                .required("needed", .nullable(.text(max: 64))),
                                .required("held", .nullable(.text(max: 1000))),
                            ] + Schema.offer
                        )
                    )
                )
            ])
        )
    }

    private static let purchases = Endpoint.list(
        "billing/add-ons/purchases/",
        .members(.owner),
        "listAddOnPurchases",
        "What was bought beside the plan",
        Resources.addOnPurchases
    ).with { $0.scope = .billingRead }
}

extension AddOn {
    fileprivate var members: [String: JSON] {
        var members: [String: JSON] = [
            "kind": .string(kind.rawValue), "key": .string(key), "name": .string(name), "price_max": .null,
            "links_min": .null, "links_max": .null, "price_currency": .string(currency.code),
        ]
        switch pricing {
        case .monthly(let price), .once(let price):
            members["unit"] = kind == .credits ? "once" : "month"
            members["price"] = .string(price.decimalString)
        case .links(let pricing):
            members["unit"] = "month"
            members["price"] = .string(pricing.least.decimalString)
            members["price_max"] = .string(pricing.most.decimalString)
            members["links_min"] = .count(pricing.links.lowerBound)
            members["links_max"] = .count(pricing.links.upperBound)
        case .unit(let price):
            members["unit"] = "url"
            members["price"] = .string(price.decimalString)
        }
        return members
    }

    fileprivate static func members(of hindrance: Hindrance?) -> [String: JSON] {
        var members: [String: JSON] = [
            "is_available": .bool(hindrance == nil), "reason": .null, "flag": .null, "feature": .null, "needed": .null,
            "held": .null,
        ]
        var offer: PlanOffer?
        switch hindrance {
        case .flag(let flag):
            members["reason"] = "feature-disabled"
            members["flag"] = .string(flag.rawValue)
        case .plan(let refusal):
            members["reason"] = "feature-not-in-plan"
            members["feature"] = .string(refusal.subject)
            members["needed"] = .string(refusal.needed)
            members["held"] = .string(refusal.held)
            offer = refusal.offer
        case .currency:
            members["reason"] = "not-sold-in-currency"
        case nil:
            break
        }
        return members.merging(PlanOffer.members(offer)) { $1 }
    }
}
