/// What a client tells about the business before the work begins; it feeds the blueprint (spec 2, `client_intakes`).
public struct Intake: Codable, Hashable, Sendable {
    public var siteURL: String
    public var industry: String
    public var sectors: [String]
    public var productsServices: [String]
    public var problemsSolved: [String]
    public var brands: [String]
    public var locations: [String]
    public var competitors: [String]
    public var targetCountries: [String]
    public var socialAccounts: [String]
    public var seoState: String

    /// Collects the answers.
    public init(
        siteURL: String,
        industry: String = "",
        sectors: [String] = [],
        productsServices: [String] = [],
        problemsSolved: [String] = [],
        brands: [String] = [],
        locations: [String] = [],
        competitors: [String] = [],
        targetCountries: [String] = [],
        socialAccounts: [String] = [],
        seoState: String = ""
    ) {
        self.siteURL = siteURL
        self.industry = industry
        self.sectors = sectors
        self.productsServices = productsServices
        self.problemsSolved = problemsSolved
        self.brands = brands
        self.locations = locations
        self.competitors = competitors
        self.targetCountries = targetCountries
        self.socialAccounts = socialAccounts
        self.seoState = seoState
    }

    private enum CodingKeys: String, CodingKey {
        case siteURL = "site_url"
        case industry, sectors, brands, locations, competitors
        case productsServices = "products_services"
        case problemsSolved = "problems_solved"
        case targetCountries = "target_countries"
        case socialAccounts = "social_accounts"
        case seoState = "seo_state"
    }

    /// What the form must look like.
    public static let shape = Shape.object([
        .init("site_url", .text(atMost: 500), required: true),
        .init("industry", .text(atMost: 200)),
        .init("sectors", .list(of: .text(atMost: 200), atMost: 50)),
        .init("products_services", .list(of: .text(atMost: 500), atMost: 100)),
        .init("problems_solved", .list(of: .text(atMost: 500), atMost: 100)),
        .init("brands", .list(of: .text(atMost: 200), atMost: 100)),
        .init("locations", .list(of: .text(atMost: 200), atMost: 100)),
        .init("competitors", .list(of: .text(atMost: 253), atMost: 50)),
        .init("target_countries", .list(of: .country, atMost: 50)),
        .init("social_accounts", .list(of: .text(atMost: 500), atMost: 20)),
        .init("seo_state", .text(atMost: 5_000)),
    ])
}
