public import Foundation

/// One attempt to collect an invoice (spec 9.7): stored, with its idempotency key, before the gateway hears of it.
public struct Payment: Sendable, Hashable, Identifiable {
    /// A payment's id.
    public typealias ID = DomainModel.ID<Payment>

    /// The row's id.
    public let id: ID
    /// Who pays.
    public let accountID: Account.ID
    /// What is paid.
    public let invoiceID: Invoice.ID
    /// What it is paid with; nil for `mark-paid`.
    public let methodID: PaymentMethod.ID?
    /// Through whom.
    public let kind: PaymentMethodKind
    /// Which attempt at this invoice, from 1.
    public let attempt: Int
    /// Names the attempt to the gateway; a retry of this attempt reuses it, the next attempt has its own.
    public let idempotencyKey: AttemptKey
    /// How much.
    public let amount: Money
    /// Where it stands; changed only by the named functions.
    public private(set) var status: PaymentStatus
    /// The gateway's name for it: `pi_…`.
    public private(set) var providerReference: String?
    /// The gateway's name for the money movement: `ch_…`.
    public var providerCharge: String?
    /// What has been given back or is on its way.
    public let refunded: Money
    /// What the gateway kept, where it says so.
    public private(set) var fee: Money?
    /// What came beyond what was due when it came, and is kept as the customer's credit: a credit note or another payment
    /// was faster than the bank.
    public private(set) var excess: Money
    /// Why it failed.
    public private(set) var decline: Decline?
    /// When the gateway was first called with the key, in machine time: the key's life counts from here.
    public private(set) var sentAt: Date?
    /// When its outcome was known.
    public private(set) var settledAt: Date?
    /// When it was stored.
    public let createdAt: Date

    /// Makes a payment from its row, or a new pending attempt.
    public init(
        id: ID = 0,
        accountID: Account.ID,
        invoiceID: Invoice.ID,
        methodID: PaymentMethod.ID?,
        kind: PaymentMethodKind,
        attempt: Int,
        idempotencyKey: AttemptKey,
        amount: Money,
        status: PaymentStatus = .pending,
        providerReference: String? = nil,
        providerCharge: String? = nil,
        refunded: Money? = nil,
        fee: Money? = nil,
        excess: Money? = nil,
        decline: Decline? = nil,
        sentAt: Date? = nil,
        settledAt: Date? = nil,
        createdAt: Date
    ) {
        self.id = id
        self.accountID = accountID
        self.invoiceID = invoiceID
        self.methodID = methodID
        self.kind = kind
        self.attempt = attempt
        self.idempotencyKey = idempotencyKey
        self.amount = amount
        self.status = status
        self.providerReference = providerReference
        self.providerCharge = providerCharge
        self.refunded = refunded ?? .zero(amount.currency)
        self.fee = fee
        self.excess = excess ?? .zero(amount.currency)
        self.decline = decline
        self.sentAt = sentAt
        self.settledAt = settledAt
        self.createdAt = createdAt
    }

    /// pending → processing: from here on the outcome is unknown until the gateway says it.
    public mutating func send(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.send)
        sentAt = moment
    }

    /// What the gateway calls an attempt whose outcome it does not know itself yet.
    public mutating func isKnown(as reference: String?, charge: String? = nil) {
        providerReference = reference ?? providerReference
        providerCharge = charge ?? providerCharge
    }

    /// → succeeded: the gateway has the money.
    /// - Parameter excess: the part beyond what was still due.
    public mutating func succeed(
        reference: String?,
        charge: String? = nil,
        fee: Money?,
        excess: Money? = nil,
        at moment: Date
    ) throws(IllegalTransition) {
        status = try status.applying(.succeed)
        self.excess = excess ?? .zero(amount.currency)
        providerCharge = charge ?? providerCharge
        providerReference = reference ?? providerReference
        self.fee = fee
        decline = nil
        settledAt = moment
    }

    /// → completed: confirmed by hand.
    public mutating func complete(reference: String?, at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.complete)
        providerReference = reference ?? providerReference
        settledAt = moment
    }

    /// → failed: declined.
    public mutating func fail(_ decline: Decline, reference: String?, at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.fail)
        self.decline = decline
        providerReference = reference ?? providerReference
        settledAt = moment
    }

    /// → cancelled: never made.
    public mutating func cancel(at moment: Date) throws(IllegalTransition) {
        status = try status.applying(.cancel)
        settledAt = moment
    }

    /// succeeded or completed → refunded, when all of it has been given back.
    public mutating func refundAll() throws(IllegalTransition) {
        status = try status.applying(.refund)
    }
}

/// The name of one attempt at one invoice, `inv:IG-2026-000001:pay:1`; the other calls about the invoice have names of
/// the same root, so that each can be repeated without doing it twice.
public struct AttemptKey: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// As sent in the `Idempotency-Key` header.
    public let rawValue: String

    /// From a row.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The key of an attempt, counted from 1.
    public init(paying invoice: InvoiceNumber, attempt: Int) {
        rawValue = "inv:\(invoice):pay:\(attempt)"
    }

    /// The key under which the gateway's own invoice is created.
    public static func creating(_ invoice: InvoiceNumber) -> String { "inv:\(invoice):create" }

    /// The key under which a line is added, counted from 0.
    public static func adding(line index: Int, to invoice: InvoiceNumber) -> String { "inv:\(invoice):line:\(index)" }

    /// The key under which the gateway's own invoice is finalized.
    public static func finalizing(_ invoice: InvoiceNumber) -> String { "inv:\(invoice):finalize" }

    /// The key of a refund: its number, which is gapless and never given twice.
    public static func refunding(_ refund: Refund) -> String { "refund:\(refund.number)" }

    /// The key itself.
    public var description: String { rawValue }
}
