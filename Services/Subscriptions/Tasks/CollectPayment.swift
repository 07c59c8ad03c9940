import DomainModel
import JobQueue
import Persistence
import Postgres

/// One attempt at one invoice (spec 9.7).
///
/// 1. The attempt and its idempotency key are stored and committed. → 2. The gateway is asked. → 3. What it said is
/// stored with the booking, the mail and the next attempt, in one transaction with the end of this job.
///
/// A crash or a time-out after 1 leaves the attempt `processing`: the outcome is unknown, never failed. The job's next
/// run finds that attempt and sends it again under the same key, for as long as the gateway remembers keys. After that
/// nothing is sent: the gateway is asked what became of the attempt. Only when it knows of no money is the attempt given
/// up, and a new one, with a key of its own, is made.
struct CollectPayment: JobTask {
    static let name = "collect_payment"

    let office: Office
    private let beginTogether: Together<Invoice.ID, PlainCharges.Attempt?>
    private let finishTogether: Together<Paid, Bool>

    init(office: Office) {
        self.office = office
        beginTogether = Together { try await office.beginCharges($0) }
        finishTogether = Together { try await office.finishCharges($0) }
    }

    /// A first attempt asks Stripe up to eight times, of 20 s each at the worst.
    var timeout: Duration { .seconds(180) }

    func run(_ payload: SubscriptionsJobs.Invoice, _ context: JobContext) async throws {
        guard let attempt = try await next(payload, context) else { return }
        let gateway = try gateway(of: attempt)
        let outcome: ChargeOutcome
        do {
            if attempt.isOnlyAsked {
                guard let found = try await gateway.lookUp(attempt.charge) else {
                    try await abandon(attempt, because: "nothing may be sent any more, and no money has moved", context)
                    // There is no attempt under way now: the next round makes one.
                    return try await run(payload, context)
                }
                outcome = found
            } else {
                outcome = try await gateway.charge(attempt.charge)
            }
        } catch PaymentGatewayError.keySpent(let reason) {
            guard let found = try await gateway.lookUp(attempt.charge) else {
                try await abandon(attempt, because: reason, context)
                // The next run of this job makes a new attempt with a key of its own.
                throw PaymentGatewayError.unavailable(reason)
            }
            outcome = found
        } catch PaymentGatewayError.refused(let reason) {
            // An earlier sending of this attempt may have moved money all the same.
            guard let found = try await gateway.lookUp(attempt.charge) else {
                try await abandon(attempt, because: reason, context)
                throw JobError.permanent(reason)
            }
            outcome = found
        }
        try await finish(attempt, outcome, context)
    }

    private struct Attempt: Sendable {
        let payment: Payment.ID
        let kind: PaymentMethodKind
        let charge: InvoiceCharge
        /// Nothing may be sent any more: the gateway may have forgotten the key, or so much is not owed now.
        let isOnlyAsked: Bool
        /// The invoice, where the attempt was made with others: its success is booked with others too.
        var plain: Invoice.ID?
    }

    private func gateway(of attempt: Attempt) throws(JobError) -> any PaymentGateway {
        do {
            return try office.payments[attempt.kind]
        } catch {
            throw .permanent("\(error)")
        }
    }

    /// The attempt to be sent: with others at once where all is as usual, else by itself.
    private func next(_ payload: SubscriptionsJobs.Invoice, _ context: JobContext) async throws -> Attempt? {
        guard payload.onlyOpen != true, payload.paymentMethodID == nil,
            let plain = try? await beginTogether(Invoice.ID(payload.invoiceID))
        else { return try await begin(payload, context) }
        return Attempt(
            payment: plain.payment.id,
            kind: plain.payment.kind,
            charge: office.charge(
                plain.invoice,
                plain.number,
                plain.payment,
                customer: plain.customer,
                method: plain.method,
                isUnheardOf: plain.payment.attempt == 1
            ),
            isOnlyAsked: false,
            plain: plain.invoice.id
        )
    }

