struct SetupIntent: StripeObject {
    static let kind = "setup_intent"
    static let idPrefix = "seti"

    enum Status: String, Codable, CaseIterable, Sendable {
        case requiresPaymentMethod = "requires_payment_method"
        case requiresConfirmation = "requires_confirmation"
        case requiresAction = "requires_action"
        case processing
        case canceled
        case succeeded
    }

    enum Usage: String, Codable, CaseIterable, Sendable {
        case offSession = "off_session"
        case onSession = "on_session"
    }

    var id: String
    var object = Self.kind
    @Nullable var application: String? = nil
    @Nullable var automaticPaymentMethods: EmptyObject? = nil
    @Nullable var cancellationReason: String? = nil
    var clientSecret: String
    var created: Int64
    @Nullable var customer: String? = nil
    @Nullable var description: String? = nil
    @Nullable var flowDirections: [String]? = nil
    @Nullable var lastSetupError: IntentError? = nil
    @Nullable var latestAttempt: String? = nil
    var livemode = false
    @Nullable var mandate: String? = nil
    var metadata: [String: String] = [:]
    @Nullable var nextAction: NextAction? = nil
    @Nullable var onBehalfOf: String? = nil
    @Nullable var paymentMethod: String? = nil
    var paymentMethodOptions = EmptyObject()
    var paymentMethodTypes = ["card"]
    @Nullable var singleUseMandate: String? = nil
    var status: Status = .requiresPaymentMethod
    var usage: Usage = .offSession

    var links: StripeLinks { StripeLinks(customer: customer, status: status.rawValue) }
}

/// `last_payment_error` and `last_setup_error`.
struct IntentError: Codable, Sendable {
    var type = "card_error"
    var code: String
    @Nullable var declineCode: String? = nil
    var message: String
    @Nullable var adviceCode: String? = nil
    @Nullable var networkDeclineCode: String? = nil
    @Nullable var charge: String? = nil
    @Nullable var paymentMethod: PaymentMethod? = nil

    init(_ decline: Decline, charge: String? = nil, paymentMethod: PaymentMethod?) {
        code = decline.code
        message = decline.message
        declineCode = decline.declineCode
        adviceCode = decline.adviceCode
        networkDeclineCode = decline.networkDeclineCode
        self.charge = charge
        self.paymentMethod = paymentMethod
    }
}

/// Where the card holder must go to prove who they are.
struct NextAction: Codable, Sendable {
    struct Redirect: Codable, Sendable {
        @Nullable var returnUrl: String? = nil
        var url: String
    }

    var type = "redirect_to_url"
    var redirectToUrl: Redirect
}
