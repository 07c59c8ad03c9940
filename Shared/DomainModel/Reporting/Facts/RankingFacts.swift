/// Where the site stands for what is searched (spec 7, section 4). A query's position in a period is the mean of its daily
/// positions weighted by impressions, rounded half-even to two places.
public struct RankingFacts: Codable, Hashable, Sendable {
    /// Queries at position 10 or better; those of the first ten are among the first twenty.
    public var top10: Comparison
    public var top20: Comparison
    public var top50: Comparison
    /// Queries with an impression.
    public var queries: Comparison
    public var newCount: Int
    public var lostCount: Int
    /// The whole site's, weighted by impressions; nil without impressions.
    public var averagePosition: DecimalComparison?
    /// Queries that gained most, by places times impressions, at most 15.
    public var up: [Query]
    public var down: [Query]
    /// Without an impression in the period before, those shown most first.
    public var new: [Query]
    /// With impressions in the period before and none in this.
    public var lost: [Query]
    /// By week, back from the end of the period.
    public var trend: [Point]
    /// Keywords for which Ahrefs sees the site; nil without a snapshot.
    public var organicKeywords: Comparison?

    public init(top10: Comparison, top20: Comparison, top50: Comparison, queries: Comparison) {
        self.top10 = top10
        self.top20 = top20
        self.top50 = top50
        self.queries = queries
        newCount = 0
        lostCount = 0
        up = []
        down = []
        new = []
        lost = []
        trend = []
    }

    /// One query.
    public struct Query: Codable, Hashable, Sendable {
        public var query: String
        /// Nil in the periods without impressions.
        public var position: Ratio?
        public var positionBefore: Ratio?
        public var clicks: Int
        /// Of this period, or of the one before for a lost one.
        public var impressions: Int

        public init(query: String, position: Ratio?, positionBefore: Ratio?, clicks: Int, impressions: Int) {
            self.query = query
            self.position = position
            self.positionBefore = positionBefore
            self.clicks = clicks
            self.impressions = impressions
        }
    }

    /// How many queries stood where on a day.
    public struct Point: Codable, Hashable, Sendable {
        public var day: CalendarDay
        public var top10: Int
        public var top20: Int
        public var top50: Int

        public init(day: CalendarDay, top10: Int, top20: Int, top50: Int) {
            self.day = day
            self.top10 = top10
            self.top20 = top20
            self.top50 = top50
        }
    }
}
