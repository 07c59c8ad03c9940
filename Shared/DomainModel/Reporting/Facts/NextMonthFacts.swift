/// What is planned after the period (spec 7, section 9). What the client must decide stands in ``ReportNeed``.
public struct NextMonthFacts: Codable, Hashable, Sendable {
    /// Articles agreed a month; nil without a managed subscription.
    public var articlesAgreed: Int?
    /// Topics with a task that is open, those due first at the top.
    public var topics: [Topic]
    /// Links agreed a month over all active campaigns.
    public var linksPlanned: Int
    public var campaigns: [Campaign]
    /// Links ordered and not delivered yet.
    public var linksUnderWay: Int

    public init(articlesAgreed: Int?) {
        self.articlesAgreed = articlesAgreed
        topics = []
        linksPlanned = 0
        campaigns = []
        linksUnderWay = 0
    }

    /// One article to come.
    public struct Topic: Codable, Hashable, Sendable {
        public var title: String
        public var structure: String
        public var cluster: String
        public var dueOn: CalendarDay?

        public init(title: String, structure: String, cluster: String, dueOn: CalendarDay?) {
            self.title = title
            self.structure = structure
            self.cluster = cluster
            self.dueOn = dueOn
        }
    }

    /// One active campaign's month.
    public struct Campaign: Codable, Hashable, Sendable {
        public var name: String
        public var links: Int
        /// The monthly budget, nil where none is agreed.
        public var budget: Money?
        public var targets: [String]

        public init(name: String, links: Int, budget: Money?, targets: [String]) {
            self.name = name
            self.links = links
            self.budget = budget
            self.targets = targets
        }
    }
}
