/// What was published in the period (spec 7, section 2).
public struct ContentFacts: Codable, Hashable, Sendable {
    public var published: Comparison
    public var words: Comparison
    public var images: Comparison
    /// Articles whose day was in the period; nil where none had one.
    public var due: Int?
    /// Of those, how many are not published.
    public var overdue: Int
    /// Articles that wait for a review now.
    public var inReview: Int
    /// The largest first.
    public var types: [ContentType]
    /// The oldest first.
    public var articles: [Article]

    public init(published: Comparison, words: Comparison, images: Comparison) {
        self.published = published
        self.words = words
        self.images = images
        overdue = 0
        inReview = 0
        types = []
        articles = []
    }

    /// Articles of one type.
    public struct ContentType: Codable, Hashable, Sendable {
        /// As the core calls it: `guide`, `post`.
        public var type: String
        public var count: Int
        public var words: Int

        public init(type: String, count: Int, words: Int) {
            self.type = type
            self.count = count
            self.words = words
        }
    }

    /// One published article.
    public struct Article: Codable, Hashable, Sendable {
        public var title: String
        /// The core's content structure: `guide`, `comparison`.
        public var structure: String
        public var words: Int
        public var images: Int
        /// Nil where it was published somewhere we know no address of.
        public var url: String?
        public var publishedOn: CalendarDay

        public init(
            title: String,
            structure: String,
            words: Int,
            images: Int,
            url: String?,
            publishedOn: CalendarDay
        ) {
            self.title = title
            self.structure = structure
            self.words = words
            self.images = images
            self.url = url
            self.publishedOn = publishedOn
        }
    }
}
