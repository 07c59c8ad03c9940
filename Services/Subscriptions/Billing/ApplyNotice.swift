import DomainModel
import JobQueue
import Persistence
import Postgres

/// What the provider says now about what a notice points at.
enum NoticeSight: Sendable {
    case nothing
    /// The state of an attempt; nil while no money moved.
    case charge(Payment.ID, ChargeOutcome?)
    case refunds([ProviderRefund])
    case dispute(ProviderDispute)
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
    func look(behind notice: ProviderNotice, at provider: PaymentMethodKind) async throws -> NoticeSight {
        guard notice != .nothing else { return .nothing }
        let gateway = try payments[provider]
        switch notice {
        case .invoice(let reference, let number):
            guard let (payment, charge) = try await charge(of: reference, number: number, at: provider) else {
                return .nothing
            }
            return .charge(payment, try await gateway.lookUp(charge))
        case .attempt(let key, let reference):
            guard let (payment, charge) = try await charge(under: key, reference: reference, at: provider) else {
                return .nothing
            }
            return .charge(payment, try await gateway.lookUp(charge))
        case .refunded(let charge, let attempt):
            return .refunds(try await gateway.refunds(of: charge, attempt: attempt))
        case .dispute(let reference):
            return try await gateway.dispute(reference).map(NoticeSight.dispute) ?? .nothing
        case .methodDetached, .nothing:
            return .nothing
        }
    }

    /// Takes the effect of a notice, in the transaction that marks the event as processed.
    func apply(
        _ notice: ProviderNotice,
        _ sight: NoticeSight,
        at provider: PaymentMethodKind,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        switch (notice, sight) {
        case (_, .charge(let payment, let outcome)):
            return try await applyCharge(outcome, to: payment, in: tx)
        case (.refunded(let charge, let attempt), .refunds(let refunds)):
            return try await applyRefunds(refunds, charge: charge, attempt: attempt, at: provider, in: tx)
        case (.dispute, .dispute(let dispute)):
            return try await applyDispute(dispute, at: provider, in: tx)
        case (.methodDetached(let reference), _):
            return try await forgetMethod(reference, at: provider, in: tx)
        default:
            return .ignored
        }
    }

    /// The newest attempt at the invoice that the provider calls so.
    private func charge(
        of reference: String,
        number: String?,
        at provider: PaymentMethodKind
    ) async throws -> (Payment.ID, InvoiceCharge)? {
        let tenant = Tenant.system(reason: "a provider's event")
        return try await store.read(as: tenant, actor: "webhook") { tx in
            var invoice = try await Invoices.find(providerReference: reference, for: tenant, in: tx)
            if invoice == nil, let number = number.flatMap({ InvoiceNumber($0) }) {
                // The attempt that made it has not heard of it yet: its answer was lost.
                invoice = try await Invoices.find(number, for: tenant, in: tx)
            }
            guard let invoice, let number = invoice.number,
                let payment = try await Payments.all(of: invoice.id, for: tenant, in: tx).last(where: {
                    $0.kind == provider
                })
            else { return nil }
            return (payment.id, lookUp(payment.value, of: number, providerInvoice: reference))
        }
    }

    /// The attempt of a key.
    private func charge(
        under key: String,
        reference: String?,
        at provider: PaymentMethodKind
    ) async throws -> (Payment.ID, InvoiceCharge)? {
        let tenant = Tenant.system(reason: "a provider's event")
        return try await store.read(as: tenant, actor: "webhook") { tx in
            guard let payment = try await Payments.find(AttemptKey(rawValue: key), for: tenant, in: tx),
                payment.kind == provider,
                let number = try await Invoices.find(payment.invoiceID, for: tenant, in: tx)?.number
            else { return nil }
            var charge = lookUp(payment.value, of: number, providerInvoice: nil)
            charge.attemptReference = charge.attemptReference ?? reference
            return (payment.id, charge)
        }
    }

    /// A charge that came through settles its attempt, and so does one that was declined after a while; one that is still
    /// open is asked about by the job that made it.
    private func applyCharge(
        _ outcome: ChargeOutcome?,
        to id: Payment.ID,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        let tenant = Tenant.system(reason: "a provider's event")
        guard let found = try await Payments.find(id, for: tenant, in: tx),
            let invoice = try await Invoices.find(found.invoiceID, for: tenant, lock: .forUpdate, in: tx),
            let payment = try await Payments.find(id, for: tenant, in: tx)
        else { return .ignored }
        let number = invoice.number?.description ?? ""
        let stale = NoticeEffect(outcome: .stale, account: invoice.accountID, detail: number)
        switch outcome {
        case .paid?:
            guard !payment.status.isSettled, payment.status != .refunded, let outcome else { return stale }
            try await settle(invoice.id, payment: id, outcome, in: tx)
            return NoticeEffect(outcome: .applied, account: invoice.accountID, detail: "\(number): paid")
        case .declined?:
            guard payment.status == .processing, let outcome else { return stale }
            try await settle(invoice.id, payment: id, outcome, in: tx)
            return NoticeEffect(outcome: .applied, account: invoice.accountID, detail: "\(number): declined")
        case .processing?, nil:
            guard payment.status == .processing else { return stale }
            try await producer.enqueue(.ask(about: invoice.id, of: invoice.accountID, because: "notice"), in: tx)
            return NoticeEffect(outcome: .applied, account: invoice.accountID, detail: "\(number): asked again")
        }
    }

    private func forgetMethod(
        _ reference: String,
        at provider: PaymentMethodKind,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        let tenant = Tenant.system(reason: "a provider's event")
        guard let method = try await PaymentMethods.find(provider, reference: reference, for: tenant, in: tx) else {
            return .ignored
        }
        let removed = try await PaymentMethods.remove(method.id, of: method.accountID, in: tx)
        guard removed else { return NoticeEffect(outcome: .stale, account: method.accountID) }
        try note(.methodRemoved, on: .paymentMethod(method.value), because: "detached")
        return NoticeEffect(outcome: .applied, account: method.accountID, detail: method.displayName)
    }
}
