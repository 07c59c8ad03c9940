/// How an account pays (spec 2).
public enum PaymentMethodKind: String, CaseIterable, Sendable, Codable {
    case stripe
    case paypal
    case bank
    case wallet
    case manual

    /// Whether we take the money ourselves, off-session; the others wait for `mark-paid`.
    public var isCharged: Bool { self == .stripe || self == .paypal }

    /// Where its money arrives.
    public var cashAccount: LedgerAccount {
        switch self {
        case .stripe: .cashStripe
        case .paypal: .cashPayPal
        case .bank, .manual: .cashBank
        case .wallet: .customerCredit
        }
    }
}

/// A saved way to pay: a provider's token and what to call it, never card data.
public struct PaymentMethod: Sendable, Hashable, Identifiable {
    /// A payment method's id.
    public typealias ID = DomainModel.ID<PaymentMethod>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// Which provider.
    public let kind: PaymentMethodKind
    /// The provider's name for it: `pm_…`.
    public let providerReference: String
    /// For a person: `Visa ending in 4242`.
    public var displayName: String
    /// Whether invoices are charged to it.
    public var isDefault: Bool
    /// Whether the provider has confirmed that it can be charged.
    public var isVerified: Bool

    /// Makes a payment method from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        kind: PaymentMethodKind,
        providerReference: String,
        displayName: String,
        isDefault: Bool,
        isVerified: Bool
    ) {
        self.id = id
        self.accountID = accountID
        self.kind = kind
        self.providerReference = providerReference
        self.displayName = displayName
        self.isDefault = isDefault
        self.isVerified = isVerified
    }
}
