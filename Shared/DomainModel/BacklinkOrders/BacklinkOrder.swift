public import Foundation

/// An order of links for a site (spec 2, `igny8_backlink_service_orders`).
///
/// What is charged, what it costs and how many links stand where are the database's to say (``Figures``): they follow from
/// the price and from the links, whoever changes them. Read the order again after changing its links.
public struct BacklinkOrder: Sendable, Hashable, Identifiable {
    /// An order's id.
    public typealias ID = DomainModel.ID<BacklinkOrder>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The site the links lead to.
    public let siteID: Site.ID
    /// The campaign it serves.
    public var campaignID: Campaign.ID?
    /// The managed service it is part of.
    public var subscriptionID: ManagedSubscription.ID?
    /// Once or each month.
    public let type: BacklinkOrderType
    /// The catalogue's package: `growth`, `custom`.
    public var package: String
    /// The catalogue's niche.
    public var niche: String
    /// Why the surcharge is outside the niche's range.
    public var surchargeNote: String?
    /// How it is charged.
    public var price: OrderPrice
    /// How many links the client buys.
    public var linksAgreed: Int
    /// What they were expected to cost when the price was agreed.
    public var expectedCost: Money
    /// Who of the staff allowed a margin below the floor, and why; never who made the order.
    public private(set) var marginAllowed: MarginAllowance?
    /// Where it stands; changed only by the named functions.
    public private(set) var status: BacklinkOrderStatus
    /// For staff.
    public var notes: String
    /// When all is promised for.
    public var dueOn: CalendarDay?
    /// What it was charged by.
    public var invoiceID: Invoice.ID?
    /// The moments of its life.
    public private(set) var times: Times
    /// Who approved it; nil also when a limit or a signed link did.
    public private(set) var approvedBy: User.ID?
    /// Who made it.
    public let createdBy: User.ID?
    /// As the database last had them.
    public let figures: Figures

    /// When what happened to an order.
    public struct Times: Sendable, Hashable {
        public var approved: Date?
        public var ordered: Date?
        public var delivered: Date?
        public var completed: Date?
        public var cancelled: Date?

        /// Nothing has happened yet.
        public init() {}
    }

    /// What the database keeps.
    public struct Figures: Sendable, Hashable {
        /// Without tax.
        public var charged: Money
        /// Of all its links that were ordered.
        public var cost: Money
        /// Charged less cost.
        public var margin: Money
        /// Links ordered: ordered, pending, live or lost.
        public var ordered: Int
        /// Links delivered: pending, live or lost.
        public var delivered: Int
        /// Links that are live.
        public var live: Int
        /// Live links that are indexed.
        public var indexed: Int

        /// Records figures.
        public init(charged: Money, cost: Money, margin: Money, ordered: Int, delivered: Int, live: Int, indexed: Int) {
            self.charged = charged
            self.cost = cost
            self.margin = margin
            self.ordered = ordered
            self.delivered = delivered
            self.live = live
            self.indexed = indexed
        }
    }

    /// A margin below the floor, allowed.
    public struct MarginAllowance: Sendable, Hashable {
        public let by: User.ID
        public let reason: String

        /// Records it.
        public init(by: User.ID, reason: String) {
            self.by = by
            self.reason = reason
        }
    }

    /// Makes an order from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        siteID: Site.ID,
        campaignID: Campaign.ID? = nil,
        subscriptionID: ManagedSubscription.ID? = nil,
        type: BacklinkOrderType = .oneTime,
        package: String = "custom",
        niche: String = "general",
        surchargeNote: String? = nil,
        price: OrderPrice,
        linksAgreed: Int,
        expectedCost: Money,
        marginAllowed: MarginAllowance? = nil,
        status: BacklinkOrderStatus = .draft,
        notes: String = "",
        dueOn: CalendarDay? = nil,
        invoiceID: Invoice.ID? = nil,
        times: Times = Times(),
        approvedBy: User.ID? = nil,
        createdBy: User.ID? = nil,
        figures: Figures
    ) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.campaignID = campaignID
        self.subscriptionID = subscriptionID
        self.type = type
        self.package = package
        self.niche = niche
        self.surchargeNote = surchargeNote
        self.price = price
        self.linksAgreed = linksAgreed
        self.expectedCost = expectedCost
        self.marginAllowed = marginAllowed
        self.status = status
        self.notes = notes
        self.dueOn = dueOn
        self.invoiceID = invoiceID
        self.times = times
        self.approvedBy = approvedBy
        self.createdBy = createdBy
        self.figures = figures
    }
}

// MARK: Rules and transitions

