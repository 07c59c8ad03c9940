struct Dispute: StripeObject {
    static let kind = "dispute"
    static let idPrefix = "du"

    enum Status: String, Codable, Sendable {
        case needsResponse = "needs_response"
        case underReview = "under_review"
        case won, lost
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    var balanceTransactions: [BalanceTransaction] = []
    var charge: String
    var created: Int64
    var currency: String
    var evidence = EmptyObject()
    var isChargeRefundable = false
    var livemode = false
    var metadata: [String: String] = [:]
    @Nullable var paymentIntent: String? = nil
    var reason = "fraudulent"
    var status: Status = .needsResponse

    var links: StripeLinks { StripeLinks(paymentIntent: paymentIntent, charge: charge, status: status.rawValue) }
}
