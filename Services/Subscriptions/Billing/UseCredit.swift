import DomainModel
import Persistence
import Postgres

extension Office {
    /// Before a client is charged, what we owe the client goes into the invoice: credit that came after its issue.
    func useCredit(on invoice: inout Stored<Invoice>, in tx: PostgresTransaction) async throws {
        guard invoice.status == .pending else { return }
        let account = try await account(invoice.accountID, in: tx)
        let now = try await BusinessClock.now(in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        guard let payment = try await CustomerCredits.apply(to: &invoice, at: now, on: today, in: tx) else { return }
        try note(
            .paymentSucceeded,
            on: .payment(payment.value),
            to: payment.status.rawValue,
            because: "out of the customer's credit"
        )
        try await clearPaymentFlag(after: invoice.value, account, now: now, in: tx)
    }
}
