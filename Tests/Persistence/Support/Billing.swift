import DomainModel
import Foundation
import Persistence
import Postgres
import Testing

/// What the billing tests do over and over.
extension Fixture {
    static let moment = Date(timeIntervalSince1970: 1_791_014_400)  // 2026-10-03 08:00 UTC
    static let day = CalendarDay(of: moment, in: .gmt)

    /// A draft for a part of a month of a client's subscription.
    static func draft(_ client: Client, _ served: Proration) throws -> Invoice {
        let line = try InvoiceLine.managedMonth(
            of: client.subscription.value,
            domain: client.site.domain,
            served: served
        )
        return try Invoice(
            accountID: client.account.id,
            subscriptionID: client.subscription.id,
            currency: .usd,
            served: served,
            lines: [line],
            seller: .agency,
            buyer: Party(name: client.account.name, email: client.account.billingEmail.rawValue)
        )
    }

    /// The n-th month from October 2026 on, whole.
    static func month(_ number: Int) throws -> Proration {
        let october = try #require(CalendarMonth(year: 2026, month: 10))
        return Proration(full: october.adding(months: number))
    }

    /// Issues and books an invoice for the n-th month.
    static func issue(_ client: Client, month number: Int, in tx: PostgresTransaction) async throws -> Stored<Invoice> {
        var invoice = try await Invoices.create(try draft(client, try month(number)), in: tx)
        try await Invoices.issue(&invoice, at: moment, on: day, in: tx)
        try await Ledger.post(try .issued(invoice.value, on: day), in: tx)
        return invoice
    }

    /// Credits an amount of an invoice.
    static func credit(
        _ amount: Money,
        on invoice: inout Stored<Invoice>,
        in tx: PostgresTransaction
    ) async throws -> CreditNote {
        let earlier = try await CreditNotes.lines(of: [invoice.id], in: tx)[invoice.id] ?? []
        return try await CreditNotes.issue(
            try Creditable(invoice.value, less: earlier).amount(amount),
            on: &invoice,
            reason: "test",
            at: moment,
            on: day,
            in: tx
        )
    }

    /// Pays an invoice whole by card, and books it.
    static func pay(_ invoice: inout Stored<Invoice>, in tx: PostgresTransaction) async throws -> Stored<Payment> {
        let number = try #require(invoice.number)
        let attempt = try await Payments.nextAttempt(of: invoice.id, in: tx)
        var payment = try await Payments.create(
            Payment(
                accountID: invoice.accountID,
                invoiceID: invoice.id,
                methodID: nil,
                kind: .stripe,
                attempt: attempt,
                idempotencyKey: AttemptKey(paying: number, attempt: attempt),
                amount: invoice.due,
                createdAt: moment
            ),
            in: tx
        )
        try payment.value.send(at: moment)
        try payment.value.succeed(
            reference: "pi_\(invoice.id)_\(attempt)",
            charge: "ch_\(invoice.id)_\(attempt)",
            fee: Money(minor: 30, currency: .usd),
            at: moment
        )
        try await Payments.save(&payment, in: tx)
        try invoice.value.receive(payment.amount, at: moment)
        try await Invoices.save(&invoice, in: tx)
        try await Ledger.post(try .paid(invoice.value, with: payment.value, on: day), in: tx)
        return payment
    }
}

/// What an error is to the database, for comparing.
func state(of error: (any Error)?) -> SQLState? { (error as? PostgresError)?.sqlState }

/// Runs something that must fail and gives what it threw.
func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
