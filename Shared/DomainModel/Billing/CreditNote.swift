public import Foundation

/// The document that corrects an issued invoice: it first lowers what is due, the rest is refunded or kept as the
/// customer's credit (spec 9.5).
public struct CreditNote: Sendable, Hashable, Identifiable {
    /// A credit note's id.
    public typealias ID = DomainModel.ID<CreditNote>

    /// The row's id.
    public let id: ID
    /// Whose.
    public let accountID: Account.ID
    /// What it corrects.
    public let invoiceID: Invoice.ID
    /// Gapless by issuer and year like an invoice's, `IG-C-2026-000001`.
    public let number: String
    /// What it takes back, line by line of the invoice.
    public let lines: [CreditNoteLine]
    /// Before tax.
    public let net: Money
    /// At the rate of the original (spec 9.10).
    public let tax: Money
    /// The part that lowered what was due.
    public let appliedToDue: Money
    /// The part kept as the customer's credit or refunded.
    public let excess: Money
    /// Why.
    public let reason: String
    /// When it was issued.
    public let issuedAt: Date

    /// Makes a credit note from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        invoiceID: Invoice.ID,
        number: String,
        lines: [CreditNoteLine],
        net: Money,
        tax: Money,
        appliedToDue: Money,
        excess: Money,
        reason: String,
        issuedAt: Date
    ) {
        self.id = id
        self.accountID = accountID
        self.invoiceID = invoiceID
        self.number = number
        self.lines = lines
        self.net = net
        self.tax = tax
        self.appliedToDue = appliedToDue
        self.excess = excess
        self.reason = reason
        self.issuedAt = issuedAt
    }
}

/// Money given back on a payment. It is not a credit note; each has its document (spec 9.6).
public struct Refund: Sendable, Hashable, Identifiable {
    /// A refund's id.
    public typealias ID = DomainModel.ID<Refund>

    /// The row's id.
    public let id: ID
    /// To whom.
    public let accountID: Account.ID
    /// Of which payment.
    public let paymentID: Payment.ID
    /// The credit note that stands behind it, if one does.
    public let creditNoteID: CreditNote.ID?
    /// Gapless by issuer and year, `IG-R-2026-000001`.
    public let number: String
    /// How much; all refunds of a payment together never exceed it.
    public let amount: Money
    /// Why.
    public let reason: String
    /// The gateway's name for it: `re_…`.
    public var providerReference: String?
    /// Where it stands.
    public var status: RefundStatus
    /// Why the gateway did not give it back.
    public var failureReason: String?
    /// When the gateway was first asked, in machine time: its key's life counts from here.
    public var sentAt: Date?
    /// Whether a second member of staff has to agree first (spec 10).
    public let awaitsApproval: Bool
    /// When it was asked for.
    public let createdAt: Date

    /// Makes a refund from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        paymentID: Payment.ID,
        creditNoteID: CreditNote.ID? = nil,
        number: String,
        amount: Money,
        reason: String,
        providerReference: String?,
        status: RefundStatus,
        failureReason: String? = nil,
        sentAt: Date? = nil,
        awaitsApproval: Bool = false,
        createdAt: Date
    ) {
        self.id = id
        self.awaitsApproval = awaitsApproval
        self.accountID = accountID
        self.paymentID = paymentID
        self.creditNoteID = creditNoteID
        self.number = number
        self.amount = amount
        self.reason = reason
        self.providerReference = providerReference
        self.status = status
        self.failureReason = failureReason
        self.sentAt = sentAt
        self.createdAt = createdAt
    }
}

/// Where a refund stands.
public enum RefundStatus: String, StateMachine {
    case pending
    case succeeded
    case failed
    case cancelled

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case succeed
        case fail
        case cancel
    }

    /// In errors and audit events.
    public static let subject = "refund"

    /// The table.
    public func target(of transition: Transition) -> RefundStatus? {
        switch (self, transition) {
        case (.pending, .succeed): .succeeded
        case (.pending, .fail), (.succeeded, .fail): .failed
        case (.pending, .cancel): .cancelled
        default: nil
        }
    }
}
