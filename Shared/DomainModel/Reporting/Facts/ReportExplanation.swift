public import Foundation

/// What a figure of a report was computed from (spec 11.2): the formula stands with ``ReportFigure``.
public struct ReportExplanation: Codable, Hashable, Sendable {
    public var figure: ReportFigure
    /// As it is in the data: `12480`, `38.0`, `3100.00 USD`.
    public var value: String
    /// How many rows it was computed from.
    public var rows: Int
    /// The days whose rows were taken; nil for a state of now.
    public var from: CalendarDay?
    public var to: CalendarDay?
    /// When the newest of the rows was fetched from where it comes from; nil where it is our own.
    public var fetchedAt: Date?

    public init(
        figure: ReportFigure,
        value: String,
        rows: Int,
        from: CalendarDay? = nil,
        to: CalendarDay? = nil,
        fetchedAt: Date? = nil
    ) {
        self.figure = figure
        self.value = value
        self.rows = rows
        self.from = from
        self.to = to
        self.fetchedAt = fetchedAt
    }
}

/// The figures of a report that can be explained.
public enum ReportFigure: String, Codable, Sendable, CaseIterable {
    case clicks
    case impressions
    case position
    case top10 = "queries_top10"
    case top20 = "queries_top20"
    case top50 = "queries_top50"
    case indexedPages = "pages_indexed"
    case articles = "articles_published"
    case words = "words_published"
    case images = "images_added"
    case linksBuilt = "links_built"
    case linksLive = "links_live"
    case linksLost = "links_lost"
    case budgetSpent = "budget_spent"
    case domainRating = "domain_rating"
    case referringDomains = "referring_domains"
    case posts = "social_posts"
    case engagement = "social_engagement"
    case completion = "sag_completion"
    case authority = "sag_authority"

    /// What it is called where it is explained.
    public var name: String {
        switch self {
        case .clicks: "Clicks"
        case .impressions: "Impressions"
        case .position: "Average position"
        case .top10: "Queries in the first ten"
        case .top20: "Queries in the first twenty"
        case .top50: "Queries in the first fifty"
        case .indexedPages: "Indexed pages"
        case .articles: "Articles published"
        case .words: "Words published"
        case .images: "Images"
        case .linksBuilt: "Links built"
        case .linksLive: "Links live"
        case .linksLost: "Links lost"
        case .budgetSpent: "Spent on links"
        case .domainRating: "Domain Rating"
        case .referringDomains: "Referring domains"
        case .posts: "Posts"
        case .engagement: "Engagement"
        case .completion: "Structure completed"
        case .authority: "Authority"
        }
    }

    /// How it is computed, for a person.
    public var formula: String {
        switch self {
        case .clicks: "sum of the site’s daily clicks"
        case .impressions: "sum of the site’s daily impressions"
        case .position: "sum of daily position × impressions, divided by the impressions"
        case .top10: "queries whose position, weighted by impressions, is 10 or better"
        case .top20: "queries whose position, weighted by impressions, is 20 or better"
        case .top50: "queries whose position, weighted by impressions, is 50 or better"
        case .indexedPages: "pages that Google had in its index when last inspected"
        case .articles: "articles published in the period"
        case .words: "sum of the words of these articles"
        case .images: "images added in the period"
        case .linksBuilt: "links delivered in the period"
        case .linksLive: "links delivered and not lost or refused by the end of the period"
        case .linksLost: "links lost in the period by two witnesses"
        case .budgetSpent: "sum of what is charged for orders that went out"
        case .domainRating: "Ahrefs’ last figure in the period"
        case .referringDomains: "Ahrefs’ last figure in the period"
        case .posts: "posts published in the period"
        case .engagement: "likes, comments, shares and clicks of the period’s days"
        case .completion: "share of the blueprint that is published"
        case .authority: "score of the blueprint, 0 to 100"
        }
    }

    /// The rows it comes from.
    public var rowsOf: String {
        switch self {
        case .clicks, .impressions, .position: "gsc_metrics_cache (whole site)"
        case .top10, .top20, .top50: "gsc_metrics_cache (queries)"
        case .indexedPages: "url_inspection_records"
        case .articles, .words: "content"
        case .images: "images"
        case .linksBuilt, .linksLive, .linksLost: "sag_backlinks"
        case .budgetSpent: "backlink_service_orders"
        case .domainRating, .referringDomains: "ahrefs_domain_snapshots"
        case .posts: "social_posts"
        case .engagement: "social_engagements"
        case .completion, .authority: "sag_blueprints"
        }
    }
}
