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

    /// Whether one more site fits.
    public func hasRoom(forSites count: Int) -> Bool { siteLimit.map { count < $0 } ?? true }

    /// Whether one more user fits.
    public func hasRoom(forUsers count: Int) -> Bool { userLimit.map { count < $0 } ?? true }
}
