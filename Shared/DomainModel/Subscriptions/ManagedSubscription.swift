public import Foundation

/// The managed service of one site (spec 2, `igny8_managed_service_subscriptions`).
///
/// Three days carry the whole calendar of it: ``currentMonthStart``, from which this month's quota counts;
/// ``nextBillingDay``, the first day not invoiced yet; and ``cancelsOn``, when an end has been agreed.
public struct ManagedSubscription: Sendable, Hashable, Identifiable {
    /// A managed subscription's id.
    public typealias ID = DomainModel.ID<ManagedSubscription>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The site it is for; at most one subscription of a site is not cancelled.
    public let siteID: Site.ID
    /// Lite or Pro.
    public var tier: ServiceTier
    /// Where it stands; changed only by the named functions.
    public private(set) var status: SubscriptionStatus
    /// Per full month, without tax; what MRR counts. A change waits in ``nextMonthlyPrice``.
    public private(set) var monthlyPrice: Money
    /// The price from the next period on, when a change is waiting.
    public private(set) var nextMonthlyPrice: Money?
    /// Per full month.
    public var articlesPerMonth: Int
    /// Who of the staff looks after it.
    public var accountManagerID: User.ID?
    /// Always what a count of this month's published content gives.
    public private(set) var currentMonthArticlesPublished: Int
    /// The first day served in the current month: the 1st, or the day the service began or went on.
    public private(set) var currentMonthStart: CalendarDay?
    /// How many articles the current month owes, cut by the same fraction as its price.
    public private(set) var currentMonthTarget: Int?
    /// How it is run.
    public var serviceConfig: ServiceConfig
    /// When it first became active.
    public private(set) var startedAt: Date?
    /// Since when it is paused.
    public private(set) var pausedAt: Date?
    /// When it ended.
    public private(set) var cancelledAt: Date?
    /// The first day that has not been invoiced; nil before activation and after the end.
    public private(set) var nextBillingDay: CalendarDay?
    /// The first day no longer served, once an end at the period's close has been agreed.
    public private(set) var cancelsOn: CalendarDay?
    /// When it was bought.
    public let createdAt: Date

    /// Makes a subscription from its row, or a new pending one.
    public init(
        id: ID,
        accountID: Account.ID,
        siteID: Site.ID,
        tier: ServiceTier,
        status: SubscriptionStatus = .pending,
        monthlyPrice: Money,
        nextMonthlyPrice: Money? = nil,
        articlesPerMonth: Int,
        accountManagerID: User.ID? = nil,
        currentMonthArticlesPublished: Int = 0,
        currentMonthStart: CalendarDay? = nil,
        currentMonthTarget: Int? = nil,
        serviceConfig: ServiceConfig,
        startedAt: Date? = nil,
        pausedAt: Date? = nil,
        cancelledAt: Date? = nil,
        nextBillingDay: CalendarDay? = nil,
        cancelsOn: CalendarDay? = nil,
        createdAt: Date
    ) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.tier = tier
        self.status = status
        self.monthlyPrice = monthlyPrice
        self.nextMonthlyPrice = nextMonthlyPrice
        self.articlesPerMonth = articlesPerMonth
        self.accountManagerID = accountManagerID
        self.currentMonthArticlesPublished = currentMonthArticlesPublished
        self.currentMonthStart = currentMonthStart
        self.currentMonthTarget = currentMonthTarget
        self.serviceConfig = serviceConfig
        self.startedAt = startedAt
        self.pausedAt = pausedAt
        self.cancelledAt = cancelledAt
        self.nextBillingDay = nextBillingDay
        self.cancelsOn = cancelsOn
        self.createdAt = createdAt
    }
}

// MARK: Transitions

extension ManagedSubscription {
    /// pending → active, when onboarding is done: the month's quota and the first invoice count from today.
    public mutating func activate(at moment: Date, in zone: TimeZone) throws(IllegalTransition) {
        let today = CalendarDay(of: moment, in: zone)
        status = try status.applying(.activate)
        startedAt = moment
        nextBillingDay = today
        serve(from: today)
    }

