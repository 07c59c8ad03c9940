import DomainModel
import Persistence

/// What an event of a provider points at, in our words (spec 5.4 and 5.5, "Types to handle"). It says where to look, and
/// nothing else is believed of it: events come in any order and any number of times.
enum ProviderNotice: Hashable, Sendable {
    /// Something about the provider's invoice of an invoice of ours, whose number it carries.
    case invoice(String, number: String?)
    /// Something about an attempt of ours, by its key, and what the provider calls it.
    case attempt(key: String, reference: String?)
    /// Money was given back of a charge.
    case refunded(charge: String, attempt: String?)
    /// A bank asked for money back, or decided.
    case dispute(String)
    /// A method is gone.
    case methodDetached(String)
    /// Nothing of ours.
    case nothing

    init(_ event: WebhookEvents.Event) {
        switch event.provider {
        case .stripe: self = Self.stripe(event)
        case .paypal: self = Self.paypal(event)
        default: self = .nothing
        }
    }

    private static func stripe(_ event: WebhookEvents.Event) -> ProviderNotice {
        guard let object = event.payload.members?["data"]?.members?["object"]?.members, let id = object["id"]?.text
        else { return .nothing }
        switch event.type {
        case "invoice.paid", "invoice.payment_failed", "invoice.payment_action_required", "invoice.overpaid":
            return .invoice(id, number: object["metadata"]?.members?["number"]?.text)
        case "invoice_payment.paid":
            return object["invoice"]?.text.map { .invoice($0, number: nil) } ?? .nothing
        case "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled":
            let details = object["payment_details"]?.members?["order_reference"]?.text
            guard let invoice = object["invoice"]?.text ?? details else { return .nothing }
            return .invoice(invoice, number: nil)
        case "charge.refunded":
            return .refunded(charge: id, attempt: object["payment_intent"]?.text)
        case "refund.failed", "refund.updated", "charge.refund.updated":
            guard let charge = object["charge"]?.text else { return .nothing }
            return .refunded(charge: charge, attempt: object["payment_intent"]?.text)
        case "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
            "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated":
            return .dispute(id)
        case "payment_method.detached":
            return .methodDetached(id)
        default:
            return .nothing
        }
    }

    private static func paypal(_ event: WebhookEvents.Event) -> ProviderNotice {
        guard let resource = event.payload.members?["resource"]?.members else { return .nothing }
        switch event.type {
        case "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED",
            "PAYMENT.CAPTURE.DECLINED":
            guard let key = resource["custom_id"]?.text else { return .nothing }
            let related = resource["supplementary_data"]?.members?["related_ids"]?.members
            return .attempt(key: key, reference: related?["order_id"]?.text)
        case "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED":
            return captureAbove(resource).map { .refunded(charge: $0, attempt: nil) } ?? .nothing
        case "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED":
            return resource["dispute_id"]?.text.map(ProviderNotice.dispute) ?? .nothing
        case "VAULT.PAYMENT-TOKEN.DELETED":
            return resource["id"]?.text.map(ProviderNotice.methodDetached) ?? .nothing
        default:
            return .nothing
        }
    }

    /// A refund names the capture it is of by its link `up`.
    private static func captureAbove(_ refund: [String: JSONValue]) -> String? {
        guard case .array(let links)? = refund["links"] else { return nil }
        return links.lazy.compactMap { link -> String? in
            guard link.members?["rel"]?.text == "up", let address = link.members?["href"]?.text else { return nil }
            return address.split(separator: "/").last.map(String.init)
        }.first
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
