/// Something that our books and a gateway's list do not agree on (spec 9.9).
public struct GatewayDifference: Hashable, Sendable {
    /// What it is about.
    public enum Subject: String, CaseIterable, Sendable {
        case charge
        case refund
        case dispute
    }

    /// How the two differ.
    public enum Kind: String, CaseIterable, Sendable {
        /// The gateway has it, we do not.
        case missingHere = "missing_here"
        /// We have it, the gateway does not.
        case missingThere = "missing_there"
        /// Another amount or currency.
        case amount
        /// Another state.
        case status
    }

    /// Whose list.
    public let provider: PaymentMethodKind
    /// What it is about.
    public let subject: Subject
    /// How the two differ.
    public let kind: Kind
    /// The gateway's name for it: `ch_…`.
    public let reference: String
    /// Whose it is, where it is known here.
    public let accountID: Account.ID?
    /// Which payment of ours.
    public let paymentID: Payment.ID?
    /// What our books say: `399.00 USD succeeded`.
    public let ours: String?
    /// What the gateway says.
    public let theirs: String?

    /// Records a difference.
    public init(
        provider: PaymentMethodKind,
        subject: Subject,
        kind: Kind,
        reference: String,
        accountID: Account.ID?,
        paymentID: Payment.ID?,
        ours: String?,
        theirs: String?
    ) {
        self.provider = provider
        self.subject = subject
        self.kind = kind
        self.reference = reference
        self.accountID = accountID
        self.paymentID = paymentID
        self.ours = ours
        self.theirs = theirs
    }
}

extension GatewayDifference {
    /// One side of a comparison.
    public struct Side: Hashable, Sendable {
        /// How much.
        public let amount: Money
        /// In words of both sides: `succeeded`, `pending`, `opened`.
        public let status: String

        /// States a side.
        public init(amount: Money, status: String) {
            self.amount = amount
            self.status = status
        }

        /// As it stands in a difference.
        public var text: String { "\(amount) \(status)" }
    }

    /// How two sides of the same thing differ; nil when they agree. Amounts matter more than states.
    public static func kind(ours: Side?, theirs: Side?) -> Kind? {
        switch (ours, theirs) {
        case (nil, nil): nil
        case (nil, _?): .missingHere
        case (_?, nil): .missingThere
        case (let ours?, let theirs?):
            ours.amount != theirs.amount ? .amount : ours.status != theirs.status ? .status : nil
        }
    }
}
