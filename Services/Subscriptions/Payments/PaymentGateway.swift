import DomainModel
import Foundation
import Persistence

/// What billing asks of a provider that charges saved methods, in billing's own words.
///
/// Every call may be repeated: the keys in the requests make a repetition answer as the first call did, for as long as
/// the provider remembers them (``keyLife``). After that the caller asks first (``lookUp(_:)``, ``refunds(of:attempt:)``).
protocol PaymentGateway: Sendable {
    /// Whose methods it charges.
    var kind: PaymentMethodKind { get }

    /// For how long a key may be sent again (spec 5: Stripe 24 h, PayPal 6 h), less ten minutes: what is sent at the end
    /// of it must still arrive within it, by the provider's clock.
    var keyLife: TimeInterval { get }

    /// The provider's customer for an account; made at the first call.
    func customer(for payer: Payer) async throws(PaymentGatewayError) -> String

    /// Ties a method that the client's browser created to the customer, as the one future invoices are charged to.
    func attach(method: String, to customer: String) async throws(PaymentGatewayError) -> SavedMethod

    /// Makes one attempt at one invoice.
    func charge(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome

    /// What became of an attempt, without moving money: how an unknown outcome is settled (spec 9.7).
    /// - Returns: nil when no money moved and none is on its way.
    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome?

    /// Gives money of a charge back.
    func refund(_ order: RefundOrder) async throws(PaymentGatewayError) -> ProviderRefund

    /// What the provider has given back of a charge, oldest first.
    /// - Parameter attempt: what it calls the attempt: `pi_…`, or PayPal's order.
    func refunds(of charge: String, attempt: String?) async throws(PaymentGatewayError) -> [ProviderRefund]

    /// Where a dispute stands now.
    func dispute(_ reference: String) async throws(PaymentGatewayError) -> ProviderDispute?

    /// One page of what the provider's own books say of a window, for the reconciliation.
    /// - Parameter cursor: ``MovementPage/next`` of the page before.
    func movements(
        of subject: GatewayDifference.Subject,
        in window: Range<Date>,
        after cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage

    /// One thing of the provider's books; nil when it has no such thing.
    func movement(
        of subject: GatewayDifference.Subject,
        _ reference: String,
        attempt: String?
    ) async throws(PaymentGatewayError) -> ProviderMovement?

    /// The event that would have told of something, had it come.
    func notice(of movement: ProviderMovement) async throws(PaymentGatewayError) -> ProviderNotice
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
    /// The provider's invoice, where an earlier attempt made it. Stripe has such, PayPal's orders are one an attempt.
    let providerInvoice: String?
    /// What the provider calls this attempt, where it has told.
    var attemptReference: String?
    /// Business time of the attempt: where to look for it.
    let attemptedAt: Date
    /// The invoice's first attempt, stored a moment ago by whoever asks now: the provider cannot know anything of it yet.
    var isUnheardOf = false
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
            providerInvoice: nil,
            attemptReference: attemptReference,
            attemptedAt: attemptedAt
        )
    }
}

/// How an attempt ended.
enum ChargeOutcome: Sendable {
    /// The money came. `fee` is what the provider keeps of it, where it says so.
    case paid(providerInvoice: String?, reference: String, charge: String?, fee: Money?)
    /// The bank said no.
    case declined(providerInvoice: String?, reference: String?, code: String, message: String)
    /// The provider is still waiting for the bank; a webhook will tell.
    case processing(providerInvoice: String?, reference: String?, charge: String? = nil)
}

/// Money to be given back.
struct RefundOrder: Sendable {
    /// Our own number of it, `IG-R-2026-000001`; it travels along, so that the refund can be found by it.
    let number: String
    /// Stored and committed before the call.
    let idempotencyKey: String
    /// `ch_…`
    let charge: String
    let amount: Money
    let reason: String
}

/// Money given back, as the provider has it.
struct ProviderRefund: Sendable, Hashable {
    /// `re_…`
    let reference: String
    let amount: Money
    let reason: String
    let status: RefundStatus
    /// Our own number, where it was made by us.
    var number: String?
}

/// A client's bank asked for the money back, as the provider has it.
struct ProviderDispute: Hashable, Sendable {
    /// `dp_…`
    let reference: String
    let charge: String?
    let paymentIntent: String?
    let amount: Money
    let reason: String
    let status: DisputeStatus
    /// What the provider keeps for its trouble, whoever wins; nil where it does not say.
    var fee: Money?
}

/// One row of the provider's own books.
struct ProviderMovement: Hashable, Sendable {
    let subject: GatewayDifference.Subject
    /// `ch_…`, `re_…`, `dp_…`
    let reference: String
    /// Of which charge; its own name for a charge.
    let charge: String?
    /// What the provider calls the attempt behind it.
    let attempt: String?
    /// Our own key of it, where it travelled along.
    let key: String?
    let side: GatewayDifference.Side

    /// Nothing came of it: no money moved, and our books need not know.
    var isVoid: Bool { side.status == "failed" || side.status == "cancelled" }
}

/// Part of a list.
struct MovementPage: Sendable {
    let movements: [ProviderMovement]
    /// Where the next page begins; nil on the last one.
    let next: String?
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

/// The providers we charge through. `manual` and `bank` stand beside them: what comes that way is marked as paid by
/// staff.
struct PaymentGateways: Sendable {
    let all: [any PaymentGateway]

    init(_ all: any PaymentGateway...) { self.all = all }

    init(_ all: [any PaymentGateway]) { self.all = all }

    /// The provider of a kind of method.
    /// - Throws: `.refused` for a kind that we do not charge, or whose provider is not set up here.
    subscript(_ kind: PaymentMethodKind) -> any PaymentGateway {
        get throws(PaymentGatewayError) {
            guard let gateway = all.first(where: { $0.kind == kind }) else {
                throw .refused("\(kind.rawValue) is not set up here")
            }
            return gateway
        }
    }

    /// Whether methods of a kind can be charged here.
    func charges(_ kind: PaymentMethodKind) -> Bool { all.contains { $0.kind == kind } }
}
