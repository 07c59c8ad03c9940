public import DomainModel
public import Postgres

/// Platform credits: `igny8_accounts.credits` and every change of it. Never below zero, whatever comes at once.
public enum Credits {
    /// Why credits change.
    public enum Kind: String, CaseIterable, Sendable {
        case purchase, subscription, refund, deduction, adjustment
    }

    /// Changes an account's credits and logs it, in one statement.
    /// - Parameters:
    ///   - amount: positive adds, negative takes.
    ///   - reference: names the change; the same reference again changes nothing.
    /// - Returns: the balance after it; nil when the reference is known already.
    /// - Throws: ``NotEnoughCredits``.
    @discardableResult
    public static func change(
        by amount: Int,
        kind: Kind,
        of account: Account.ID,
        description: String,
        reference: String?,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Int? {
        let held = try await tx.query(
            "select credits from igny8_accounts where id = \(account.rawValue) for no key update"
        ).only()
        if let reference {
            let known = try await tx.query(
                """
                select from igny8_credit_transactions
                where account_id = \(account.rawValue) and reference = \(reference)
                """
            )
            guard known.isEmpty else { return nil }
        }
        let balance: Int = try held.decode("credits", as: Int.self) + amount
        guard balance >= 0 else { throw NotEnoughCredits(needed: -amount, held: balance - amount) }
        try await tx.batch([
            "update igny8_accounts set credits = \(balance) where id = \(account.rawValue)",
            """
            insert into igny8_credit_transactions (account_id, kind, amount, balance_after, description, reference,
                created_by)
            values (\(account.rawValue), \(kind.rawValue), \(amount), \(balance), \(description), \(reference),
                \(createdBy?.rawValue))
            """,
        ])
        return balance
    }
}

/// The account has fewer credits than are needed.
public struct NotEnoughCredits: Error, Hashable, CustomStringConvertible {
    /// How many are needed.
    public let needed: Int
    /// How many there are.
    public let held: Int
    /// One sentence.
    public var description: String { "\(needed) credits are needed, the account has \(held)." }
}
