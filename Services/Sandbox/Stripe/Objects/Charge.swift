struct Charge: StripeObject {
    static let kind = "charge"
    static let idPrefix = "ch"

    enum Status: String, Codable, Sendable {
        case succeeded, pending, failed
    }

    struct Outcome: Codable, Sendable {
        @Nullable var adviceCode: String? = nil
        @Nullable var networkAdviceCode: String? = nil
        @Nullable var networkDeclineCode: String? = nil
        var networkStatus: String
        @Nullable var reason: String? = nil
        var riskLevel = "normal"
        var riskScore = 12
        var sellerMessage: String
        var type: String
    }

    struct MethodDetails: Codable, Sendable {
        var card: PaymentMethod.Card
        var type = "card"
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    var amountCaptured: Int64
    var amountRefunded: Int64 = 0
    @Nullable var application: String? = nil
    @Nullable var applicationFee: String? = nil
    @Nullable var applicationFeeAmount: Int64? = nil
    @Nullable var balanceTransaction: String? = nil
    var billingDetails: PaymentMethod.BillingDetails
    @Nullable var calculatedStatementDescriptor: String? = "IGNY8"
    var captured: Bool
    var created: Int64
    var currency: String
    @Nullable var customer: String? = nil
    @Nullable var description: String? = nil
    var disputed = false
    @Nullable var failureBalanceTransaction: String? = nil
    @Nullable var failureCode: String? = nil
    @Nullable var failureMessage: String? = nil
    var fraudDetails = EmptyObject()
    var livemode = false
    var metadata: [String: String] = [:]
    @Nullable var onBehalfOf: String? = nil
    var outcome: Outcome
    var paid: Bool
    @Nullable var paymentIntent: String? = nil
    var paymentMethod: String
    var paymentMethodDetails: MethodDetails
    @Nullable var receiptEmail: String? = nil
    @Nullable var receiptNumber: String? = nil
    @Nullable var receiptUrl: String? = nil
    var refunded = false
    @Nullable var review: String? = nil
    @Nullable var shipping: EmptyObject? = nil
    @Nullable var sourceTransfer: String? = nil
    @Nullable var statementDescriptor: String? = nil
    @Nullable var statementDescriptorSuffix: String? = nil
    var status: Status
    @Nullable var transferData: EmptyObject? = nil
    @Nullable var transferGroup: String? = nil

    var links: StripeLinks {
        StripeLinks(customer: customer, paymentIntent: paymentIntent, status: status.rawValue)
    }

    var refundable: Int64 { status == .succeeded ? amountCaptured - amountRefunded : 0 }
}

extension Charge {
    /// The trace that one attempt at a payment leaves, whether the bank agreed or not.
    init(attempting intent: PaymentIntent, with method: PaymentMethod, declined: Decline?, at now: Int64) {
        self.init(
            id: StripeID.make(Self.idPrefix),
            amount: intent.amount,
            amountCaptured: declined == nil ? intent.amount : 0,
            billingDetails: method.billingDetails,
            captured: declined == nil,
            created: now,
            currency: intent.currency,
            customer: intent.customer,
            description: intent.description,
            failureCode: declined?.code,
            failureMessage: declined?.message,
            metadata: intent.metadata,
            outcome: Outcome(declined),
            paid: declined == nil,
            paymentIntent: intent.id,
            paymentMethod: method.id,
            paymentMethodDetails: MethodDetails(card: method.card),
            receiptEmail: intent.receiptEmail,
            status: declined == nil ? .succeeded : .failed
        )
    }
}

extension Charge.Outcome {
    fileprivate init(_ decline: Decline?) {
        self.init(
            adviceCode: decline?.adviceCode,
            networkDeclineCode: decline?.networkDeclineCode,
            networkStatus: decline == nil ? "approved_by_network" : "declined_by_network",
            reason: decline?.declineCode,
            sellerMessage: decline == nil
                ? "Payment complete." : "The bank did not return any further details with this decline.",
            type: decline == nil ? "authorized" : "issuer_declined"
        )
    }
}
