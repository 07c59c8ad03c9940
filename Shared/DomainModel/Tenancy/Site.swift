public import Foundation

/// A client's web site, the thing the service is sold for.
public struct Site: Sendable, Hashable, Identifiable {
    /// A site's id.
    public typealias ID = DomainModel.ID<Site>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// Unique within the account.
    public var domain: Domain
    /// What people call it.
    public var name: String
    /// Its address.
    public var url: String
    /// What trade it is in.
    public var industryID: Industry.ID?
    /// Domains it is compared with.
    public var competitors: [String]
    /// ISO 3166 codes of the markets it wants.
    public var targetCountries: [String]
    /// When it came.
    public let createdAt: Date

    /// Makes a site from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        domain: Domain,
        name: String,
        url: String,
        industryID: Industry.ID?,
        competitors: [String],
        targetCountries: [String],
        createdAt: Date
    ) {
        self.id = id
        self.accountID = accountID
        self.domain = domain
        self.name = name
        self.url = url
        self.industryID = industryID
        self.competitors = competitors
        self.targetCountries = targetCountries
        self.createdAt = createdAt
    }
}

/// A trade, shared by all accounts.
public struct Industry: Sendable, Hashable, Identifiable {
    /// An industry's id.
    public typealias ID = DomainModel.ID<Industry>

    /// The row's id.
    public let id: ID
    /// `Printing`.
    public var name: String

    /// Makes an industry from its row.
    public init(id: ID, name: String) {
        self.id = id
        self.name = name
    }
}

/// A part of an industry, shared by all accounts; a site's sector is an instance of one.
public struct IndustrySector: Sendable, Hashable, Identifiable {
    /// An industry sector's id.
    public typealias ID = DomainModel.ID<IndustrySector>

    /// The row's id.
    public let id: ID
    /// Its industry.
    public let industryID: Industry.ID
    /// `Business cards`.
    public var name: String

    /// Makes an industry sector from its row.
    public init(id: ID, industryID: Industry.ID, name: String) {
        self.id = id
        self.industryID = industryID
        self.name = name
    }
}

/// A part of a site's business that content and links are planned for.
public struct Sector: Sendable, Hashable, Identifiable {
    /// A sector's id.
    public typealias ID = DomainModel.ID<Sector>

    /// The row's id.
    public let id: ID
    /// Its site's account.
    public let accountID: Account.ID
    /// Its site.
    public let siteID: Site.ID
    /// What it is an instance of; must be of the site's industry.
    public let industrySectorID: IndustrySector.ID
    /// `Business cards`.
    public var name: String

    /// Makes a sector from its row.
    public init(id: ID, accountID: Account.ID, siteID: Site.ID, industrySectorID: IndustrySector.ID, name: String) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.industrySectorID = industrySectorID
        self.name = name
    }
}
