/// What ties a payment intent to the invoice it pays (basil's replacement of `invoice.payment_intent`).
struct InvoicePayment: StripeObject {
    static let kind = "invoice_payment"
    static let idPrefix = "inpay"

    enum Status: String, Codable, CaseIterable, Sendable {
        case open, paid, canceled
    }

    struct Payment: Codable, Sendable {
        @Nullable var paymentIntent: String? = nil
        var type = "payment_intent"
    }

    struct StatusTransitions: Codable, Sendable {
        @Nullable var canceledAt: Int64? = nil
        @Nullable var paidAt: Int64? = nil
    }

    var id: String
    var object = Self.kind
    @Nullable var amountPaid: Int64? = nil
    var amountRequested: Int64
    var created: Int64
    var currency: String
    var invoice: String
    var isDefault = true
    var livemode = false
    var payment: Payment
    var status: Status = .open
    var statusTransitions = StatusTransitions()

    var links: StripeLinks {
        StripeLinks(invoice: invoice, paymentIntent: payment.paymentIntent, status: status.rawValue)
    }
}
