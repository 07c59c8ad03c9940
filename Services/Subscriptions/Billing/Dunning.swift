import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// A declined attempt: noted, told to the client, and followed by what the schedule says (spec 9.8).
    func declined(
        _ invoice: inout Stored<Invoice>,
        _ payment: inout Stored<Payment>,
        _ decline: Decline,
        reference: String?,
        in tx: PostgresTransaction
    ) async throws {
        guard payment.status == .pending || payment.status == .processing else { return }
        let now = try await BusinessClock.now(in: tx)
        let account = try await account(invoice.accountID, in: tx)
        let before = payment.status
        try payment.value.fail(decline, reference: reference, at: now)
        try await Payments.save(&payment, in: tx)
        try note(
            .paymentFailed,
            on: .payment(payment.value),
            from: before.rawValue,
            to: payment.status.rawValue,
            because: "\(decline.code): \(decline.message)"
        )
        guard invoice.status == .pending else { return }
        try await dun(&invoice, account, decline, now: now, attempt: payment.attempt, in: tx)
    }

    /// There is nothing to charge yet, and the two weeks begin. Without any method the client is asked to pay or to add
    /// one; a method that is being registered is charged by its registration.
    func cannotCharge(_ invoice: Stored<Invoice>, hasMethod: Bool, in tx: PostgresTransaction) async throws {
        var invoice = invoice
        let account = try await account(invoice.accountID, in: tx)
        let now = try await BusinessClock.now(in: tx)
        invoice.value.attemptFailed(at: now, next: nil)
        try await Invoices.save(&invoice, in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        if !hasMethod { try await askForPayment(of: invoice.value, account, today: today, in: tx) }
        try await flagUnpaid(invoice.value, "there is no method to charge it to", in: tx)
    }

    /// Whether a method's last attempt at an invoice was a hard decline (spec 9.8: "not retried").
    func hasRefusedForGood(
        _ method: PaymentMethod.ID,
        _ invoice: Invoice.ID,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await Payments.all(of: invoice, for: .system(reason: "dunning"), in: tx)
            .last { $0.methodID == method }?.decline?.severity == .hard
    }

    private func dun(
        _ invoice: inout Stored<Invoice>,
        _ account: Account,
        _ decline: Decline,
        now: Date,
        attempt: Int,
        in tx: PostgresTransaction
    ) async throws {
        let zone = account.timeZone
        let today = CalendarDay(of: now, in: zone)
        let first = CalendarDay(of: invoice.firstFailedAt ?? now, in: zone)
        let next = DunningSchedule.standard.next(after: decline.severity, firstAttempt: first, today: today)
        var retryAt: Date?
        if case .retry(let day) = next {
            let moment = day.moment(hour: Self.chargeHour, in: zone)
            retryAt = moment
            try await producer.enqueue(.collect(invoice.id, of: account.id, at: moment), in: tx)
        }
        invoice.value.attemptFailed(at: now, next: retryAt)
        try await Invoices.save(&invoice, in: tx)
        try await tellDecline(of: invoice.value, account, decline, next: next, attempt: attempt, in: tx)
        try await flagUnpaid(invoice.value, "\(decline.code), attempt \(attempt)", in: tx)
        if next == .pauseService, let id = invoice.subscriptionID {
            try await pauseForNonPayment(id, invoice.value, account, in: tx)
        }
    }

    /// When planned attempts are made: at ten in the morning, where the client lives, when a person can still act.
    private static let chargeHour = 10

    private func tellDecline(
        of invoice: Invoice,
        _ account: Account,
        _ decline: Decline,
        next: DunningSchedule.Next,
        attempt: Int,
        in tx: PostgresTransaction
    ) async throws {
        guard let number = invoice.number else { return }
        let name = try await contact(of: account, in: tx).name
        let letter: Letter
        switch next {
        case .retry(let day):
            letter = .paymentFailed(
                contact: name,
                invoice: number.description,
                total: invoice.due,
                reason: decline.message,
                nextTry: day.description,
                house: house
            )
        case .pauseService:
            letter = .paymentFailed(
                contact: name,
                invoice: number.description,
                total: invoice.due,
                reason: decline.message,
                nextTry: nil,
                house: house
            )
        case .askClient:
            letter = .paymentActionRequired(
                contact: name,
                invoice: number.description,
                total: invoice.due,
                reason: decline.message,
                house: house
            )
        }
        try await send(
            letter,
            to: account.billingEmail,
            key: "declined:\(number):\(attempt)",
            account: account.id,
            subscription: invoice.subscriptionID,
            in: tx
        )
    }

    func flagUnpaid(_ invoice: Invoice, _ reason: String, in tx: PostgresTransaction) async throws {
        let number = invoice.number?.description ?? ""
        let isNew = try await DeliveryFlags.raise(
            .paymentFailed,
            on: .invoice(invoice.id),
            subscription: invoice.subscriptionID,
            account: invoice.accountID,
            detail: "invoice \(number): \(reason)",
            in: tx
        )
        guard isNew else { return }
        try note(.flagRaised, on: .invoice(invoice), to: DeliveryFlagKind.paymentFailed.rawValue, because: reason)
    }
}
