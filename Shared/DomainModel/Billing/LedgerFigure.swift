/// A figure that is a sum over accounts of the chart: what the dashboard shows, and what a reader opens it to. Each is one
/// sum, so that a figure and its rows cannot drift apart.
public enum LedgerFigure: String, CaseIterable, Sendable, Codable {
    case billed
    case earned
    case cash
    case refunds
    case cost
    case fees
    case losses
    case margin
    case linkRevenue = "link_revenue"
    case linkCost = "link_cost"
    case linkMargin = "link_margin"
    case managedRevenue = "managed_revenue"
    case articleCost = "article_cost"

    /// The accounts whose lines are added.
    public var accounts: [LedgerAccount] {
        switch self {
        case .billed: Self.revenue + [.deferredRevenue]
        case .earned: Self.revenue
        case .cash: [.cashStripe, .cashPayPal, .cashBank]
        case .refunds: [.refunds]
        case .cost: LedgerAccount.allCases.filter { $0.kind == .expense && !Self.beside.contains($0) }
        case .fees: [.gatewayFees]
        case .losses: [.disputes, .badDebt]
        case .margin: LedgerAccount.allCases.filter { $0.kind == .revenue || $0.kind == .expense }
        case .linkRevenue: [.revenueBacklinks]
        case .linkCost: [.costLinks]
        case .linkMargin: [.revenueBacklinks, .costLinks]
        case .managedRevenue: [.revenueManagedLite, .revenueManagedPro]
        case .articleCost: [.costPlatformCredits]
        }
    }

    /// −1 where what grows the figure stands on the credit side of the books.
    public var sign: Int64 {
        switch self {
        case .billed, .earned, .margin, .linkRevenue, .linkMargin, .managedRevenue: -1
        case .cash, .refunds, .cost, .fees, .losses, .linkCost, .articleCost: 1
        }
    }

    /// The formula in words (spec 11.2), without the month and the currency that go for all.
    public var formula: String {
        switch self {
        case .billed:
            "what was invoiced without tax, less what was credited or withdrawn: credits less debits of the revenue "
                + "accounts and of deferred revenue"
        case .earned:
            "revenue of days that are over and of sales without days: credits less debits of the revenue accounts"
        case .cash: "money that came less money that went: debits less credits of the cash accounts"
        case .refunds: "money given back without a credit note: debits less credits of refunds"
        case .cost: "links, indexing, Ahrefs and platform credits: debits less credits of the cost accounts"
        case .fees: "what gateways kept: debits less credits of gateway fees"
        case .losses: "open and lost disputes and bad debt: debits less credits of the two accounts"
        case .margin: "earned − refunds − cost − fees − losses: credits less debits of all revenue and expense accounts"
        case .linkRevenue: "credits less debits of backlink revenue"
        case .linkCost: "debits less credits of the cost of links"
        case .linkMargin: "backlink revenue − cost of links"
        case .managedRevenue: "credits less debits of the revenue of Managed Lite and Managed Pro"
        case .articleCost: "debits less credits of the cost of platform credits"
        }
    }

    private static let revenue = LedgerAccount.allCases.filter { $0.kind == .revenue && $0 != .refunds }
    private static let beside: Set<LedgerAccount> = [.gatewayFees, .disputes, .badDebt]
}