    /// Finds the attempt that is open, or makes the next one. Completes the job when there is nothing to collect.
    private func begin(_ payload: SubscriptionsJobs.Invoice, _ context: JobContext) async throws -> Attempt? {
        let (id, tenant) = (Invoice.ID(payload.invoiceID), Tenant.job(context))
        return try await office.transaction(context) { tx in
            guard var invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx),
                let number = invoice.number
            else { throw JobError.permanent("there is no issued invoice \(id)") }
            let open = try await Payments.underWay(of: id, for: tenant, lock: .forUpdate, in: tx)
            if open == nil, payload.onlyOpen != true { try await office.useCredit(on: &invoice, in: tx) }
            // What waits for a bank transfer is charged only when its client asks for it.
            let isWanted = invoice.collection == .automatic || payload.paymentMethodID != nil
            let mayBegin = payload.onlyOpen != true && isWanted
            guard open != nil || (mayBegin && invoice.status == .pending && invoice.due.isPositive) else {
                try await context.complete(in: tx)
                return nil
            }
            // An attempt of unknown outcome is asked about with its own method, whatever the default is by now.
            let method: Stored<PaymentMethod>?
            if let open {
                method = try await office.method(of: open.value, in: tx)
            } else {
                method = try await wanted(payload, of: invoice.value, in: tx)
            }
            if open == nil, payload.paymentMethodID == nil, invoice.firstFailedAt != nil, let method,
                try await office.hasRefusedForGood(method.id, invoice.id, in: tx)
            {
                // Planned before the decline: a method that was declined for good is not tried again by itself.
                try await context.complete(in: tx)
                return nil
            }
            let kind = open?.kind ?? method?.kind ?? .stripe
            let customer = try await PaymentCustomers.find(invoice.accountID, at: kind, in: tx)
            let canCharge = method?.isVerified == true && office.payments.charges(kind)
            guard open != nil || canCharge, let customer else {
                try await office.cannotCharge(invoice, hasMethod: method != nil, in: tx)
                try await context.complete(in: tx)
                return nil
            }
            var payment: Stored<Payment>
            if let open {
                payment = open
            } else {
                payment = try await newAttempt(at: invoice.value, number, with: method?.value, in: tx)
            }
            var isOnlyAsked = invoice.status != .pending
            if try invoice.due.isLess(than: payment.amount) { isOnlyAsked = true }
            if try await office.isKeyOver(of: payment.value, in: tx) { isOnlyAsked = true }
            if payment.status == .pending {
                try payment.value.send(at: await office.machineTime(tx))
                try await Payments.save(&payment, in: tx)
            }
            return Attempt(
                payment: payment.id,
                kind: payment.kind,
                charge: office.charge(invoice.value, number, payment.value, customer: customer, method: method?.value),
                isOnlyAsked: isOnlyAsked
            )
        }
    }

    private func wanted(
        _ payload: SubscriptionsJobs.Invoice,
        of invoice: Invoice,
        in tx: PostgresTransaction
    ) async throws -> Stored<PaymentMethod>? {
        guard let id = payload.paymentMethodID else {
            return try await PaymentMethods.standard(of: invoice.accountID, in: tx)
        }
        return try await PaymentMethods.find(.init(id), for: .account(invoice.accountID), in: tx)
    }

    private func newAttempt(
        at invoice: Invoice,
        _ number: InvoiceNumber,
        with method: PaymentMethod?,
        in tx: PostgresTransaction
    ) async throws -> Stored<Payment> {
        let attempt = try await Payments.nextAttempt(of: invoice.id, in: tx)
        return try await Payments.create(
            Payment(
                accountID: invoice.accountID,
                invoiceID: invoice.id,
                methodID: method?.id,
                kind: method?.kind ?? .stripe,
                attempt: attempt,
                idempotencyKey: AttemptKey(paying: number, attempt: attempt),
                amount: invoice.due,
                createdAt: BusinessClock.now(in: tx)
            ),
            in: tx
        )
    }

    private func finish(_ attempt: Attempt, _ outcome: ChargeOutcome, _ context: JobContext) async throws {
        if let invoice = attempt.plain, case .paid(let providerInvoice, let reference, let charge, let fee) = outcome {
            let success = PlainCharges.Success(
                payment: attempt.payment,
                invoice: invoice,
                providerInvoice: providerInvoice,
                reference: reference,
                charge: charge,
                fee: fee
            )
            if (try? await finishTogether(Paid(success: success, context: context))) == true { return }
        }
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            guard let payment = try await Payments.find(attempt.payment, for: tenant, in: tx) else {
                throw MissingRow(what: "payment \(attempt.payment)")
            }
            // The invoice before the job's key, which is the order of whoever asks for an attempt.
            try await Invoices.hold(payment.invoiceID, in: tx)
            // Then the end of this job, because the next attempt takes its unique key.
            try await context.complete(in: tx)
            try await office.settle(payment.invoiceID, payment: attempt.payment, outcome, in: tx)
        }
    }

    /// The attempt came to nothing at the gateway and will not be repeated under its key.
    private func abandon(_ attempt: Attempt, because reason: String, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            guard var payment = try await Payments.find(attempt.payment, for: tenant, lock: .forUpdate, in: tx),
                payment.status == .processing
            else { return }
            try payment.value.cancel(at: await BusinessClock.now(in: tx))
            try await Payments.save(&payment, in: tx)
            try office.note(.paymentFailed, on: .payment(payment.value), to: payment.status.rawValue, because: reason)
        }
    }
}
