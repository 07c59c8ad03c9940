struct Refund: StripeObject {
    static let kind = "refund"
    static let idPrefix = "re"

    enum Status: String, Codable, Sendable {
        case pending, succeeded, failed, canceled
        case requiresAction = "requires_action"
    }

    enum Reason: String, Codable, CaseIterable, Sendable {
        case duplicate, fraudulent
        case requestedByCustomer = "requested_by_customer"
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    @Nullable var balanceTransaction: String? = nil
    var charge: String
    var created: Int64
    var currency: String
    @Nullable var destinationDetails: EmptyObject? = nil
    @Nullable var failureBalanceTransaction: String? = nil
    @Nullable var failureReason: String? = nil
    var metadata: [String: String] = [:]
    @Nullable var paymentIntent: String? = nil
    @Nullable var reason: Reason? = nil
    @Nullable var receiptNumber: String? = nil
    @Nullable var sourceTransferReversal: String? = nil
    var status: Status
    @Nullable var transferReversal: String? = nil

    var links: StripeLinks { StripeLinks(paymentIntent: paymentIntent, charge: charge, status: status.rawValue) }
}
