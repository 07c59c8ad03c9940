public import Foundation

/// Somebody who places links for money, as a marketplace lists them (spec 2, `igny8_publishers`).
public struct Publisher: Sendable, Hashable, Identifiable {
    /// A publisher's id.
    public typealias ID = DomainModel.ID<Publisher>

    /// The row's id.
    public let id: ID
    /// What a marketplace says of it.
    public var listing: PublisherListing
    /// Whether it may be ordered from.
    public var isActive: Bool
    /// When an export last had it.
    public let lastSeenAt: Date

    /// Makes a publisher from its row.
    public init(id: ID, listing: PublisherListing, isActive: Bool, lastSeenAt: Date) {
        self.id = id
        self.listing = listing
        self.isActive = isActive
        self.lastSeenAt = lastSeenAt
    }
}

/// One line of a marketplace's export. Marketplace and domain name it.
public struct PublisherListing: Sendable, Hashable {
    public var domain: Domain
    public var marketplace: Marketplace
    /// ISO 3166-1 alpha-2.
    public var country: String?
    /// ISO 639-1.
    public var language: String?
    /// The catalogue's niche.
    public var niche: String
    /// 0 to 100.
    public var dr: Int?
    /// Visits a month.
    public var traffic: Int?
    /// What a link costs us there.
    public var price: Money
    /// `dofollow`, `nofollow`, `sponsored` or `ugc`.
    public var linkRel: String
    /// Days from order to delivery.
    public var turnaroundDays: Int?
    /// How long the publisher answers for the link.
    public var guaranteeMonths: Int?
    /// A link it placed.
    public var sampleURL: String?
    /// The marketplace's own number.
    public var reference: String?

    /// Describes a listing.
    public init(
        domain: Domain,
        marketplace: Marketplace,
        country: String? = nil,
        language: String? = nil,
        niche: String = "general",
        dr: Int? = nil,
        traffic: Int? = nil,
        price: Money,
        linkRel: String = "dofollow",
        turnaroundDays: Int? = nil,
        guaranteeMonths: Int? = nil,
        sampleURL: String? = nil,
        reference: String? = nil
    ) {
        self.domain = domain
        self.marketplace = marketplace
        self.country = country
        self.language = language
        self.niche = niche
        self.dr = dr
        self.traffic = traffic
        self.price = price
        self.linkRel = linkRel
        self.turnaroundDays = turnaroundDays
        self.guaranteeMonths = guaranteeMonths
        self.sampleURL = sampleURL
        self.reference = reference
    }
}

/// Where links are bought.
public enum Marketplace: String, CaseIterable, Sendable, Codable {
    case fatgrid
    case einPresswire = "ein_presswire"
    case prnews
    case linkingNews = "linking_news"
    case direct
}
