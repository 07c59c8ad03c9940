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
    /// Lite or Pro. A change may wait in ``nextTier``.
    public private(set) var tier: ServiceTier
    /// Where it stands; changed only by the named functions.
    public private(set) var status: SubscriptionStatus
    /// Per full month, without tax; what MRR counts. A change waits in ``nextMonthlyPrice``.
    public private(set) var monthlyPrice: Money
    /// The price from the next period on, when a change is waiting.
    public private(set) var nextMonthlyPrice: Money?
    /// Per full month.
    public var articlesPerMonth: Int
    /// The tier from the next period on, when a change is waiting.
    public private(set) var nextTier: ServiceTier?
    /// The quota from the next period on, when a change is waiting.
    public private(set) var nextArticlesPerMonth: Int?
    /// Who of the staff looks after it.
    public var accountManagerID: User.ID?
    /// Always what a count of this month's published content gives.
    public private(set) var currentMonthArticlesPublished: Int
    /// The first day served in the current month: the 1st, or the day the service began or went on.
    public private(set) var currentMonthStart: CalendarDay?
    /// How many articles the current month owes, cut by the same fraction as its price.
    public private(set) var currentMonthTarget: Int?
    /// Articles × days owed in the current month: over the month's days they are the target, rounded once however often
    /// the terms have changed.
    public private(set) var currentMonthQuotaDays: Int?
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
        nextTier: ServiceTier? = nil,
        nextArticlesPerMonth: Int? = nil,
        accountManagerID: User.ID? = nil,
        currentMonthArticlesPublished: Int = 0,
        currentMonthStart: CalendarDay? = nil,
        currentMonthTarget: Int? = nil,
        currentMonthQuotaDays: Int? = nil,
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
        self.nextTier = nextTier
        self.nextArticlesPerMonth = nextArticlesPerMonth
        self.accountManagerID = accountManagerID
        self.currentMonthArticlesPublished = currentMonthArticlesPublished
        self.currentMonthStart = currentMonthStart
        self.currentMonthTarget = currentMonthTarget
        self.currentMonthQuotaDays = currentMonthQuotaDays
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
        owe(articlesPerMonth * Proration(startingOn: day).days, of: day.calendarMonth)
        currentMonthArticlesPublished = 0
    }

    private mutating func owe(_ quotaDays: Int, of month: CalendarMonth) {
        currentMonthQuotaDays = quotaDays
        currentMonthTarget = Fraction(1, Int64(month.numberOfDays))?.of(quotaDays)
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

    /// Notes that a part has been invoiced; the next one begins after it.
    public mutating func invoiced(_ proration: Proration) {
        nextBillingDay = max(proration.to, nextBillingDay ?? proration.to)
    }

    /// Refuses what would lose days that were served and are not invoiced yet, because the run is late.
    /// - Throws: ``BillingDue``.
    public func requireInvoiced(on today: CalendarDay, in zone: TimeZone) throws(BillingDue) {
        if let due = dueProration(on: today, in: zone) { throw BillingDue(from: due.from) }
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

/// Days that were served are not invoiced yet; the billing run comes first.
public struct BillingDue: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first of them.
    public let from: CalendarDay
    /// One sentence.
    public var description: String {
        "The days from \(from) on are not invoiced yet: try again after the next billing run."
    }
}

// MARK: Terms

/// What a subscription is sold at.
public struct ServiceTerms: Hashable, Sendable, Codable {
    /// Lite or Pro.
    public var tier: ServiceTier
    /// Per full month, without tax.
    public var monthlyPrice: Money
    /// Per full month.
    public var articlesPerMonth: Int

    /// Names them.
    public init(tier: ServiceTier, monthlyPrice: Money, articlesPerMonth: Int) {
        self.tier = tier
        self.monthlyPrice = monthlyPrice
        self.articlesPerMonth = articlesPerMonth
    }
}

extension ManagedSubscription {
    /// What it is sold at now.
    public var terms: ServiceTerms {
        ServiceTerms(tier: tier, monthlyPrice: monthlyPrice, articlesPerMonth: articlesPerMonth)
    }

    /// Agrees a price: before activation it applies at once, later from the next period.
    public mutating func changePrice(to price: Money) {
        if status == .pending {
            monthlyPrice = price
        } else {
            nextMonthlyPrice = price == monthlyPrice ? nil : price
        }
    }

    /// Agrees terms: before activation they apply at once, later from the next period.
    public mutating func agree(to terms: ServiceTerms) {
        changePrice(to: terms.monthlyPrice)
        guard status != .pending else {
            tier = terms.tier
            articlesPerMonth = terms.articlesPerMonth
            return
        }
        nextTier = terms.tier == tier ? nil : terms.tier
        nextArticlesPerMonth = terms.articlesPerMonth == articlesPerMonth ? nil : terms.articlesPerMonth
    }

    /// Lets waiting terms take effect, before a period that has not begun to be invoiced.
    /// - Parameter served: that period; the quota of its month, where it counts already, follows the terms.
    public mutating func adoptNextTerms(from served: Proration) {
        let before = articlesPerMonth
        monthlyPrice = nextMonthlyPrice ?? monthlyPrice
        tier = nextTier ?? tier
        articlesPerMonth = nextArticlesPerMonth ?? articlesPerMonth
        (nextMonthlyPrice, nextTier, nextArticlesPerMonth) = (nil, nil, nil)
        reckonQuota(from: before, since: served.from)
    }

    /// Changes the terms in mid-period: from today on the new ones count. The days that were invoiced at the old ones
    /// are the caller's to credit; they are billed anew from today. The quota of the rest of the month changes by the
    /// same days as the price, so that a late upgrade cannot buy a full quota for a day's price (spec 9.4).
    /// - Throws: ``BillingDue``; ``IllegalTransition`` unless it is active.
    public mutating func change(to terms: ServiceTerms, on today: CalendarDay, in zone: TimeZone) throws {
        guard status == .active else {
            throw IllegalTransition(
                subject: SubscriptionStatus.subject,
                from: status.rawValue,
                transition: "change",
                allowed: status.allowed.map(\.rawValue)
            )
        }
        try requireInvoiced(on: today, in: zone)
        beginMonth(today.calendarMonth)
        let before = articlesPerMonth
        (tier, monthlyPrice, articlesPerMonth) = (terms.tier, terms.monthlyPrice, terms.articlesPerMonth)
        (nextMonthlyPrice, nextTier, nextArticlesPerMonth) = (nil, nil, nil)
        reckonQuota(from: before, since: today)
        nextBillingDay = today
    }

    /// The month's quota when the terms change for its days from one on; all of them, where that day is of an earlier
    /// month: a run that is late adopts terms after the month has begun to count.
    private mutating func reckonQuota(from before: Int, since day: CalendarDay) {
        guard before != articlesPerMonth, let start = currentMonthStart else { return }
        let changed = Proration(of: start.calendarMonth, from: max(start, day), to: start.calendarMonth.next.firstDay)
        let present = currentMonthQuotaDays ?? before * Proration(startingOn: start).days
        owe(present + (articlesPerMonth - before) * changed.days, of: start.calendarMonth)
    }
}
