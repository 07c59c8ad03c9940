/// Posts and what they gained (spec 7, section 7). Engagement is likes, comments, shares and clicks together.
public struct SocialFacts: Codable, Hashable, Sendable {
    public var posts: Comparison
    public var impressions: Comparison
    public var engagement: Comparison
    /// Posts that could not be posted, created in the period.
    public var failed: Int
    /// By engagement.
    public var platforms: [Platform]
    /// Posts by engagement in the period, at most ten.
    public var top: [Post]

    public init(posts: Comparison, impressions: Comparison, engagement: Comparison) {
        self.posts = posts
        self.impressions = impressions
        self.engagement = engagement
        failed = 0
        platforms = []
        top = []
    }

    /// One network.
    public struct Platform: Codable, Hashable, Sendable {
        /// As the core calls it: `linkedin`.
        public var platform: String
        public var posts: Int
        public var impressions: Int
        public var engagement: Comparison

        public init(platform: String, posts: Int, impressions: Int, engagement: Comparison) {
            self.platform = platform
            self.posts = posts
            self.impressions = impressions
            self.engagement = engagement
        }
    }

    /// One post.
    public struct Post: Codable, Hashable, Sendable {
        public var platform: String
        /// Its beginning, at most 140 characters.
        public var text: String
        public var url: String?
        public var postedOn: CalendarDay
        public var impressions: Int
        public var engagement: Int

        public init(
            platform: String,
            text: String,
            url: String?,
            postedOn: CalendarDay,
            impressions: Int,
            engagement: Int
        ) {
            self.platform = platform
            self.text = text
            self.url = url
            self.postedOn = postedOn
            self.impressions = impressions
            self.engagement = engagement
        }
    }
}
