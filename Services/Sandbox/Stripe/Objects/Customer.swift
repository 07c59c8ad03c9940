struct Customer: StripeObject {
    static let kind = "customer"
    static let idPrefix = "cus"

    struct InvoiceSettings: Codable, Sendable {
        @Nullable var customFields: [String]? = nil
        @Nullable var defaultPaymentMethod: String? = nil
        @Nullable var footer: String? = nil
        @Nullable var renderingOptions: EmptyObject? = nil
    }

    var id: String
    var object = Self.kind
    @Nullable var address: PostalAddress? = nil
    /// What the customer is owed (negative) or owes (positive), applied to the next invoice.
    var balance: Int64 = 0
    var created: Int64
    @Nullable var currency: String? = nil
    @Nullable var defaultSource: String? = nil
    var delinquent = false
    @Nullable var description: String? = nil
    @Nullable var email: String? = nil
    var invoicePrefix: String
    var invoiceSettings = InvoiceSettings()
    var livemode = false
    var metadata: [String: String] = [:]
    @Nullable var name: String? = nil
    var nextInvoiceSequence: Int64 = 1
    @Nullable var phone: String? = nil
    var preferredLocales: [String] = []
    @Nullable var shipping: EmptyObject? = nil
    var taxExempt = "none"
    @Nullable var testClock: String? = nil

    var links: StripeLinks { StripeLinks() }
}

struct PostalAddress: Codable, Sendable, Hashable {
    @Nullable var city: String? = nil
    @Nullable var country: String? = nil
    @Nullable var line1: String? = nil
    @Nullable var line2: String? = nil
    @Nullable var postalCode: String? = nil
    @Nullable var state: String? = nil
}

/// What a deleted object leaves: its name.
struct DeletedObject: Codable, Sendable {
    var id: String
    var object: String
    var deleted = true
}
