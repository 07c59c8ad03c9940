import DomainModel
import JobQueue
import Persistence
import Postgres

/// What the provider says now about what a notice points at.
enum NoticeSight: Sendable {
    case nothing
    /// The state of an invoice's charge; nil while no money moved.
    case charge(Invoice.ID, ChargeOutcome?)
    case refunds([ProviderRefund])
}

/// What became of a notice.
struct NoticeEffect: Sendable {
    let outcome: WebhookEvents.Outcome
    var account: Account.ID?
    var detail = ""

    static let ignored = NoticeEffect(outcome: .ignored)
}

extension Office {
    /// Asks the provider for the present state.
    func look(behind notice: ProviderNotice) async throws -> NoticeSight {
        switch notice {
        case .invoice(let reference), .paymentIntent(_, invoice: let reference?):
            guard let (id, charge) = try await chargeBehind(reference) else { return .nothing }
            return .charge(id, try await payments.lookUp(charge))
        case .refunded(let charge, _):
            return .refunds(try await payments.refunds(of: charge))
        case .paymentIntent, .disputeOpened, .disputeWon, .methodDetached, .nothing:
            return .nothing
        }
    }

    /// Takes the effect of a notice, in the transaction that marks the event as processed.
    func apply(_ notice: ProviderNotice, _ sight: NoticeSight, in tx: PostgresTransaction) async throws -> NoticeEffect
    {
        switch (notice, sight) {
        case (_, .charge(let invoice, let outcome)):
            return try await applyCharge(outcome, to: invoice, in: tx)
        case (.refunded(let charge, let intent), .refunds(let refunds)):
            return try await applyRefunds(refunds, charge: charge, intent: intent, in: tx)
        case (.disputeOpened(let dispute), _):
            return try await applyDispute(dispute, isWon: false, in: tx)
        case (.disputeWon(let dispute), _):
            return try await applyDispute(dispute, isWon: true, in: tx)
        case (.methodDetached(let reference), _):
            return try await forgetMethod(reference, in: tx)
        default:
            return .ignored
        }
    }

    /// The charge of the newest attempt at the invoice that the provider calls so.
    private func chargeBehind(_ reference: String) async throws -> (Invoice.ID, InvoiceCharge)? {
        let tenant = Tenant.system(reason: "a provider's event")
        return try await store.read(as: tenant, actor: "webhook") { tx in
            guard let invoice = try await Invoices.find(providerReference: reference, for: tenant, in: tx),
                let number = invoice.number,
                let payment = try await Payments.all(of: invoice.id, for: tenant, in: tx).last
            else { return nil }
            return (
                invoice.id,
                InvoiceCharge(
                    number: number.description,
                    idempotencyKey: payment.idempotencyKey.rawValue,
                    customer: "",
                    method: nil,
                    lines: [],
                    total: payment.amount,
                    providerInvoice: reference
                )
            )
        }
    }

    /// A charge that came through settles its invoice; one that did not is left to the job that made it.
    private func applyCharge(
        _ outcome: ChargeOutcome?,
        to id: Invoice.ID,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        let tenant = Tenant.system(reason: "a provider's event")
        guard let invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx) else { return .ignored }
        let number = invoice.number?.description ?? ""
        let payments = try await Payments.all(of: id, for: tenant, in: tx)
        guard case .paid? = outcome, let outcome else {
            guard payments.contains(where: { $0.status == .processing }) else {
                return NoticeEffect(outcome: .stale, account: invoice.accountID, detail: number)
            }
            try await producer.enqueue(.collect(id, of: invoice.accountID, because: "notice"), in: tx)
            return NoticeEffect(outcome: .applied, account: invoice.accountID, detail: "\(number): asked again")
        }
        guard invoice.status != .paid, let payment = payments.last else {
            return NoticeEffect(outcome: .stale, account: invoice.accountID, detail: number)
        }
        try await settle(id, payment: payment.id, outcome, in: tx)
        return NoticeEffect(outcome: .applied, account: invoice.accountID, detail: "\(number): paid")
    }

    private func forgetMethod(_ reference: String, in tx: PostgresTransaction) async throws -> NoticeEffect {
        let tenant = Tenant.system(reason: "a provider's event")
        guard let method = try await PaymentMethods.find(.stripe, reference: reference, for: tenant, in: tx) else {
            return .ignored
        }
        let removed = try await PaymentMethods.remove(method.id, of: method.accountID, in: tx)
        guard removed else { return NoticeEffect(outcome: .stale, account: method.accountID) }
        try note(.methodRemoved, on: .paymentMethod(method.value), because: "detached")
        return NoticeEffect(outcome: .applied, account: method.accountID, detail: method.displayName)
    }
}
