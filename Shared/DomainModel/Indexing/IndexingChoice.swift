/// How a service has done, and what it costs.
public struct IndexingStanding: Sendable, Hashable {
    /// Which.
    public let service: IndexingServiceKey
    /// A submission; ten-thousandths.
    public let price: UnitCost
    /// Of its submissions whose outcome is known, those that came into the index.
    public let indexed: Int
    /// Submissions whose outcome is known.
    public let judged: Int
    /// Whether it can be used now.
    public let isUsable: Bool

    /// Records a standing.
    public init(_ service: IndexingServiceKey, price: UnitCost, indexed: Int, judged: Int, isUsable: Bool) {
        self.service = service
        self.price = price
        self.indexed = indexed
        self.judged = judged
        self.isUsable = isUsable
    }

    /// The success rate in whole per cent. Ten imagined submissions, five of them successful, keep three lucky ones from
    /// deciding; nothing is known of a service that has sent nothing: a half.
    public var rate: Int { (indexed + 5) * 100 / (judged + 10) }
}

/// Which service takes a URL: by eligibility, then success rate, then price (spec 4).
public enum IndexingChoice {
    /// - Parameters:
    ///   - standings: of all services.
    ///   - isOwnPage: whether we hold the IndexNow key of the URL's host.
    ///   - unwanted: services that have been tried in vain.
    /// - Returns: `manual` where no service can be used.
    public static func service(
        among standings: [IndexingStanding],
        isOwnPage: Bool,
        unwanted: Set<IndexingServiceKey> = []
    ) -> IndexingServiceKey {
        standings.filter { standing in
            standing.isUsable && standing.service != .manual && !unwanted.contains(standing.service)
                && (isOwnPage || !standing.service.isOwnPagesOnly)
        }.min { left, right in
            if left.rate != right.rate { return left.rate > right.rate }
            if left.price.tenThousandths != right.price.tenThousandths {
                return left.price.tenThousandths < right.price.tenThousandths
            }
            return left.service.rawValue < right.service.rawValue
        }?.service ?? .manual
    }

    /// Whether a request is left alone at first, to see what comes into the index by itself (spec 11.8). By its address alone, so
    /// that whoever decides again decides alike, in another life of the same agency too.
    /// - Parameter percent: how many of a hundred.
    public static func isHeldOut(_ url: String, percent: Int) -> Bool {
        // FNV-1a, and then mixed: its lowest bits alone are poor.
        var state = url.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
        state ^= state >> 31
        return state % 100 < UInt64(clamping: percent)
    }
}

/// Why nothing is paid for a page (spec 4: eligibility before paying).
public enum IndexingHindrance: String, CaseIterable, Sendable, Codable {
    /// It asks to be kept out of the index.
    case noindex
    /// Robots may not look at it.
    case robots
    /// It does not answer with a page.
    case status
    /// It names another as its canonical one.
    case canonical
    /// It is in the index already.
    case alreadyIndexed = "already_indexed"

    /// What our last look at a link's page says about it.
    /// - Returns: nil for a page that may be indexed.
    public init?(_ verdict: LinkVerdict) {
        switch verdict {
        case .live, .nofollow: return nil
        case .noindex: self = .noindex
        case .canonicalized: self = .canonical
        case .blocked: self = .robots
        case .missing, .gone, .unreachable, .refused: self = .status
        }
    }

    /// For a person.
    public var words: String {
        switch self {
        case .noindex: "the page keeps itself out of the index"
        case .robots: "robots may not look at the page"
        case .status: "the page does not answer"
        case .canonical: "the page names another as its canonical one"
        case .alreadyIndexed: "the page is in the index already"
        }
    }
}
