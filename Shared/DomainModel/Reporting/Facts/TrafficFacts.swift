/// Clicks from Google's search (spec 7, section 5).
public struct TrafficFacts: Codable, Hashable, Sendable {
    public var now: Sum
    /// The period before; nil where no day of it is known.
    public var before: Sum?
    /// The same days a year before (``ReportPeriod/yearBefore``).
    public var yearBefore: Sum?
    /// The days that are known, in order.
    public var days: [Day]
    public var daysBefore: [Day]
    /// Pages by clicks, at most 15.
    public var pages: [Page]

    public init(now: Sum, before: Sum?, yearBefore: Sum?) {
        self.now = now
        self.before = before
        self.yearBefore = yearBefore
        days = []
        daysBefore = []
        pages = []
    }

    /// What days add up to. The click-through rate is clicks over impressions.
    public struct Sum: Codable, Hashable, Sendable {
        public var clicks: Int
        public var impressions: Int
        /// Weighted by impressions, two places; nil without any.
        public var position: Ratio?
        /// How many days are known: Search Console is two or three days late.
        public var days: Int

        public init(clicks: Int, impressions: Int, position: Ratio?, days: Int) {
            self.clicks = clicks
            self.impressions = impressions
            self.position = position
            self.days = days
        }
    }

    /// One day.
    public struct Day: Codable, Hashable, Sendable {
        public var day: CalendarDay
        public var clicks: Int
        public var impressions: Int

        public init(day: CalendarDay, clicks: Int, impressions: Int) {
            self.day = day
            self.clicks = clicks
            self.impressions = impressions
        }
    }

    /// One page.
    public struct Page: Codable, Hashable, Sendable {
        public var page: String
        public var clicks: Comparison
        public var impressions: Int
        public var position: Ratio?

        public init(page: String, clicks: Comparison, impressions: Int, position: Ratio?) {
            self.page = page
            self.clicks = clicks
            self.impressions = impressions
            self.position = position
        }
    }
}
