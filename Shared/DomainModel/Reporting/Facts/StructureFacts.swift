/// How far the site's structure is built: its SAG blueprint and clusters (spec 7, section 8).
public struct StructureFacts: Codable, Hashable, Sendable {
    /// Percent of the blueprint that is published.
    public var completion: Comparison
    /// 0 to 100.
    public var authority: Comparison
    /// Of the approved blueprint, or of the newest where none is approved.
    public var version: Int
    public var complete: Int
    public var inProgress: Int
    public var planned: Int
    /// By priority.
    public var clusters: [Cluster]

    public init(completion: Comparison, authority: Comparison, version: Int) {
        self.completion = completion
        self.authority = authority
        self.version = version
        complete = 0
        inProgress = 0
        planned = 0
        clusters = []
    }

    /// One cluster of pages.
    public struct Cluster: Codable, Hashable, Sendable {
        public var name: String
        public var hubTitle: String
        /// `planned`, `in_progress` or `complete`.
        public var status: String
        /// Pages the blueprint has for it, the hub included.
        public var pages: Int
        /// Articles published in it so far.
        public var published: Int

        public init(name: String, hubTitle: String, status: String, pages: Int, published: Int) {
            self.name = name
            self.hubTitle = hubTitle
            self.status = status
            self.pages = pages
            self.published = published
        }

        /// Pages still missing.
        public var gap: Int { max(pages - published, 0) }
    }
}
