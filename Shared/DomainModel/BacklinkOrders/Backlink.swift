public import Foundation

/// One link to a client's site, from the plan to the loss.
public struct Backlink: Sendable, Hashable, Identifiable {
    /// A backlink's id.
    public typealias ID = DomainModel.ID<Backlink>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The site it leads to.
    public let siteID: Site.ID
    /// The part of the site's business it is for.
    public var sectorID: Sector.ID?
    /// The campaign it belongs to.
    public var campaignID: Campaign.ID?
    /// The order it is delivered under. Its counters and cost follow this link by themselves.
    public var orderID: BacklinkOrder.ID?
    /// Who places it.
    public var publisherID: Publisher.ID?
    /// The link it stands in for.
    public var replacesID: ID?
    /// The catalogue's quality tier: `standard_guest_post`.
    public var tier: String?
    /// The page it stands on, once known.
    public private(set) var source: LinkSource?
    /// The page it leads to.
    public var targetURL: String
    /// What its words were agreed to be; a check tells what they are.
    public var anchorText: String
    /// What its words are to the target.
    public var anchorType: AnchorType
    /// As last seen: `nofollow`, `sponsored`, `ugc`, `noopener`…
    public private(set) var rel: [String]
    /// The strength of the page's domain, 0 to 100.
    public var sourceDR: Int?
    /// The domain's visits a month.
    public var sourceTraffic: Int?
    /// What it costs us.
    public var cost: Money
    /// What the client pays for it, before the niche's surcharge; zero where the order has one price.
    public var price: Money
    /// 0 to 100.
    public var qualityScore: Int?
    /// Where it stands; changed only by the named functions.
    public private(set) var status: BacklinkStatus
    /// What the supplier calls the order.
    public var supplierReference: String?
    /// When the supplier promised it for.
    public var dueOn: CalendarDay?
    /// The last day of the supplier's guarantee.
    public var guaranteeUntil: CalendarDay?
    /// The moments of its life.
    public private(set) var times: Times
    /// Why it is lost.
    public private(set) var lostReason: String?
    /// What our last check found.
    public private(set) var lastVerdict: LinkVerdict?
    /// What the page answered last.
    public private(set) var httpStatus: Int?
    /// What a search engine and Ahrefs know of it.
    public var standing: Standing

    /// When what happened to a link.
    public struct Times: Sendable, Hashable {
        public var ordered: Date?
        public var delivered: Date?
        public var live: Date?
        public var lost: Date?
        public var rejected: Date?
        public var writtenOff: Date?
        /// When our own fetch first failed on it, until a look succeeds again.
        public var suspected: Date?
        public var lastChecked: Date?

        /// Nothing has happened yet.
        public init() {}
    }

    /// What others than us know of a link: the five fields of spec 2, and the loss that Ahrefs saw.
    public struct Standing: Sendable, Hashable {
        /// When it was found in the index; nil while it is not.
        public var indexedAt: Date?
        /// Whether Ahrefs has it among the site's live links.
        public var ahrefsVerified = false
        /// When Ahrefs last visited it.
        public var ahrefsLastSeen: Date?
        /// When Ahrefs found it lost: the second witness (spec 11.5).
        public var ahrefsLostAt: Date?
        /// Whether it has been submitted for indexing.
        public var indexingSubmitted = false

        /// Nobody knows of it yet.
        public init() {}
    }

    /// Makes a link from its row, or a planned one.
    public init(
        id: ID,
        accountID: Account.ID,
        siteID: Site.ID,
        sectorID: Sector.ID? = nil,
        campaignID: Campaign.ID? = nil,
        orderID: BacklinkOrder.ID? = nil,
        publisherID: Publisher.ID? = nil,
        replacesID: ID? = nil,
        tier: String? = nil,
        source: LinkSource? = nil,
        targetURL: String,
        anchorText: String = "",
        anchorType: AnchorType = .branded,
        rel: [String] = [],
        sourceDR: Int? = nil,
        sourceTraffic: Int? = nil,
        cost: Money,
        price: Money,
        qualityScore: Int? = nil,
        status: BacklinkStatus = .planned,
        supplierReference: String? = nil,
        dueOn: CalendarDay? = nil,
        guaranteeUntil: CalendarDay? = nil,
        times: Times = Times(),
        lostReason: String? = nil,
        lastVerdict: LinkVerdict? = nil,
        httpStatus: Int? = nil,
        standing: Standing = Standing()
    ) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.sectorID = sectorID
        self.campaignID = campaignID
        self.orderID = orderID
        self.publisherID = publisherID
        self.replacesID = replacesID
        self.tier = tier
        self.source = source
        self.targetURL = targetURL
        self.anchorText = anchorText
        self.anchorType = anchorType
        self.rel = rel
        self.sourceDR = sourceDR
        self.sourceTraffic = sourceTraffic
        self.cost = cost
        self.price = price
        self.qualityScore = qualityScore
        self.status = status
        self.supplierReference = supplierReference
        self.dueOn = dueOn
        self.guaranteeUntil = guaranteeUntil
        self.times = times
        self.lostReason = lostReason
        self.lastVerdict = lastVerdict
        self.httpStatus = httpStatus
        self.standing = standing
    }
}

