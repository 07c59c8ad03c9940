public import DomainModel
public import Foundation
public import Postgres

/// `igny8_customer_credits`: what we owe a customer. The documents keep it (migration 0131): credit notes add to it,
/// refunds of them and payments out of it take from it, and it is never below zero.
public enum CustomerCredits {
    /// What a customer has in a currency.
    public static func balance(
        of account: Account.ID,
        in currency: Currency,
        lock: RowLock = .none,
        _ queries: some PostgresQuerying
    ) async throws -> Money {
        try await queries.query(
            """
            select balance from igny8_customer_credits
            where account_id = \(account.rawValue) and currency = \(currency.code)\(fragment: lock.clause)
            """
        ).first?.money("balance", in: currency) ?? .zero(currency)
    }

    /// Which of some accounts have any; theirs are held until the transaction ends, in the order of the accounts.
    public static func holders(
        among accounts: [Account.ID],
        in tx: PostgresTransaction
    ) async throws -> Set<Account.ID> {
        let rows = try await tx.query(
            """
            select account_id from igny8_customer_credits
            where account_id = any(\(accounts.map(\.rawValue))) and balance > 0
            order by account_id, currency for no key update
            """
        )
        return Set(try rows.map { row in try row.id("account_id") })
    }

    /// Pays as much of an invoice out of the customer's credit as there is, and books it.
    /// - Parameter invoice: issued; its row is held by the caller.
    /// - Returns: the payment; nil when there is no credit, nothing is due, or an attempt is under way, which may be
    ///   taking just what is due.
    @discardableResult
    public static func apply(
        to invoice: inout Stored<Invoice>,
        at moment: Date,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws -> Stored<Payment>? {
        guard let number = invoice.number, invoice.status == .pending else { return nil }
        let balance = try await balance(of: invoice.accountID, in: invoice.currency, lock: .forUpdate, tx)
        let amount = try invoice.value.usable(of: balance)
        let owner = Tenant.account(invoice.accountID)
        guard amount.isPositive, try await Payments.underWay(of: invoice.id, for: owner, in: tx) == nil else {
            return nil
        }
        return try await Invoices.receive(
            amount,
            on: &invoice,
            number,
            by: .wallet,
            reference: nil,
            at: moment,
            on: day,
            in: tx
        )
    }
}
