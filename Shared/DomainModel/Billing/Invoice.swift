public import Foundation

/// What a client owes for, and whether it still does (spec 9.5). Immutable once issued but for its status and what has
/// been paid and credited; a correction is a credit note.
public struct Invoice: Sendable, Hashable, Identifiable {
    /// An invoice's id.
    public typealias ID = DomainModel.ID<Invoice>

    /// The row's id.
    public let id: ID
    /// Who owes.
    public let accountID: Account.ID
    /// What kind of thing it bills.
    public let kind: InvoiceKind
    /// The managed subscription it bills, if it bills one.
    public let subscriptionID: ManagedSubscription.ID?
    /// Given at issue.
    public private(set) var number: InvoiceNumber?
    /// Where it stands; changed only by the named functions.
    public private(set) var status: InvoiceStatus
    /// What it is in; all its lines are.
    public let currency: Currency
    /// The days it bills; its month is unique with the subscription.
    public let served: Proration?
    /// What it is for, in order.
    public let lines: [InvoiceLine]
    /// Sum of the lines before tax.
    public let net: Money
    /// Sum of the lines' tax.
    public let tax: Money
    /// Net + tax.
    public let total: Money
    /// What has been paid.
    public private(set) var paid: Money
    /// What credit notes have taken off what was due.
    public private(set) var credited: Money
    /// Who sells, as on the day of issue.
    public let seller: Party
    /// Who buys, as on the day of issue.
    public let buyer: Party
    /// The day of issue in the account's zone.
    public private(set) var issuedOn: CalendarDay?
    /// The moment of issue.
    public private(set) var issuedAt: Date?
    /// When nothing was due any more.
    public private(set) var paidAt: Date?
    /// Whether we take the money ourselves.
    public let collection: InvoiceCollection
    /// The gateway's own invoice: `in_…`.
    public var providerReference: String?
    /// When the first attempt failed; dunning days count from here.
    public private(set) var firstFailedAt: Date?
    /// When the next attempt is planned.
    public private(set) var nextAttemptAt: Date?
    /// The day its days of service were earned; nil while their price is deferred.
    public private(set) var earnedOn: CalendarDay?

    /// Makes an invoice from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        kind: InvoiceKind,
        subscriptionID: ManagedSubscription.ID?,
        number: InvoiceNumber?,
        status: InvoiceStatus,
        currency: Currency,
        served: Proration?,
        lines: [InvoiceLine],
        net: Money,
        tax: Money,
        total: Money,
        paid: Money,
        credited: Money,
        seller: Party,
        buyer: Party,
        issuedOn: CalendarDay?,
        issuedAt: Date?,
        paidAt: Date?,
        collection: InvoiceCollection,
        providerReference: String? = nil,
        firstFailedAt: Date? = nil,
        nextAttemptAt: Date? = nil,
        earnedOn: CalendarDay? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.kind = kind
        self.subscriptionID = subscriptionID
        self.number = number
        self.status = status
        self.currency = currency
        self.served = served
        self.lines = lines
        self.net = net
        self.tax = tax
        self.total = total
        self.paid = paid
        self.credited = credited
        self.seller = seller
        self.buyer = buyer
        self.issuedOn = issuedOn
        self.issuedAt = issuedAt
        self.paidAt = paidAt
        self.collection = collection
        self.providerReference = providerReference
        self.firstFailedAt = firstFailedAt
        self.nextAttemptAt = nextAttemptAt
        self.earnedOn = earnedOn
    }

    /// A new draft; its sums are those of its lines.
    /// - Throws: ``MoneyError/currencyMismatch(_:_:)`` when a line is in another currency.
    public init(
        draft id: ID = 0,
        accountID: Account.ID,
        kind: InvoiceKind = .managed,
        subscriptionID: ManagedSubscription.ID? = nil,
        currency: Currency,
        served: Proration? = nil,
        lines: [InvoiceLine],
        seller: Party,
        buyer: Party,
        collection: InvoiceCollection = .automatic
    ) throws(MoneyError) {
        let net = try lines.map(\.net).total(in: currency)
        let tax = try lines.map(\.tax).total(in: currency)
        self.init(
            id: id,
            accountID: accountID,
            kind: kind,
            subscriptionID: subscriptionID,
            number: nil,
            status: .draft,
            currency: currency,
            served: served,
            lines: lines,
            net: net,
            tax: tax,
            total: try net + tax,
            paid: .zero(currency),
            credited: .zero(currency),
            seller: seller,
            buyer: buyer,
            issuedOn: nil,
            issuedAt: nil,
            paidAt: nil,
            collection: collection
        )
    }

    /// What is still owed: total − paid − credited; nothing before issue and after void.
    public var due: Money {
        guard status != .draft, status != .void else { return .zero(currency) }
        return Money(minor: total.minor - paid.minor - credited.minor, currency: currency)
    }
}