    /// active → paused: the next invoice is stopped, not the paid one.
    public mutating func pause(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.pause)
        pausedAt = moment
    }

    /// paused → active: free in a period that is invoiced already, else billed from today. What was due before the
    /// pause (``dueProration(on:in:)``) is to be invoiced before this.
    public mutating func resume(at moment: Date, in zone: TimeZone) throws(IllegalTransition) {
        let today = CalendarDay(of: moment, in: zone)
        status = try status.applying(.resume)
        pausedAt = nil
        guard let unpaidFrom = nextBillingDay, unpaidFrom <= today else { return }
        nextBillingDay = today
        serve(from: today)
    }

    /// → cancelled, at once. What was paid for days from today on is the caller's to credit (``unusedDays(from:)``).
    public mutating func cancel(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.cancel)
        cancelledAt = moment
        nextBillingDay = nil
        cancelsOn = nil
        pausedAt = nil
    }

    /// Agrees an end at the close of what has been invoiced; the run of that day cancels instead of billing.
    /// A subscription that has no invoiced day left ends at once.
    public mutating func cancelAtPeriodEnd(at moment: Date, in zone: TimeZone) throws(IllegalTransition) {
        let today = CalendarDay(of: moment, in: zone)
        guard status == .active || status == .paused, let paidUntil = nextBillingDay, paidUntil > today else {
            return try cancel(at: moment)
        }
        cancelsOn = paidUntil
    }

    /// Takes an agreed end back.
    public mutating func keep() {
        cancelsOn = nil
    }
}

// MARK: The month

extension ManagedSubscription {
    /// The part of the current month that is served, whose fraction cuts price and quota alike; nil before activation.
    public var currentProration: Proration? {
        currentMonthStart.map { Proration(startingOn: $0) }
    }

    /// Sets the counter to zero for a month, once: a month already begun is left alone.
    /// - Returns: whether anything changed.
    @discardableResult
    public mutating func beginMonth(_ month: CalendarMonth) -> Bool {
        guard status == .active, let begun = currentMonthStart, begun.calendarMonth < month else { return false }
        serve(from: month.firstDay)
        return true
    }

    private mutating func serve(from day: CalendarDay) {
        currentMonthStart = day
        currentMonthTarget = Proration(startingOn: day).quota(articlesPerMonth)
        currentMonthArticlesPublished = 0
    }

    /// Takes over what a count of the month's published content gave.
    public mutating func recordPublished(_ count: Int) {
        currentMonthArticlesPublished = max(count, 0)
    }

    /// The invoice that is due next, if one is: the part of the month from the first day not invoiced yet.
    /// After a missed run there are several; ask again after ``invoiced(_:)``. A pause stops what begins after it, not
    /// what had begun before.
    public func dueProration(on today: CalendarDay, in zone: TimeZone) -> Proration? {
        guard status == .active || status == .paused, let from = nextBillingDay else { return nil }
        let until = pausedAt.map { min(today, CalendarDay(of: $0, in: zone)) } ?? today
        guard from <= until else { return nil }
        if let end = cancelsOn, end <= from { return nil }
        return Proration(startingOn: from)
    }

    /// Agrees a price: before activation it applies at once, later from the next period.
    public mutating func changePrice(to price: Money) {
        if status == .pending {
            monthlyPrice = price
        } else {
            nextMonthlyPrice = price == monthlyPrice ? nil : price
        }
    }

    /// Lets a waiting price take effect, before a period that has not begun to be invoiced.
    public mutating func adoptNextPrice() {
        guard let price = nextMonthlyPrice else { return }
        monthlyPrice = price
        nextMonthlyPrice = nil
    }

    /// Notes that a part has been invoiced; the next one begins after it.
    public mutating func invoiced(_ proration: Proration) {
        nextBillingDay = max(proration.to, nextBillingDay ?? proration.to)
    }

    /// Whether an agreed end has come.
    public func endsBy(_ today: CalendarDay) -> Bool {
        status != .cancelled && cancelsOn.map { $0 <= today } ?? false
    }

    /// The invoiced days from a day on that will not be served: what an immediate cancellation credits.
    public func unusedDays(from today: CalendarDay) -> Proration? {
        guard let paidUntil = nextBillingDay, paidUntil > today else { return nil }
        let month = paidUntil.adding(days: -1).calendarMonth
        return Proration(of: month, from: today, to: paidUntil)
    }
}
