import DomainModel
import Persistence

/// What an event of Stripe points at, in our words (spec 5.4, "Types to handle").
enum ProviderNotice: Hashable, Sendable {
    /// Something about an invoice of ours.
    case invoice(String)
    /// Something about a payment intent, whose invoice Stripe knows.
    case paymentIntent(String, invoice: String?)
    /// Money was given back of a charge.
    case refunded(charge: String, paymentIntent: String?)
    /// A dispute took money away.
    case disputeOpened(ProviderDispute)
    /// A dispute gave it back.
    case disputeWon(ProviderDispute)
    /// A method is gone.
    case methodDetached(String)
    /// Nothing of ours.
    case nothing

    init(_ event: WebhookEvents.Event) {
        guard event.provider == .stripe, let object = event.payload.members?["data"]?.members?["object"]?.members,
            let id = object["id"]?.text
        else {
            self = .nothing
            return
        }
        let intent = object["payment_intent"]?.text
        switch event.type {
        case "invoice.paid", "invoice.payment_failed", "invoice.payment_action_required", "invoice.overpaid":
            self = .invoice(id)
        case "invoice_payment.paid":
            self = object["invoice"]?.text.map(ProviderNotice.invoice) ?? .nothing
        case "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled":
            let details = object["payment_details"]?.members?["order_reference"]?.text
            self = .paymentIntent(id, invoice: object["invoice"]?.text ?? details)
        case "charge.refunded":
            self = .refunded(charge: id, paymentIntent: intent)
        case "charge.dispute.funds_withdrawn":
            self = ProviderDispute(id, object).map(ProviderNotice.disputeOpened) ?? .nothing
        case "charge.dispute.funds_reinstated":
            self = ProviderDispute(id, object).map(ProviderNotice.disputeWon) ?? .nothing
        case "payment_method.detached":
            self = .methodDetached(id)
        default:
            self = .nothing
        }
    }
}

/// A client's bank asked for the money back.
struct ProviderDispute: Hashable, Sendable {
    /// `dp_…`
    let reference: String
    let charge: String?
    let paymentIntent: String?
    let amount: Money

    init?(_ id: String, _ object: [String: JSONValue]) {
        guard case .integer(let minor)? = object["amount"], let code = object["currency"]?.text,
            let currency = Currency(code: code)
        else { return nil }
        reference = id
        charge = object["charge"]?.text
        paymentIntent = object["payment_intent"]?.text
        amount = Money(minor: minor, currency: currency)
    }
}

extension JSONValue {
    /// The text, or the id of an object that was expanded.
    var text: String? {
        switch self {
        case .string(let text): text
        case .object(let members): members["id"]?.text
        default: nil
        }
    }
}
