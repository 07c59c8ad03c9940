/// What a line of an invoice is for; decides the revenue account it is booked to.
public enum InvoiceLineKind: String, CaseIterable, Sendable, Codable {
    case managedLite = "managed_lite"
    case managedPro = "managed_pro"
    case backlinks
    case indexing
    case plan
    case credits
    case other

    /// The kind of a managed month.
    public init(tier: ServiceTier) {
        switch tier {
        case .lite: self = .managedLite
        case .pro: self = .managedPro
        }
    }

    /// Where its net amount is earned.
    public var revenueAccount: LedgerAccount {
        switch self {
        case .managedLite: .revenueManagedLite
        case .managedPro: .revenueManagedPro
        case .backlinks: .revenueBacklinks
        case .indexing: .revenueIndexing
        case .plan, .credits, .other: .revenueSaaS
        }
    }
}

/// One line: what, how much of it, at what price, with what tax. Never edited once its invoice is issued.
public struct InvoiceLine: Hashable, Sendable {
    /// What it is for.
    public let kind: InvoiceLineKind
    /// For the client: `Managed Pro, banner-printing.co.uk, 17–30 September 2026 (14 of 30 days)`.
    public let description: String
    /// How many.
    public let quantity: Int
    /// The price of one, before tax.
    public let unitPrice: Money
    /// Quantity × unit price, before tax; rounded once where the price was prorated.
    public let net: Money
    /// The tax rate of the day of issue, 0 by default (spec 9.10).
    public let taxRate: Ratio
    /// Net × rate, rounded half-even on this line.
    public let tax: Money
    /// The site it is for.
    public let siteID: Site.ID?
    /// The subscription it belongs to.
    public let subscriptionID: ManagedSubscription.ID?
    /// The days it bills.
    public let served: Proration?

    /// A line of `quantity × unitPrice`.
    public init(
        kind: InvoiceLineKind,
        description: String,
        quantity: Int = 1,
        unitPrice: Money,
        taxRate: Ratio = .zero,
        siteID: Site.ID? = nil,
        subscriptionID: ManagedSubscription.ID? = nil,
        served: Proration? = nil
    ) throws(MoneyError) {
        let net = try unitPrice.multiplied(by: quantity)
        self.kind = kind
        self.description = description
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.net = net
        self.taxRate = taxRate
        self.tax = try net.scaled(by: taxRate)
        self.siteID = siteID
        self.subscriptionID = subscriptionID
        self.served = served
    }

    /// Makes a line from its row.
    public init(
        kind: InvoiceLineKind,
        description: String,
        quantity: Int,
        unitPrice: Money,
        net: Money,
        taxRate: Ratio,
        tax: Money,
        siteID: Site.ID?,
        subscriptionID: ManagedSubscription.ID?,
        served: Proration?
    ) {
        self.kind = kind
        self.description = description
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.net = net
        self.taxRate = taxRate
        self.tax = tax
        self.siteID = siteID
        self.subscriptionID = subscriptionID
        self.served = served
    }

    /// The line of a managed month or a part of it.
    public static func managedMonth(
        of subscription: ManagedSubscription,
        domain: Domain,
        served: Proration,
        taxRate: Ratio = .zero
    ) throws(MoneyError) -> InvoiceLine {
        let tier = subscription.tier == .pro ? "Managed Pro" : "Managed Lite"
        let days = served.isFull ? "" : " (\(served.days) of \(served.month.numberOfDays) days)"
        return try InvoiceLine(
            kind: InvoiceLineKind(tier: subscription.tier),
            description: "\(tier), \(domain.name), \(served.from) to \(served.lastDay)\(days)",
            unitPrice: served.price(subscription.monthlyPrice),
            taxRate: taxRate,
            siteID: subscription.siteID,
            subscriptionID: subscription.id,
            served: served
        )
    }
}
