public import DomainModel
public import Foundation
public import Postgres

// How an issued invoice stops being owed without a gateway: paid by hand, withdrawn, given up. Each change is booked with it.
extension Invoices {
    /// Books money that came without a gateway: by bank or in hand, or out of the customer's credit.
    /// - Parameters:
    ///   - reference: how the bank names it.
    ///   - day: the day it counts for, in the account's zone.
    /// - Throws: `AmountExceedsDue`, `IllegalTransition`; ``AttemptUnderWay`` while a charge may be bringing the money too.
    @discardableResult
    public static func receive(
        _ amount: Money,
        on invoice: inout Stored<Invoice>,
        _ number: InvoiceNumber,
        by kind: PaymentMethodKind,
        reference: String?,
        at moment: Date,
        on day: CalendarDay,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Payment> {
        let owner = Tenant.account(invoice.accountID)
        guard try await Payments.underWay(of: invoice.id, for: owner, in: tx) == nil else {
            throw AttemptUnderWay(invoiceID: invoice.id)
        }
        let wasWrittenOff = invoice.status == .uncollectible
        try invoice.value.receive(amount, at: moment)
        let attempt = try await Payments.nextAttempt(of: invoice.id, in: tx)
        let payment = try await Payments.create(
            Payment(
                accountID: invoice.accountID,
                invoiceID: invoice.id,
                methodID: nil,
                kind: kind,
                attempt: attempt,
                idempotencyKey: AttemptKey(paying: number, attempt: attempt),
                amount: amount,
                status: .completed,
                providerReference: reference,
                settledAt: moment,
                createdAt: moment
            ),
            createdBy: createdBy,
            in: tx
        )
        try await save(&invoice, in: tx)
        try await Ledger.post(.paid(invoice.value, with: payment.value, wasWrittenOff: wasWrittenOff, on: day), in: tx)
        return payment
    }

    /// Withdraws an invoice on which nothing was paid or credited: its issue is taken back in the books, its number stays.
    /// - Throws: `AmountExceedsDue`, `IllegalTransition`, ``AttemptUnderWay``.
    public static func void(
        _ invoice: inout Stored<Invoice>,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        let owner = Tenant.account(invoice.accountID)
        guard try await Payments.underWay(of: invoice.id, for: owner, in: tx) == nil else {
            throw AttemptUnderWay(invoiceID: invoice.id)
        }
        let isBooked = invoice.status != .draft && !invoice.total.isZero
        try invoice.value.void(less: await CreditNotes.lines(of: [invoice.id], in: tx)[invoice.id] ?? [])
        try await save(&invoice, in: tx)
        guard isBooked else { return }
        for entry in try LedgerEntry.voided(invoice.value, on: day) { try await Ledger.post(entry, in: tx) }
    }

    /// Gives an invoice up: what is due becomes bad debt. Money that comes for it later is taken all the same.
    /// - Throws: `IllegalTransition`.
    public static func writeOff(
        _ invoice: inout Stored<Invoice>,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        let due = invoice.value.due
        try invoice.value.writeOff()
        try await save(&invoice, in: tx)
        try await Ledger.post(.writtenOff(invoice.value, due: due, on: day), in: tx)
    }
}
