/// A row of PayPal's books.
protocol PayPalObject: Codable, Sendable {
    static var kind: String { get }
    var id: String { get }
    var status: String { get }
    var links: [PayPalLink]? { get set }
    /// What the books find it by.
    var index: PayPalIndex { get }
}

struct PayPalIndex: Sendable {
    var parent: String?
    var invoice: String?
    var amount: PayPalAmount?
}

struct PayPalSetupToken: PayPalObject {
    static let kind = "setup_token"
    var id: String
    var status: String
    /// Whose approval it has; not shown.
    var wallet: TestWallet?
    var links: [PayPalLink]?
    var index: PayPalIndex { PayPalIndex() }
}

struct PayPalPaymentToken: PayPalObject {
    static let kind = "payment_token"

    struct Source: Codable, Sendable {
        var paypal: Wallet
    }

    struct Wallet: Codable, Sendable {
        var emailAddress: String
        var payerId: String
        var usageType = "MERCHANT"
    }

    struct Customer: Codable, Sendable {
        var id: String
        var merchantCustomerId: String?
    }

    var id: String
    var status = "CREATED"
    var wallet: TestWallet
    var customer: Customer
    var paymentSource: Source
    var links: [PayPalLink]?
    var index: PayPalIndex { PayPalIndex() }
}

struct PayPalOrder: PayPalObject {
    static let kind = "order"

    struct Unit: Codable, Sendable {
        var referenceId: String?
        var amount: PayPalAmount
        var customId: String?
        var invoiceId: String?
        var description: String?
        var payments: Payments?
    }

    struct Payments: Codable, Sendable {
        var captures: [PayPalCapture]
        var refunds: [PayPalRefund]
    }

    var id: String
    var intent: String
    var status: String
    var createTime: String
    var updateTime: String
    var purchaseUnits: [Unit]
    var links: [PayPalLink]?
    var index: PayPalIndex { PayPalIndex(invoice: purchaseUnits.first?.invoiceId, amount: purchaseUnits.first?.amount) }
}

struct PayPalCapture: PayPalObject {
    static let kind = "capture"

    struct Breakdown: Codable, Sendable {
        var grossAmount: PayPalAmount
        var paypalFee: PayPalAmount
        var netAmount: PayPalAmount
    }

    struct Details: Codable, Sendable {
        var reason: String
    }

    struct Related: Codable, Sendable {
        var orderId: String
    }

    struct Supplement: Codable, Sendable {
        var relatedIds: Related
    }

    var id: String
    var status: String
    var statusDetails: Details?
    var amount: PayPalAmount
    var finalCapture = true
    var customId: String?
    var invoiceId: String?
    var sellerReceivableBreakdown: Breakdown?
    var supplementaryData: Supplement
    var createTime: String
    var updateTime: String
    var links: [PayPalLink]?
    var index: PayPalIndex {
        PayPalIndex(parent: supplementaryData.relatedIds.orderId, invoice: invoiceId, amount: amount)
    }
}

struct PayPalRefund: PayPalObject {
    static let kind = "refund"
    var id: String
    var status: String
    var amount: PayPalAmount
    var customId: String?
    var invoiceId: String?
    var noteToPayer: String?
    var capture: String
    var createTime: String
    var updateTime: String
    var links: [PayPalLink]?
    var index: PayPalIndex { PayPalIndex(parent: capture, invoice: invoiceId, amount: amount) }
}

struct PayPalDispute: PayPalObject {
    static let kind = "dispute"

    struct Transaction: Codable, Sendable {
        var sellerTransactionId: String
        var custom: String?
        var invoiceNumber: String?
    }

    struct Outcome: Codable, Sendable {
        var outcomeCode: String
    }

    var disputeId: String
    var createTime: String
    var updateTime: String
    var disputedTransactions: [Transaction]
    var reason = "UNAUTHORISED"
    var status: String
    var disputeAmount: PayPalAmount
    var disputeOutcome: Outcome?
    var disputeLifeCycleStage = "CHARGEBACK"
    var links: [PayPalLink]?
    var id: String { disputeId }
    var index: PayPalIndex {
        PayPalIndex(parent: disputedTransactions.first?.sellerTransactionId, amount: disputeAmount)
    }
}

struct PayPalEvent<Resource: Codable & Sendable>: Codable, Sendable {
    var id: String
    var eventVersion = "1.0"
    var createTime: String
    var resourceType: String
    var resourceVersion = "2.0"
    var eventType: String
    var summary: String
    var resource: Resource
    var links: [PayPalLink] = []
}