/// Why an order cannot go on though its state would let it.
public enum BacklinkOrderError: Error, Hashable, Sendable {
    /// Less is left than the floor asks.
    case belowFloor(BelowMarginFloor)
    /// Whoever made the order cannot also allow its margin (spec 9.12: "a second member of staff").
    case secondPersonNeeded
    /// Not all links are delivered.
    case notDelivered(delivered: Int, agreed: Int)
    /// So many links are neither live nor written off.
    case notSettled(Int)
}

extension BacklinkOrder {
    /// What the order is expected to leave.
    public func expectedMargin() throws(MoneyError) -> OrderMargin { try price.margin(atCost: expectedCost) }

    /// A second member of staff lets a margin below the floor pass.
    /// - Parameter cost: up to which cost; what is expected when left out.
    public mutating func allowMargin(
        by user: User.ID,
        reason: String,
        upTo cost: Money? = nil
    ) throws(BacklinkOrderError) {
        guard user != createdBy else { throw .secondPersonNeeded }
        marginAllowed = MarginAllowance(by: user, reason: reason)
        expectedCost = cost ?? expectedCost
    }

    /// Agrees on other terms while it is a draft. What a second person had allowed was allowed for the terms before.
    /// - Throws: ``IllegalTransition`` for an order that is more than a draft.
    public mutating func change(
        price: OrderPrice? = nil,
        links: Int? = nil,
        expectedCost: Money? = nil
    ) throws(IllegalTransition) {
        let terms = (price ?? self.price, links ?? linksAgreed, expectedCost ?? self.expectedCost)
        guard terms != (self.price, linksAgreed, self.expectedCost) else { return }
        guard status == .draft else {
            throw IllegalTransition(
                subject: BacklinkOrderStatus.subject,
                from: status.rawValue,
                transition: "change its terms",
                allowed: status.allowed.map(\.rawValue)
            )
        }
        (self.price, linksAgreed, self.expectedCost) = terms
        marginAllowed = nil
    }

    /// Refuses a cost that would leave less than the floor asks, unless a second person has allowed as much (spec 9.12).
    /// - Throws: ``BacklinkOrderError/belowFloor(_:)``, ``MoneyError``.
    public func requireFloor(_ floor: Ratio, atCost cost: Money) throws {
        let margin = try price.margin(atCost: cost)
        let isAllowed = try marginAllowed != nil && !expectedCost.isLess(than: cost)
        guard isAllowed || !margin.isBelow(floor) else {
            throw BacklinkOrderError.belowFloor(BelowMarginFloor(margin: margin, floor: floor))
        }
    }

    /// What the order is expected to cost once some of its links are planned with their own costs: their sum when all are,
    /// else what was expected before, or the sum where that is more already.
    public func expectedCost(planned links: [Backlink]) throws(MoneyError) -> Money {
        let open = links.filter { $0.status != .rejected && $0.status != .lost }
        let sum = try open.map(\.cost).total(in: expectedCost.currency)
        if open.count >= linksAgreed { return sum }
        return try expectedCost.isLess(than: sum) ? sum : expectedCost
    }

    /// draft → approved.
    /// - Throws: ``IllegalTransition``, ``BacklinkOrderError/belowFloor(_:)``, ``MoneyError``.
    public mutating func approve(by user: User.ID?, at moment: Date, floor: Ratio) throws {
        let next = try status.applying(.approve)
        try requireFloor(floor, atCost: expectedCost)
        status = next
        approvedBy = user
        times.approved = moment
    }

    /// approved → in progress, with the first link ordered; afterwards nothing happens.
    /// - Returns: whether it was the first.
    @discardableResult
    public mutating func start(at moment: Date) throws(IllegalTransition) -> Bool {
        if status == .inProgress { return false }
        status = try status.applying(.start)
        times.ordered = moment
        return true
    }

    /// in progress → delivered, once all links that were agreed are.
    /// - Parameter writtenOff: how many links never came and are waited for no longer.
    public mutating func deliver(at moment: Date, writtenOff: Int = 0) throws {
        let next = try status.applying(.deliver)
        guard figures.delivered + writtenOff >= linksAgreed else {
            throw BacklinkOrderError.notDelivered(delivered: figures.delivered, agreed: linksAgreed)
        }
        status = next
        times.delivered = moment
    }

    /// delivered → completed, once each link is live or written off.
    public mutating func complete(_ links: [Backlink], at moment: Date) throws {
        let next = try status.applying(.complete)
        let open = links.count { !$0.isSettled }
        guard open == 0 else { throw BacklinkOrderError.notSettled(open) }
        status = next
        times.completed = moment
    }

    /// draft or approved → cancelled.
    public mutating func cancel(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.cancel)
        times.cancelled = moment
    }
}
