/// The chart of accounts (spec 9.2). A line's amount is positive on the debit side, negative on the credit side.
public enum LedgerAccount: String, CaseIterable, Sendable, Codable {
    case receivable
    case cashStripe = "cash_stripe"
    case cashPayPal = "cash_paypal"
    case cashBank = "cash_bank"
    case gatewayFees = "gateway_fees"
    case revenueManagedLite = "revenue_managed_lite"
    case revenueManagedPro = "revenue_managed_pro"
    case revenueBacklinks = "revenue_backlinks"
    case revenueIndexing = "revenue_indexing"
    case revenueSaaS = "revenue_saas"
    case deferredRevenue = "deferred_revenue"
    case customerCredit = "customer_credit"
    case taxPayable = "tax_payable"
    case vendorPayable = "vendor_payable"
    case costLinks = "cost_links"
    case costIndexing = "cost_indexing"
    case costAhrefs = "cost_ahrefs"
    case costPlatformCredits = "cost_platform_credits"
    case refunds
    case disputes
    case badDebt = "bad_debt"

    /// Which side of the books it is on.
    public var kind: Kind {
        switch self {
        case .receivable, .cashStripe, .cashPayPal, .cashBank: .asset
        case .deferredRevenue, .customerCredit, .taxPayable, .vendorPayable: .liability
        case .revenueManagedLite, .revenueManagedPro, .revenueBacklinks, .revenueIndexing, .revenueSaaS, .refunds:
            .revenue
        case .gatewayFees, .costLinks, .costIndexing, .costAhrefs, .costPlatformCredits, .disputes, .badDebt: .expense
        }
    }

    /// What an account measures.
    public enum Kind: String, CaseIterable, Sendable {
        case asset
        case liability
        case revenue
        case expense
    }
}
