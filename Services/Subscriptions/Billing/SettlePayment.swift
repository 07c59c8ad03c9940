import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Stores how an attempt ended, whoever learned it first: the job that charged, or a webhook. What is known already
    /// changes nothing.
    func settle(
        _ invoiceID: Invoice.ID,
        payment paymentID: Payment.ID,
        _ outcome: ChargeOutcome,
        in tx: PostgresTransaction
    ) async throws {
        let tenant = Tenant.system(reason: "an attempt's outcome")
        guard var invoice = try await Invoices.find(invoiceID, for: tenant, lock: .forUpdate, in: tx),
            var payment = try await Payments.find(paymentID, for: tenant, lock: .forUpdate, in: tx)
        else { throw MissingRow(what: "invoice \(invoiceID) or payment \(paymentID)") }
        if let reference = outcome.providerInvoice, invoice.providerReference != reference {
            invoice.value.providerReference = reference
            try await Invoices.save(&invoice, in: tx)
        }
        switch outcome {
        case .paid(_, let reference, let charge, let fee):
            try await paid(&invoice, &payment, reference: reference, charge: charge, fee: fee, in: tx)
        case .declined(_, let reference, let code, let message):
            let decline = Decline(code: code, message: message)
            try await declined(&invoice, &payment, decline, reference: reference, in: tx)
        case .processing(_, let reference, let charge):
            guard payment.status == .processing else { return }
            payment.value.isKnown(as: reference, charge: charge)
            try await Payments.save(&payment, in: tx)
            // A webhook will tell; should it not come, we ask again.
            let later = try await BusinessClock.now(in: tx).addingTimeInterval(3_600)
            try await producer.enqueue(.ask(about: invoiceID, of: invoice.accountID, at: later), in: tx)
        }
    }

    private func paid(
        _ invoice: inout Stored<Invoice>,
        _ payment: inout Stored<Payment>,
        reference: String,
        charge: String?,
        fee: Money?,
        in tx: PostgresTransaction
    ) async throws {
        guard !payment.status.isSettled, payment.status != .refunded else { return }
        let now = try await BusinessClock.now(in: tx)
        let account = try await account(invoice.accountID, in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        let (status, before) = (invoice.status, payment.status)
        // What came after a credit note or another payment had settled the rest is owed to the client, but it came.
        let taken = try payment.amount.capped(at: invoice.due)
        // An abandoned attempt that succeeded after all is still this attempt.
        try payment.value.succeed(
            reference: reference,
            charge: charge,
            fee: fee,
            excess: try payment.amount - taken,
            at: now
        )
        try await Payments.save(&payment, in: tx)
        if taken.isPositive {
            try invoice.value.receive(taken, at: now)
            try await Invoices.save(&invoice, in: tx)
        }
        try await Ledger.post(
            .paid(invoice.value, with: payment.value, wasWrittenOff: status == .uncollectible, on: today),
            in: tx
        )
        try await sendReceipt(for: invoice.value, payment.value, account, in: tx)
        try await clearPaymentFlag(after: invoice.value, account, now: now, in: tx)
        try note(.paymentSucceeded, on: .payment(payment.value), from: before.rawValue, to: payment.status.rawValue)
        if invoice.status == .paid, status != .paid {
            try note(
                .paid,
                on: .invoice(invoice.value),
                from: status.rawValue,
                to: invoice.status.rawValue
            )
        }
    }

    /// Thanks for a payment, once.
    func sendReceipt(
        for invoice: Invoice,
        _ payment: Payment,
        _ account: Account,
        in tx: PostgresTransaction
    ) async throws {
        var method: PaymentMethod?
        if let id = payment.methodID {
            method = try await PaymentMethods.find(id, for: .account(account.id), in: tx)?.value
        }
        let name = try await contact(of: account, in: tx).name
        guard let post = receipt(for: invoice, payment, account, name, method: method) else { return }
        try await send([post], in: tx)
    }

    /// - Parameter contact: whom it greets.
    func receipt(
        for invoice: Invoice,
        _ payment: Payment,
        _ account: Account,
        _ contact: String,
        method: PaymentMethod?
    ) -> Post? {
        guard let number = invoice.number else { return nil }
        return Post(
            letter: .receipt(
                contact: contact,
                invoice: number.description,
                total: payment.amount,
                method: method?.displayName ?? (payment.kind.isCharged ? "your payment method" : "a transfer"),
                house: house
            ),
            recipient: account.billingEmail,
            key: "receipt:\(payment.idempotencyKey)",
            account: account.id,
            subscription: invoice.subscriptionID,
            // On the 1st thousands come at once: charges go first, and so does a mail that somebody waits for.
            priority: -10
        )
    }
}

extension ChargeOutcome {
    /// The provider's own invoice, where the outcome names it.
    var providerInvoice: String? {
        switch self {
        case .paid(let invoice, _, _, _), .processing(let invoice, _, _): invoice
        case .declined(let invoice, _, _, _): invoice
        }
    }
}
