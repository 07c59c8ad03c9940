public import Foundation

/// Something that is late or wrong, until it is cleared; one open flag per subject and kind (spec 2).
public struct DeliveryFlag: Sendable, Hashable, Identifiable {
    /// A flag's id.
    public typealias ID = DomainModel.ID<DeliveryFlag>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The subscription whose delivery it concerns.
    public let subscriptionID: ManagedSubscription.ID?
    /// What it stands on: `managed_subscription`, `invoice`, `backlink`.
    public let subjectKind: String
    /// The row of that thing.
    public let subjectID: Int64
    /// What is wrong.
    public let kind: DeliveryFlagKind
    /// Since when.
    public let since: Date
    /// For a person: `4 of 9 articles due by now`.
    public var detail: String
    /// When it was cleared.
    public var clearedAt: Date?

    /// Makes a flag from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        subscriptionID: ManagedSubscription.ID?,
        subjectKind: String,
        subjectID: Int64,
        kind: DeliveryFlagKind,
        since: Date,
        detail: String,
        clearedAt: Date?
    ) {
        self.id = id
        self.accountID = accountID
        self.subscriptionID = subscriptionID
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.kind = kind
        self.since = since
        self.detail = detail
        self.clearedAt = clearedAt
    }
}

/// What can be late or wrong.
public enum DeliveryFlagKind: String, CaseIterable, Sendable, Codable {
    case contentBehind = "content_behind"
    case linksBehind = "links_behind"
    case reportLate = "report_late"
    case paymentFailed = "payment_failed"
    case paymentDisputed = "payment_disputed"
    case onboardingBlocked = "onboarding_blocked"
    case linkLost = "link_lost"
    case indexingFailed = "indexing_failed"
    /// Google does not let us read the client's Search Console any longer.
    case consentNeeded = "consent_needed"

    /// What would clear it, for a person.
    public var clearedBy: String {
        switch self {
        case .contentBehind: "Publish what is due: the daily check clears it once the pace is kept."
        case .linksBehind: "Deliver the links that are due: the daily check clears it once the pace is kept."
        case .reportLate: "Generate and send the report of the period."
        case .paymentFailed: "A payment of the invoice, a credit note over what is due, or writing it off."
        case .paymentDisputed: "The decision of the dispute, won or lost."
        case .onboardingBlocked: "What the blocked step waits for; the next run of onboarding clears it."
        case .linkLost: "The link found live again, replaced, or written off."
        case .consentNeeded: "The client's new consent to Search Console, or its disconnection."
        case .indexingFailed: "A decision on the failed request: another service, or written off."
        }
    }
}

/// The pace rule of spec 4: behind when `published < floor(target × elapsed / days) − 1`.
///
/// The one article of slack keeps a subscription from flickering between late and not late within a day.
public struct DeliveryPace: Hashable, Sendable {
    /// Articles owed in the served part of the month.
    public let target: Int
    /// Articles published in it.
    public let published: Int
    /// Articles that ought to be published by now: `floor(target × elapsed / days)`.
    public let expected: Int

    /// The pace of a served part of a month on a day.
    public init(target: Int, published: Int, served: Proration, today: CalendarDay) {
        let elapsed = min(max(served.from.days(until: today), 0), served.days)
        self.target = target
        self.published = published
        self.expected = served.days > 0 ? target * elapsed / served.days : 0
    }

    /// Whether a flag is due.
    public var isBehind: Bool { published < expected - 1 }
}
