public import Foundation

/// What is asked of a vendor for a link that was lost within its guarantee (spec 11.6): drafted by itself with the evidence
/// of the looks that found it gone, sent and resolved by staff.
public struct LinkClaim: Sendable, Hashable, Identifiable {
    /// A claim's id.
    public typealias ID = DomainModel.ID<LinkClaim>

    /// The row's id.
    public let id: ID
    /// Whose link it is.
    public let accountID: Account.ID
    /// The site the link led to.
    public let siteID: Site.ID
    /// The order it was delivered under.
    public let orderID: BacklinkOrder.ID?
    /// The link.
    public let backlinkID: Backlink.ID
    /// Who answers for it.
    public let publisherID: Publisher.ID?
    /// When it was lost: one loss is claimed once.
    public let lostAt: Date
    /// The last day of the guarantee.
    public let guaranteeUntil: CalendarDay
    /// What the vendor is told.
    public var letter: String
    /// What the link cost us: the most that can come back.
    public let expected: Money
    /// What came back.
    public private(set) var recovered: Money
    /// The link that stands in for it.
    public private(set) var replacementID: Backlink.ID?
    /// Where it stands; changed only by the named functions.
    public private(set) var status: LinkClaimStatus
    /// To whom it went: an address, a ticket of the marketplace.
    public private(set) var sentTo: String?
    /// When.
    public private(set) var sentAt: Date?
    /// When it came to an end.
    public private(set) var resolvedAt: Date?
    /// What the vendor said.
    public private(set) var note: String

    /// Makes a claim from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        siteID: Site.ID,
        orderID: BacklinkOrder.ID?,
        backlinkID: Backlink.ID,
        publisherID: Publisher.ID?,
        lostAt: Date,
        guaranteeUntil: CalendarDay,
        letter: String,
        expected: Money,
        recovered: Money,
        replacementID: Backlink.ID? = nil,
        status: LinkClaimStatus = .draft,
        sentTo: String? = nil,
        sentAt: Date? = nil,
        resolvedAt: Date? = nil,
        note: String = ""
    ) {
        self.id = id
        self.accountID = accountID
        self.siteID = siteID
        self.orderID = orderID
        self.backlinkID = backlinkID
        self.publisherID = publisherID
        self.lostAt = lostAt
        self.guaranteeUntil = guaranteeUntil
        self.letter = letter
        self.expected = expected
        self.recovered = recovered
        self.replacementID = replacementID
        self.status = status
        self.sentTo = sentTo
        self.sentAt = sentAt
        self.resolvedAt = resolvedAt
        self.note = note
    }

    /// draft → sent.
    public mutating func send(to recipient: String, at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.send)
        sentTo = recipient
        sentAt = moment
    }

    /// The vendor places another link for it.
    public mutating func replace(by link: Backlink.ID, at moment: Date, note: String) throws(IllegalTransition) {
        status = try status.applying(.replace)
        replacementID = link
        resolve(at: moment, note)
    }

    /// The vendor gives money back.
    /// - Throws: ``IllegalTransition``; ``ClaimExceedsCost`` for more than the link cost, or nothing.
    public mutating func refund(_ amount: Money, at moment: Date, note: String) throws {
        let next = try status.applying(.refund)
        guard amount.isPositive, try !expected.isLess(than: amount) else {
            throw ClaimExceedsCost(amount: amount, cost: expected)
        }
        status = next
        recovered = amount
        resolve(at: moment, note)
    }

    /// The link is there again.
    public mutating func restore(at moment: Date, note: String) throws(IllegalTransition) {
        status = try status.applying(.restore)
        resolve(at: moment, note)
    }

    /// The vendor does nothing for it, or we ask no longer.
    public mutating func refuse(at moment: Date, note: String) throws(IllegalTransition) {
        status = try status.applying(.refuse)
        resolve(at: moment, note)
    }

    private mutating func resolve(at moment: Date, _ note: String) {
        resolvedAt = moment
        self.note = note
    }
}

/// Where a claim stands.
public enum LinkClaimStatus: String, StateMachine {
    /// Written, not yet sent.
    case draft
    /// With the vendor.
    case sent
    /// Another link is placed for it.
    case replaced
    /// Money came back.
    case refunded
    /// The link is there again.
    case restored
    /// Nothing comes of it.
    case refused

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case send
        case replace
        case refund
        case restore
        case refuse
    }

    /// In errors and audit events.
    public static let subject = "link_claim"

    /// The table. A vendor may act before it was asked.
    public func target(of transition: Transition) -> LinkClaimStatus? {
        switch (self, transition) {
        case (.draft, .send): .sent
        case (.draft, .replace), (.sent, .replace): .replaced
        case (.draft, .refund), (.sent, .refund): .refunded
        case (.draft, .restore), (.sent, .restore): .restored
        case (.draft, .refuse), (.sent, .refuse): .refused
        default: nil
        }
    }
}

/// A refund of nothing, or of more than the link cost.
public struct ClaimExceedsCost: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to come back.
    public let amount: Money
    /// What the link cost.
    public let cost: Money

    /// Records the two amounts.
    public init(amount: Money, cost: Money) {
        self.amount = amount
        self.cost = cost
    }

    /// One sentence.
    public var description: String { "\(amount) cannot come back for a link that cost \(cost)." }
}
