struct PaymentIntent: StripeObject {
    static let kind = "payment_intent"
    static let idPrefix = "pi"

    enum Status: String, Codable, CaseIterable, Sendable {
        case requiresPaymentMethod = "requires_payment_method"
        case requiresConfirmation = "requires_confirmation"
        case requiresAction = "requires_action"
        case processing
        case requiresCapture = "requires_capture"
        case canceled
        case succeeded
    }

    struct AmountDetails: Codable, Sendable {
        var tip = EmptyObject()
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    var amountCapturable: Int64 = 0
    var amountDetails = AmountDetails()
    var amountReceived: Int64 = 0
    @Nullable var application: String? = nil
    @Nullable var applicationFeeAmount: Int64? = nil
    @Nullable var automaticPaymentMethods: EmptyObject? = nil
    @Nullable var canceledAt: Int64? = nil
    @Nullable var cancellationReason: String? = nil
    var captureMethod = "automatic"
    var clientSecret: String
    var confirmationMethod = "automatic"
    var created: Int64
    var currency: String
    @Nullable var customer: String? = nil
    @Nullable var description: String? = nil
    @Nullable var lastPaymentError: IntentError? = nil
    @Nullable var latestCharge: String? = nil
    var livemode = false
    var metadata: [String: String] = [:]
    @Nullable var nextAction: NextAction? = nil
    @Nullable var onBehalfOf: String? = nil
    @Nullable var paymentMethod: String? = nil
    @Nullable var paymentMethodConfigurationDetails: EmptyObject? = nil
    var paymentMethodOptions = EmptyObject()
    var paymentMethodTypes = ["card"]
    @Nullable var processing: EmptyObject? = nil
    @Nullable var receiptEmail: String? = nil
    @Nullable var review: String? = nil
    @Nullable var setupFutureUsage: String? = nil
    @Nullable var shipping: EmptyObject? = nil
    @Nullable var source: String? = nil
    @Nullable var statementDescriptor: String? = nil
    @Nullable var statementDescriptorSuffix: String? = nil
    var status: Status = .requiresPaymentMethod
    @Nullable var transferData: EmptyObject? = nil
    @Nullable var transferGroup: String? = nil

    var links: StripeLinks { StripeLinks(customer: customer, paymentIntent: id, status: status.rawValue) }
}
