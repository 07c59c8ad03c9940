/// What Google has of the client's own pages (spec 7, section 3).
public struct IndexingFacts: Codable, Hashable, Sendable {
    /// At the end of the period, and at the end of the one before.
    public var indexed: Comparison
    public var pending: Comparison
    public var error: Comparison
    /// Pages first seen in the index in the period.
    public var newlyIndexed: Int
    /// Of those with a day of publication: the median number of days until then, half-even; nil without any.
    public var medianDays: Int?
    /// By week, back from the end of the period.
    public var trend: [Point]
    /// Pages with an error as last inspected, those inspected last first.
    public var errors: [Page]

    public init(indexed: Comparison, pending: Comparison, error: Comparison) {
        self.indexed = indexed
        self.pending = pending
        self.error = error
        newlyIndexed = 0
        trend = []
        errors = []
    }

    /// The states at the end of a day.
    public struct Point: Codable, Hashable, Sendable {
        public var day: CalendarDay
        public var indexed: Int
        public var pending: Int
        public var error: Int

        public init(day: CalendarDay, indexed: Int, pending: Int, error: Int) {
            self.day = day
            self.indexed = indexed
            self.pending = pending
            self.error = error
        }
    }

    /// A page with an error.
    public struct Page: Codable, Hashable, Sendable {
        public var url: String
        /// In Google's words: `Not found (404)`.
        public var coverage: String?
        public var inspectedOn: CalendarDay?

        public init(url: String, coverage: String?, inspectedOn: CalendarDay?) {
            self.url = url
            self.coverage = coverage
            self.inspectedOn = inspectedOn
        }
    }
}
