public import Foundation

/// A client's bank asked for a payment's money back (spec 9.9). The gateway takes it at once and decides later.
public struct Dispute: Sendable, Hashable, Identifiable {
    /// A dispute's id.
    public typealias ID = DomainModel.ID<Dispute>

    /// The row's id.
    public let id: ID
    /// Whose payment.
    public let accountID: Account.ID
    /// Which payment.
    public let paymentID: Payment.ID
    /// Through whom it was made.
    public let kind: PaymentMethodKind
    /// The gateway's name for it: `dp_…`, `PP-D-…`.
    public let providerReference: String
    /// How much is taken until it is decided.
    public let amount: Money
    /// In the gateway's words: `fraudulent`.
    public let reason: String
    /// Where it stands.
    public private(set) var status: DisputeStatus
    /// When we heard of it.
    public let openedAt: Date
    /// When it was decided.
    public private(set) var closedAt: Date?

    /// Makes a dispute from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        paymentID: Payment.ID,
        kind: PaymentMethodKind,
        providerReference: String,
        amount: Money,
        reason: String,
        status: DisputeStatus,
        openedAt: Date,
        closedAt: Date?
    ) {
        self.id = id
        self.accountID = accountID
        self.paymentID = paymentID
        self.kind = kind
        self.providerReference = providerReference
        self.amount = amount
        self.reason = reason
        self.status = status
        self.openedAt = openedAt
        self.closedAt = closedAt
    }

    /// opened → won or lost.
    public mutating func close(_ transition: DisputeStatus.Transition, at moment: Date) throws(IllegalTransition) {
        status = try status.applying(transition)
        closedAt = moment
    }
}

/// Where a dispute stands.
public enum DisputeStatus: String, StateMachine {
    /// The money is with the gateway.
    case opened
    /// It came back.
    case won
    /// It is lost.
    case lost

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case win
        case lose
    }

    /// In errors and audit events.
    public static let subject = "dispute"

    /// The table: what a bank has decided stays decided.
    public func target(of transition: Transition) -> DisputeStatus? {
        switch (self, transition) {
        case (.opened, .win): .won
        case (.opened, .lose): .lost
        default: nil
        }
    }
}
