public import Foundation

/// A client of the agency, or an agency that resells: the tenant everything belongs to (spec 2).
public struct Account: Sendable, Hashable, Identifiable {
    /// An account's id.
    public typealias ID = DomainModel.ID<Account>

    /// The row's id.
    public let id: ID
    /// The company's name, also the buyer on invoices.
    public var name: String
    /// The SaaS plan it is on.
    public var plan: PlanKey
    /// Platform credits left; never below zero.
    public var credits: Int
    /// IANA name; "the 1st" and "Monday 06:00" are meant in it.
    public var timeZoneName: String
    /// What its invoices are in.
    public var currency: Currency
    /// Where invoices and dunning mails go.
    public var billingEmail: EmailAddress
    /// Whether it may act at all.
    public var status: AccountStatus
    /// When it came.
    public let createdAt: Date

    /// Makes an account from its row.
    public init(
        id: ID,
        name: String,
        plan: PlanKey,
        credits: Int,
        timeZoneName: String,
        currency: Currency,
        billingEmail: EmailAddress,
        status: AccountStatus,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.plan = plan
        self.credits = credits
        self.timeZoneName = timeZoneName
        self.currency = currency
        self.billingEmail = billingEmail
        self.status = status
        self.createdAt = createdAt
    }

    /// The zone by its name; UTC when the name is unknown to this machine's zone data, which the write path refuses.
    public var timeZone: TimeZone { TimeZone(identifier: timeZoneName) ?? .gmt }
}

/// Whether an account may act.
public enum AccountStatus: String, StateMachine {
    case active
    case suspended
    case closed

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case suspend
        case reinstate
        case close
    }

    /// In errors and audit events.
    public static let subject = "account"

    /// The table.
    public func target(of transition: Transition) -> AccountStatus? {
        switch (self, transition) {
        case (.active, .suspend): .suspended
        case (.suspended, .reinstate): .active
        case (.active, .close), (.suspended, .close): .closed
        default: nil
        }
    }
}
