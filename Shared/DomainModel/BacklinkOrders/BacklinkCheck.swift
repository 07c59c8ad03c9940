/// The evidence of one look at a link (spec 11.5): enough to show later what was on the page that day.
public struct BacklinkCheck: Sendable, Hashable {
    /// Who looked.
    public enum Witness: String, CaseIterable, Sendable, Codable {
        /// We, over HTTP.
        case fetch
        /// Ahrefs' crawler.
        case ahrefs
    }

    /// Who looked.
    public var witness: Witness
    /// What it came to.
    public var verdict: LinkVerdict
    /// The page that was asked for.
    public var requestedURL: String
    /// The page that answered, after redirects.
    public var finalURL: String?
    /// What it answered.
    public var httpStatus: Int?
    /// Each step: status and where it led.
    public var redirects: [Redirect] = []
    /// Those headers that tell what the page is.
    public var headers: [String: String] = [:]
    /// What the page was read as.
    public var charset: String?
    /// The body's length.
    public var bodyBytes: Int?
    /// SHA-256 of the body.
    public var pageHash: [UInt8]?
    /// The page's own HTML around the link.
    public var snippet: String?
    /// The link's words.
    public var anchorText: String?
    /// The link's `rel`.
    public var rel: [String] = []
    /// How many anchors of the page lead to the target.
    public var linksFound = 0
    /// Whether the page keeps itself out of the index; nil where no page came.
    public var isNoindex: Bool?
    /// What the page names as its canonical address.
    public var canonicalURL: String?
    /// For a person: what was wrong.
    public var detail = ""
    /// How long it took.
    public var milliseconds: Int?

    /// One step of a redirect chain.
    public struct Redirect: Sendable, Hashable, Codable {
        public var status: Int
        public var url: String

        /// A step.
        public init(status: Int, url: String) {
            self.status = status
            self.url = url
        }
    }

    /// Begins a record.
    public init(_ witness: Witness, _ verdict: LinkVerdict, requestedURL: String) {
        self.witness = witness
        self.verdict = verdict
        self.requestedURL = requestedURL
    }

    /// The part that the link itself remembers.
    public var finding: LinkFinding { LinkFinding(verdict, httpStatus: httpStatus, rel: rel) }
}
