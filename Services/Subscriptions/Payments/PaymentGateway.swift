import DomainModel
import Persistence

/// What billing asks of a provider that charges saved methods, in billing's own words.
///
/// Every call may be repeated: the keys in the requests make a repetition answer as the first call did, for as long as
/// the provider remembers them (spec 5.4: at least 24 hours). After that the caller asks first (``lookUp(_:)``).
protocol PaymentGateway: Sendable {
    /// The provider's customer for an account; made at the first call.
    func customer(for payer: Payer) async throws(PaymentGatewayError) -> String

    /// Ties a method that the client's browser created to the customer, as the one future invoices are charged to.
    func attach(method: String, to customer: String) async throws(PaymentGatewayError) -> SavedMethod

    /// Makes one attempt at one invoice.
    func charge(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome

    /// What the provider has given back of a charge, oldest first.
    func refunds(of charge: String) async throws(PaymentGatewayError) -> [ProviderRefund]

    /// What became of an invoice, without moving money: how an unknown outcome is settled (spec 9.7).
    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome?
}

/// Who pays, as the provider is told.
struct Payer: Sendable {
    let account: Account.ID
    let name: String
    let email: String
    /// The provider's id where it is known already.
    let customer: String?
}

/// A saved method as the provider describes it; never card data.
struct SavedMethod: Sendable {
    let reference: String
    /// For people: `Visa •••• 4242`.
    let displayName: String
    let face: PaymentMethods.CardFace
}

/// One attempt at one invoice.
struct InvoiceCharge: Sendable {
    /// One line as the client sees it on the provider's invoice.
    struct Line: Sendable {
        let text: String
        let amount: Money
    }

    let number: String
    /// Stored and committed before the call (spec 9.7); a repetition of this attempt uses it again.
    let idempotencyKey: String
    let customer: String
    /// Nil when the method is gone: then nothing can be charged, only looked up.
    let method: String?
    let lines: [Line]
    let total: Money
    /// The provider's invoice, where an earlier attempt made it.
    let providerInvoice: String?
}

extension InvoiceCharge {
    /// The same attempt, for which the provider's invoice is to be looked for or made anew.
    var forgettingInvoice: InvoiceCharge {
        InvoiceCharge(
            number: number,
            idempotencyKey: idempotencyKey,
            customer: customer,
            method: method,
            lines: lines,
            total: total,
            providerInvoice: nil
        )
    }
}

/// How an attempt ended.
enum ChargeOutcome: Sendable {
    /// The money came. `fee` is what the provider keeps of it, where it says so.
    case paid(providerInvoice: String, reference: String, charge: String?, fee: Money?)
    /// The bank said no.
    case declined(providerInvoice: String?, reference: String?, code: String, message: String)
    /// The provider is still waiting for the bank; a webhook will tell.
    case processing(providerInvoice: String, reference: String?)
}

/// Money given back, as the provider has it.
struct ProviderRefund: Sendable, Hashable {
    /// `re_…`
    let reference: String
    let amount: Money
    let reason: String
    let status: RefundStatus
}

/// Why a call gave no outcome.
enum PaymentGatewayError: Error, Sendable {
    /// The request may have taken effect: the same attempt, with the same key, must be asked again.
    case outcomeUnknown(String)
    /// The provider failed on its side and will repeat that answer to this key for as long as it remembers it. Once
    /// ``PaymentGateway/lookUp(_:)`` has shown that no money moved, the attempt is over and a new one, with a key of its
    /// own, may follow at once; it is no decline and no step of the dunning.
    case keySpent(String)
    /// The provider could not serve us now and did nothing.
    case unavailable(String)
    /// The provider will refuse this request each time: a fault of ours, for people to read.
    case refused(String)
}

extension PaymentGatewayError: CustomStringConvertible {
    var description: String {
        switch self {
        case .outcomeUnknown(let what): "the outcome is unknown: \(what)"
        case .keySpent(let what): "the provider failed on its side: \(what)"
        case .unavailable(let what): "the provider is not available: \(what)"
        case .refused(let what): "the provider refused the request: \(what)"
        }
    }
}