/// What kind of thing an invoice bills.
public enum InvoiceKind: String, CaseIterable, Sendable, Codable {
    case managed
    case plan
    case backlinks
    case indexing
    case credits
    case other
}

/// How an invoice's money is collected.
public enum InvoiceCollection: String, CaseIterable, Sendable, Codable {
    /// We charge the default payment method.
    case automatic
    /// It waits for `mark-paid`.
    case manual
}

/// A payment or credit that is more than what is due.
public struct AmountExceedsDue: Error, Hashable, Sendable {
    /// What was to be booked.
    public let amount: Money
    /// What is due.
    public let due: Money

    /// Records the two amounts.
    public init(amount: Money, due: Money) {
        self.amount = amount
        self.due = due
    }
}

// MARK: Transitions

extension Invoice {
    /// draft → pending, with its number; an invoice over nothing is paid at once.
    public mutating func issue(
        number: InvoiceNumber,
        at moment: Date,
        on day: CalendarDay
    ) throws(IllegalTransition) {
        status = try status.applying(.issue)
        self.number = number
        issuedOn = day
        issuedAt = moment
        if due.isZero { try settle(at: moment) }
    }

    /// Books money that came in; the invoice is paid when nothing is due any more.
    /// - Throws: ``IllegalTransition`` when nothing is owed, ``AmountExceedsDue``, ``MoneyError``.
    public mutating func receive(_ amount: Money, at moment: Date) throws {
        _ = try status.applying(.pay)
        guard try !due.isLess(than: amount) else { throw AmountExceedsDue(amount: amount, due: due) }
        paid = try paid + amount
        if due.isZero { try settle(at: moment) }
    }

    /// Takes a credit note into account: it first lowers what is due, what it covers beyond that is to be refunded or
    /// kept as the customer's credit (spec 9.5).
    /// - Parameter underWay: what an attempt of unknown outcome may still bring in. That part of the due is left alone:
    ///   the gateway may be taking exactly it, and money that comes in is never more than what is due.
    /// - Returns: the part beyond what is due.
    /// - Throws: ``AmountExceedsDue`` when nothing that was issued is left to credit.
    public mutating func apply(credit: Money, underWay: Money? = nil, at moment: Date) throws -> Money {
        let left = try (try total - credited) - credit
        guard status == .pending || status == .paid || status == .uncollectible, !left.isNegative else {
            throw AmountExceedsDue(amount: credit, due: due)
        }
        let open = try due - (underWay ?? .zero(currency)).capped(at: due)
        let lowering = try credit.capped(at: open)
        credited = try credited + lowering
        if status == .pending, due.isZero { try settle(at: moment) }
        return try credit - lowering
    }

    /// How much of a customer's credit goes into this invoice: as much as is due, if there is that much.
    public func usable(of balance: Money) throws(MoneyError) -> Money {
        guard status == .pending, balance.isPositive else { return .zero(currency) }
        return try balance.capped(at: due)
    }

    /// → void: withdrawn; only while nothing has been paid on it and nothing credited.
    /// - Parameter credits: the lines of its credit notes. A note that was written while an attempt was under way has
    ///   lowered nothing, and is one all the same.
    /// - Throws: ``AmountExceedsDue`` when something has: then a credit note is the way; ``IllegalTransition``.
    public mutating func void(less credits: [CreditNoteLine] = []) throws {
        let next = try status.applying(.void)
        guard paid.isZero else { throw AmountExceedsDue(amount: paid, due: due) }
        guard credits.isEmpty, credited.isZero else {
            throw AmountExceedsDue(amount: try credits.gross(in: currency), due: due)
        }
        status = next
        nextAttemptAt = nil
    }

    /// Notes that its days of service are over and their price is earned.
    public mutating func earn(on day: CalendarDay) {
        earnedOn = earnedOn ?? day
    }

    /// pending → uncollectible, by staff.
    public mutating func writeOff() throws(IllegalTransition) {
        status = try status.applying(.writeOff)
        nextAttemptAt = nil
    }

    /// Notes a failed attempt and what is planned after it.
    public mutating func attemptFailed(at moment: Date, next: Date?) {
        firstFailedAt = firstFailedAt ?? moment
        nextAttemptAt = next
    }

    private mutating func settle(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.pay)
        paidAt = moment
        nextAttemptAt = nil
    }
}
