/// What one look at a link's page came to.
public enum LinkVerdict: String, CaseIterable, Sendable, Codable {
    /// The link is there and counts.
    case live
    /// It is there, marked `nofollow`, `sponsored` or `ugc`.
    case nofollow
    /// It is there, on a page that keeps itself out of the index.
    case noindex
    /// It is there, on a page that names another as its canonical one.
    case canonicalized
    /// The page answers without it.
    case missing
    /// The page is not there: 404, 410.
    case gone
    /// We may not look: robots.txt, 401, 403, 429, 451, a busy server that says when to come again.
    case blocked
    /// No usable answer: a fault of the server, of the network, a body that is too large or never ends.
    case unreachable
    /// The address leads where we do not go: a private network, another scheme, a loop of redirects.
    case refused

    /// Whether the link was seen.
    public var isPresent: Bool {
        switch self {
        case .live, .nofollow, .noindex, .canonicalized: true
        case .missing, .gone, .blocked, .unreachable, .refused: false
        }
    }

    /// What it says about the link's being there.
    public enum Testimony: Sendable, Hashable { case present, absent, none }

    /// A page that we may not look at is no witness; one that fails us is (spec 11.5: "our own fetch failed").
    public var testimony: Testimony {
        switch self {
        case .live, .nofollow, .noindex, .canonicalized: .present
        case .missing, .gone, .unreachable, .refused: .absent
        case .blocked: .none
        }
    }

    /// For a person.
    public var words: String {
        switch self {
        case .live: "live"
        case .nofollow: "there, but not followed"
        case .noindex: "there, on a page kept out of the index"
        case .canonicalized: "there, on a page whose canonical is another"
        case .missing: "not on its page"
        case .gone: "its page is gone"
        case .blocked: "its page may not be looked at"
        case .unreachable: "its page does not answer"
        case .refused: "its address leads where nobody goes"
        }
    }
}

/// The part of a check that the link itself remembers.
public struct LinkFinding: Sendable, Hashable {
    /// What the look came to.
    public let verdict: LinkVerdict
    /// What the page answered.
    public let httpStatus: Int?
    /// The link's `rel`, as separate words.
    public let rel: [String]

    /// Records a finding.
    public init(_ verdict: LinkVerdict, httpStatus: Int? = nil, rel: [String] = []) {
        self.verdict = verdict
        self.httpStatus = httpStatus
        self.rel = rel
    }
}
