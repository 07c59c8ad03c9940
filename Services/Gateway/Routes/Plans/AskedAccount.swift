import DomainModel
import Persistence

extension Endpoint {
    /// `?account_id=`, for staff.
    static let whose = QueryParameter("account_id", .id, "For staff: whose; the caller's own account when left out.")
}

extension Write {
    /// Whose plan a question is about: the caller's own account's, or of the one that staff name.
    func askedAccount() async throws -> Account {
        let id = call.query.integer("account_id") ?? identity.accountID
        guard identity.isStaff || id == identity.accountID,
            let account = try await Accounts.find(.init(id), for: tenant, in: tx)
        else { throw Problem.notFound }
        return account.value
    }

    /// What an account holds.
    func holding(of account: Account.ID) async throws -> Holding {
        guard let holding = try await FeatureGrants.holding(of: account, for: tenant, in: tx) else {
            throw Problem.notFound
        }
        return holding
    }

    /// The gate over the catalogue's plans.
    func featureGate() async throws -> FeatureGate {
        FeatureGate(plans: try await Plans.all(in: tx).map(\.value))
    }
}

extension JSON {
    static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    static func count(_ value: Int?) -> JSON { value.map { .number(String($0)) } ?? .null }
}

extension PlanOffer {
    /// The members `plan`, `plan_price` and `currency`, as they stand in every refusal.
    static func members(_ offer: PlanOffer?) -> [String: JSON] {
        [
            "plan": .text(offer?.plan.rawValue), "plan_price": .text(offer?.price.decimalString),
            "currency": .text(offer?.price.currency.code),
        ]
    }
}

extension Schema {
    /// A plan that would help, and its price a month; null where none would, or none is needed.
    static let offer: [Schema.Field] = [
        .required("plan", .nullable(.text(max: 64)), "The cheapest plan that includes it."),
        .required("plan_price", .nullable(.money), "Its price a month."),
        .required("currency", .nullable(.currency)),
    ]
}
