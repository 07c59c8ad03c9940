public import DomainModel
public import Foundation
public import Postgres

/// What ``SpendGuard`` decides by: what an account owes beyond its day, and what staff have let go on.
public enum SpendGuards {
    /// Whether anything may be spent for an account. An invoice is past due from its first attempt that failed.
    public static func read(_ account: Account.ID, in queries: some PostgresQuerying) async throws -> SpendGuard {
        let owed = try await queries.query(
            """
            select currency, sum(due) as amount, min(first_failed_at) as since from igny8_invoices
            where account_id = \(account.rawValue) and status = 'pending' and first_failed_at is not null
            group by currency order by currency
            """
        ).map { row in
            (amount: try row.money("amount", in: row.currency()), since: try row.decode("since", as: Date.self))
        }
        let row = try await queries.query(
            """
            select igny8_now() as now,
                (select max(expires_at) from igny8_spend_overrides where account_id = \(account.rawValue)) as until
            """
        ).only()
        let pastDue = owed.map(\.since).min().map { PastDue(amounts: owed.map(\.amount), since: $0) }
        return SpendGuard(
            pastDue,
            overriddenUntil: try row.decode("until"),
            now: try row.decode("now")
        )
    }

    /// Lets spending go on until a moment; the reason stands in the audit log as well, which the caller writes.
    public static func override(
        _ account: Account.ID,
        until moment: Date,
        because reason: String,
        by user: User.ID?,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into igny8_spend_overrides (account_id, reason, expires_at, created_by)
            values (\(account.rawValue), \(reason), \(moment), \(user?.rawValue))
            """
        )
    }
}