/// The page a link stands on.
public struct LinkSource: Sendable, Hashable {
    /// Its address.
    public let url: String
    /// Its host, as ``Domain`` writes it.
    public let domain: String

    /// Names a page.
    /// - Returns: nil for what is no http(s) address with a host.
    public init?(url: String) {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), let domain = Domain(url),
            (8...2048).contains(url.utf8.count)
        else { return nil }
        self.init(url: url, domain: domain.name)
    }

    /// As a row has it.
    public init(url: String, domain: String) {
        self.url = url
        self.domain = domain
    }
}

// MARK: Transitions

extension Backlink {
    /// planned → ordered.
    /// - Parameters:
    ///   - reference: what the supplier calls it.
    ///   - due: when it is promised for.
    public mutating func order(
        at moment: Date,
        reference: String? = nil,
        due: CalendarDay? = nil
    )
        throws(IllegalTransition)
    {
        status = try status.applying(.order)
        times.ordered = moment
        supplierReference = reference ?? supplierReference
        dueOn = due ?? dueOn
    }

    /// ordered → pending: the supplier says where it stands.
    /// - Parameter guaranteedFor: the publisher's guarantee in months, counted from that day.
    public mutating func deliver(
        on source: LinkSource,
        at moment: Date,
        in zone: TimeZone,
        guaranteedFor months: Int? = nil
    ) throws(IllegalTransition) {
        status = try status.applying(.deliver)
        self.source = source
        times.delivered = moment
        if let months {
            let day = CalendarDay(of: moment, in: zone)
            let month = day.calendarMonth.adding(months: months)
            guaranteeUntil = min(month.firstDay.adding(days: day.day - 1), month.lastDay)
        }
    }

    /// planned, ordered or pending → rejected.
    public mutating func reject(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.reject)
        times.rejected = moment
    }

    /// It will not come any more and keeps its order open no longer.
    public mutating func writeOff(at moment: Date) {
        times.writtenOff = moment
    }

    /// Whether its order can be completed as far as it is concerned.
    public var isSettled: Bool { status == .live || status == .rejected || times.writtenOff != nil }
}

// MARK: Checks

extension Backlink {
    /// What a check did to a link.
    public enum Change: String, Sendable, Hashable {
        /// Nothing but the note that it was looked at.
        case none
        /// pending → live.
        case confirmed
        /// It cannot be seen; a second look a day later, or Ahrefs, decides.
        case suspected
        /// A suspicion was unfounded.
        case cleared
        /// live → lost.
        case lost
        /// lost → live.
        case recovered
    }

    /// Takes over what our own fetch found, by the two-witness rule (spec 11.5): lost only when a fetch has failed twice in
    /// separate runs a day apart, or a fetch and Ahrefs agree.
    public mutating func take(_ finding: LinkFinding, at moment: Date) throws(IllegalTransition) -> Change {
        times.lastChecked = max(moment, times.lastChecked ?? moment)
        lastVerdict = finding.verdict
        httpStatus = finding.httpStatus ?? httpStatus
        if finding.verdict.isPresent { rel = finding.rel }
        switch finding.verdict.testimony {
        case .none:
            return .none
        case .present:
            defer {
                times.suspected = nil
                standing.ahrefsLostAt = nil
            }
            switch status {
            case .pending:
                status = try status.applying(.confirm)
                times.live = moment
                return .confirmed
            case .lost:
                status = try status.applying(.recover)
                times.lost = nil
                lostReason = nil
                return .recovered
            default:
                return times.suspected == nil ? .none : .cleared
            }
        case .absent:
            guard status == .live else { return .none }
            let loss = LinkLoss(suspectedAt: times.suspected, ahrefsLostAt: standing.ahrefsLostAt)
            switch loss.verdict(afterFailureAt: moment) {
            case .suspected:
                let isNew = times.suspected == nil
                times.suspected = times.suspected ?? moment
                return isNew ? .suspected : .none
            case .lost(let reason):
                status = try status.applying(.lose)
                times.suspected = times.suspected ?? moment
                times.lost = moment
                lostReason = "\(finding.verdict.words), \(reason)"
                return .lost
            }
        }
    }

    /// Whether a further look must decide, and when at the earliest.
    public var secondLookAt: Date? {
        guard status == .live, let suspected = times.suspected else { return nil }
        return suspected.addingTimeInterval(LinkLoss.distance)
    }
}
