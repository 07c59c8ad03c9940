/// A site's link campaign (spec 2, `igny8_sag_campaigns`).
public struct Campaign: Sendable, Hashable, Identifiable {
    /// A campaign's id.
    public typealias ID = DomainModel.ID<Campaign>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The site it is for.
    public let siteID: Site.ID
    /// Unique within the site.
    public var name: String
    /// Where it stands; changed only by the named function.
    public private(set) var status: CampaignStatus
    /// The market, ISO 3166.
    public var country: String?
    /// The catalogue's niche.
    public var niche: String
    /// What each month is to bring.
    public var plan: CampaignPlan

    /// Makes a campaign from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        siteID: Site.ID,
        name: String,
        status: CampaignStatus = .draft,
        country: String? = nil,
        niche: String = "general",
        plan: CampaignPlan = CampaignPlan()
    ) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.name = name
        self.status = status
        self.country = country
        self.niche = niche
        self.plan = plan
    }

    /// Goes from one state to another.
    public mutating func apply(_ transition: CampaignStatus.Transition) throws(IllegalTransition) {
        status = try status.applying(transition)
    }
}

/// Where a campaign stands.
public enum CampaignStatus: String, StateMachine {
    case draft
    case active
    case paused
    case completed

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case start
        case pause
        case resume
        case complete
    }

    /// In errors and audit events.
    public static let subject = "campaign"

    /// The table.
    public func target(of transition: Transition) -> CampaignStatus? {
        switch (self, transition) {
        case (.draft, .start): .active
        case (.active, .pause): .paused
        case (.paused, .resume): .active
        case (.active, .complete), (.paused, .complete): .completed
        default: nil
        }
    }
}

/// What a campaign's month is to bring. Unknown members are kept out, missing ones are nothing.
public struct CampaignPlan: Codable, Hashable, Sendable {
    /// The pages that links are to lead to.
    public var targetPages: [String] = []
    /// How many links of which strength.
    public var drRanges: [StrengthRange] = []
    /// Share of each anchor type in percent.
    public var anchorMix: [String: Int] = [:]
    /// Links a month.
    public var links: Int = 0
    /// Decimal string in the account's currency.
    public var budget: String = "0"

    /// Links between two strengths.
    public struct StrengthRange: Codable, Hashable, Sendable {
        public var from: Int
        public var to: Int
        public var links: Int

        /// So many links between two strengths.
        public init(from: Int, to: Int, links: Int) {
            self.from = from
            self.to = to
            self.links = links
        }
    }

    private enum CodingKeys: String, CodingKey {
        case links, budget
        case targetPages = "target_pages"
        case drRanges = "dr_ranges"
        case anchorMix = "anchor_mix"
    }

    /// Nothing planned.
    public init() {}

    /// Reads what is there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        targetPages = try container.decodeIfPresent([String].self, forKey: .targetPages) ?? []
        drRanges = try container.decodeIfPresent([StrengthRange].self, forKey: .drRanges) ?? []
        anchorMix = try container.decodeIfPresent([String: Int].self, forKey: .anchorMix) ?? [:]
        links = try container.decodeIfPresent(Int.self, forKey: .links) ?? 0
        budget = try container.decodeIfPresent(String.self, forKey: .budget) ?? "0"
    }
}
