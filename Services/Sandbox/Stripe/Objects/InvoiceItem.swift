struct InvoiceItem: StripeObject {
    static let kind = "invoiceitem"
    static let idPrefix = "ii"
    static let title = "invoiceitem"

    struct Period: Codable, Sendable, Hashable {
        var end: Int64
        var start: Int64
    }

    /// Basil's replacement of `price` and `unit_amount`.
    struct Pricing: Codable, Sendable, Hashable {
        @Nullable var priceDetails: EmptyObject? = nil
        var type = "price_details"
        @Nullable var unitAmountDecimal: String? = nil
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    var currency: String
    var customer: String
    var date: Int64
    @Nullable var description: String? = nil
    var discountable = true
    var discounts: [String] = []
    @Nullable var invoice: String? = nil
    var livemode = false
    var metadata: [String: String] = [:]
    var netAmount: Int64
    @Nullable var parent: EmptyObject? = nil
    var period: Period
    var pricing: Pricing
    var proration = false
    var quantity: Int64
    var taxRates: [String] = []
    @Nullable var testClock: String? = nil

    var created: Int64 { date }
    var links: StripeLinks { StripeLinks(customer: customer, invoice: invoice) }
}

struct InvoiceLine: Codable, Sendable {
    struct Parent: Codable, Sendable {
        struct ItemDetails: Codable, Sendable {
            var invoiceItem: String
            var proration = false
            @Nullable var prorationDetails: EmptyObject? = nil
            @Nullable var subscription: String? = nil
        }

        var invoiceItemDetails: ItemDetails
        @Nullable var subscriptionItemDetails: EmptyObject? = nil
        var type = "invoice_item_details"
    }

    var id: String
    var object = "line_item"
    var amount: Int64
    var currency: String
    @Nullable var description: String? = nil
    var discountAmounts: [String] = []
    var discountable = true
    var discounts: [String] = []
    var invoice: String
    var livemode = false
    var metadata: [String: String]
    var parent: Parent
    var period: InvoiceItem.Period
    var pretaxCreditAmounts: [String] = []
    var pricing: InvoiceItem.Pricing
    var quantity: Int64
    var taxes: [String] = []

    init(_ item: InvoiceItem, of invoice: String) {
        id = StripeID.make("il")
        amount = item.amount
        currency = item.currency
        self.invoice = invoice
        metadata = item.metadata
        parent = Parent(invoiceItemDetails: Parent.ItemDetails(invoiceItem: item.id))
        period = item.period
        pricing = item.pricing
        quantity = item.quantity
        description = item.description
    }
}
