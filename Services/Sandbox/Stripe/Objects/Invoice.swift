/// An invoice as the API has it since basil: no `subscription`, `payment_intent`, `charge`, `paid` or `tax`.
struct Invoice: StripeObject {
    static let kind = "invoice"
    static let idPrefix = "in"

    enum Status: String, Codable, CaseIterable, Sendable {
        case draft, open, paid, uncollectible, void
    }

    enum CollectionMethod: String, Codable, CaseIterable, Sendable {
        case chargeAutomatically = "charge_automatically"
        case sendInvoice = "send_invoice"
    }

    struct StatusTransitions: Codable, Sendable {
        @Nullable var finalizedAt: Int64? = nil
        @Nullable var markedUncollectibleAt: Int64? = nil
        @Nullable var paidAt: Int64? = nil
        @Nullable var voidedAt: Int64? = nil
    }

    struct AutomaticTax: Codable, Sendable {
        @Nullable var disabledReason: String? = nil
        var enabled = false
        @Nullable var liability: EmptyObject? = nil
        @Nullable var status: String? = nil
    }

    struct Issuer: Codable, Sendable {
        var type = "self"
    }

    struct PaymentSettings: Codable, Sendable {
        @Nullable var defaultMandate: String? = nil
        @Nullable var paymentMethodOptions: EmptyObject? = nil
        @Nullable var paymentMethodTypes: [String]? = nil
    }

    struct Lines: Codable, Sendable {
        var object = "list"
        var data: [InvoiceLine] = []
        var hasMore = false
        var totalCount = 0
        var url: String
    }

    var id: String
    var object = Self.kind
    var accountCountry = "US"
    var accountName = "IGNY8"
    @Nullable var accountTaxIds: [String]? = nil
    var amountDue: Int64 = 0
    var amountOverpaid: Int64 = 0
    var amountPaid: Int64 = 0
    var amountRemaining: Int64 = 0
    var amountShipping: Int64 = 0
    @Nullable var application: String? = nil
    var attemptCount = 0
    var attempted = false
    var autoAdvance = false
    var automaticTax = AutomaticTax()
    @Nullable var automaticallyFinalizesAt: Int64? = nil
    var billingReason = "manual"
    var collectionMethod: CollectionMethod
    var created: Int64
    var currency: String
    @Nullable var customFields: [String]? = nil
    var customer: String
    @Nullable var customerAddress: PostalAddress? = nil
    @Nullable var customerEmail: String? = nil
    @Nullable var customerName: String? = nil
    @Nullable var customerPhone: String? = nil
    @Nullable var customerShipping: EmptyObject? = nil
    var customerTaxExempt = "none"
    var customerTaxIds: [String] = []
    @Nullable var defaultPaymentMethod: String? = nil
    @Nullable var defaultSource: String? = nil
    var defaultTaxRates: [String] = []
    @Nullable var description: String? = nil
    var discounts: [String] = []
    @Nullable var dueDate: Int64? = nil
    @Nullable var effectiveAt: Int64? = nil
    @Nullable var endingBalance: Int64? = nil
    @Nullable var footer: String? = nil
    @Nullable var fromInvoice: EmptyObject? = nil
    @Nullable var hostedInvoiceUrl: String? = nil
    @Nullable var invoicePdf: String? = nil
    var issuer = Issuer()
    @Nullable var lastFinalizationError: EmptyObject? = nil
    @Nullable var latestRevision: String? = nil
    var lines: Lines
    var livemode = false
    var metadata: [String: String] = [:]
    @Nullable var nextPaymentAttempt: Int64? = nil
    @Nullable var number: String? = nil
    @Nullable var onBehalfOf: String? = nil
    @Nullable var parent: EmptyObject? = nil
    var paymentSettings = PaymentSettings()
    var periodEnd: Int64
    var periodStart: Int64
    var postPaymentCreditNotesAmount: Int64 = 0
    var prePaymentCreditNotesAmount: Int64 = 0
    @Nullable var receiptNumber: String? = nil
    @Nullable var rendering: EmptyObject? = nil
    @Nullable var shippingCost: EmptyObject? = nil
    @Nullable var shippingDetails: EmptyObject? = nil
    var startingBalance: Int64 = 0
    @Nullable var statementDescriptor: String? = nil
    var status: Status = .draft
    var statusTransitions = StatusTransitions()
    var subtotal: Int64 = 0
    var subtotalExcludingTax: Int64 = 0
    @Nullable var testClock: String? = nil
    var total: Int64 = 0
    var totalDiscountAmounts: [String] = []
    var totalExcludingTax: Int64 = 0
    var totalPretaxCreditAmounts: [String] = []
    var totalTaxes: [String] = []
    @Nullable var webhooksDeliveredAt: Int64? = nil

    var links: StripeLinks { StripeLinks(customer: customer, status: status.rawValue) }

    /// As an answer shows it: the first ten lines, the rest under `/lines`.
    var shown: Invoice {
        var shown = self
        shown.lines.hasMore = lines.data.count > 10
        shown.lines.data = Array(lines.data.prefix(10))
        return shown
    }
}
