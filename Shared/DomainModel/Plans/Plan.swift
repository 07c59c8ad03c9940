/// A SaaS plan of the catalogue (spec 1 and 6); staff edit the row, code knows no figure of it.
public struct Plan: Sendable, Hashable, Identifiable {
    /// A plan's id.
    public typealias ID = DomainModel.ID<Plan>

    /// The row's id.
    public let id: ID
    /// `growth`.
    public let key: PlanKey
    /// `Growth`.
    public var name: String
    /// Per month.
    public var price: Money
    /// How many sites; nil for no limit.
    public var siteLimit: Int?
    /// How many users; nil for no limit.
    public var userLimit: Int?
    /// Platform credits a month.
    public var monthlyCredits: Int
    /// What it opens.
    public var features: PlanFeatures

    /// Makes a plan from its row.
    public init(
        id: ID,
        key: PlanKey,
        name: String,
        price: Money,
        siteLimit: Int?,
        userLimit: Int?,
        monthlyCredits: Int,
        features: PlanFeatures
    ) {
        self.id = id
        self.key = key
        self.name = name
        self.price = price
        self.siteLimit = siteLimit
        self.userLimit = userLimit
        self.monthlyCredits = monthlyCredits
        self.features = features
    }

    /// How many of something it allows; nil for no limit. Of credits, how many come each month.
    public func limit(of what: PlanLimit) -> Int? {
        switch what {
        case .sites: siteLimit
        case .users: userLimit
        case .credits: monthlyCredits
        }
    }

    /// Whether one more fits beside those there are.
    public func hasRoom(for what: PlanLimit, beside count: Int) -> Bool { limit(of: what).map { count < $0 } ?? true }
}

/// What a plan counts (spec 6, "Limits beside it").
public enum PlanLimit: String, CaseIterable, Sendable, Codable {
    case sites
    case users
    case credits
}
