public import DomainModel
public import Postgres

/// Platform credits: `igny8_accounts.credits` and every change of it. Exact and never below zero, whatever comes at once;
/// the same reference changes nothing twice.
public enum CreditService {
    /// Why credits change.
    public enum Kind: String, CaseIterable, Sendable {
        case purchase, subscription, refund, deduction, adjustment
    }

    /// A change as it stands in the ledger of credits.
    public struct Change: Hashable, Sendable {
        /// `igny8_credit_transactions.id`
        public let id: Int64
        /// The balance after it.
        public let balance: Int
        /// False where the reference was known, and nothing was changed now.
        public let isNew: Bool
    }

    /// What an operation is done for.
    public struct Subject: Hashable, Sendable {
        /// `content`.
        public let kind: String
        /// Which.
        public let id: Int64
        /// The site it is for.
        public let site: Site.ID?

        /// Names a subject.
        public init(_ kind: String, _ id: Int64, site: Site.ID? = nil) {
            self.kind = kind
            self.id = id
            self.site = site
        }
    }

    // MARK: Reading

    /// How many credits an account has.
    public static func balance(of account: Account.ID, in queries: some PostgresQuerying) async throws -> Int {
        guard
            let row = try await queries.query("select credits from igny8_accounts where id = \(account.rawValue)").first
        else { throw UnknownAccount(id: account) }
        return try row.decode("credits")
    }

    /// What operations cost, by operation.
    public static func costs(in queries: some PostgresQuerying) async throws -> [CreditCost] {
        try await queries.query(
            """
            select operation_type, credits, unit, unit_size from igny8_credit_cost_configs
            where is_active order by operation_type
            """
        ).map(cost)
    }

    /// What one operation costs.
    /// - Throws: ``UnknownOperation``: what has no cost is not free.
    public static func cost(of operation: String, in queries: some PostgresQuerying) async throws -> CreditCost {
        let rows = try await queries.query(
            """
            select operation_type, credits, unit, unit_size from igny8_credit_cost_configs
            where operation_type = \(operation) and is_active
            """
        )
        guard let row = rows.first else { throw UnknownOperation(operation: operation) }
        return try cost(row)
    }

    /// Credits as they are sold, the smallest package first.
    public static func packages(in queries: some PostgresQuerying) async throws -> [CreditPackage] {
        try await queries.query(
            "select key, name, credits, price, currency from igny8_credit_packages where is_active order by position, id"
        ).map { row in
            try CreditPackage(
                key: row.decode("key"),
                name: row.decode("name"),
                credits: row.decode("credits"),
                price: row.money("price", in: row.currency())
            )
        }
    }

    private static func cost(_ row: PostgresRow) throws -> CreditCost {
        try CreditCost(
            operation: row.decode("operation_type"),
            credits: row.decode("credits"),
            unit: row.decode("unit"),
            unitSize: row.decode("unit_size")
        )
    }

    // MARK: Changing

    /// Changes an account's credits and logs it, in one statement.
    /// - Parameters:
    ///   - amount: positive adds, negative takes; never 0.
    ///   - reference: names the change; the same reference again changes nothing.
    /// - Throws: ``NotEnoughCredits``, ``UnknownAccount``.
    @discardableResult
    public static func change(
        by amount: Int,
        kind: Kind,
        of account: Account.ID,
        description: String,
        reference: String?,
        invoice: Invoice.ID? = nil,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Change {
        let row = try await queries.query(
            """
            select * from igny8_change_credits(\(account.rawValue), \(amount), \(kind.rawValue), \(description),
                \(reference), \(invoice?.rawValue), \(createdBy?.rawValue))
            """
        ).only()
        switch try row.decode("outcome", as: String.self) {
        case "short": throw NotEnoughCredits(needed: -amount, held: try row.decode("balance"))
        case "missing": throw UnknownAccount(id: account)
        case let outcome:
            return Change(
                id: try row.decode("transaction_id"),
                balance: try row.decode("balance"),
                isNew: outcome == "done"
            )
        }
    }

    /// Throws unless an account could pay for an operation now. Nothing is held: what counts is the deduction.
    /// - Returns: what it will cost.
    /// - Throws: ``NotEnoughCredits``, ``UnknownOperation``.
    @discardableResult
    public static func check(
        _ operation: String,
        quantity: Int,
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> Int {
        let needed = try await cost(of: operation, in: queries).credits(for: quantity)
        let held = try await balance(of: account, in: queries)
        guard held >= needed else { throw NotEnoughCredits(needed: needed, held: held) }
        return needed
    }

    /// Check → run → deduct → log (spec 2), in the caller's transaction: where the deduction fails, what `run` wrote goes
    /// with it. Where the reference was paid for already, `run` is not run again.
    /// - Parameter quantity: of what the operation counts: words, images, operations.
    /// - Returns: what `run` gave; nil where the reference is known.
    /// - Throws: ``NotEnoughCredits``, ``UnknownOperation``, and what `run` throws.
    public static func spend<Value: Sendable>(
        _ operation: String,
        quantity: Int = 1,
        of account: Account.ID,
        reference: String,
        for subject: Subject? = nil,
        in tx: PostgresTransaction,
        _ run: (PostgresTransaction) async throws -> Value
    ) async throws -> Value? {
        let known = try await tx.query(
            """
            select from igny8_credit_transactions where account_id = \(account.rawValue) and reference = \(reference)
            """
        )
        guard known.isEmpty else { return nil }
        let cost = try await check(operation, quantity: quantity, of: account, in: tx)
        let value = try await run(tx)
        var change: Change?
        if cost > 0 {
            change = try await self.change(
                by: -cost,
                kind: .deduction,
                of: account,
                description: operation,
                reference: reference,
                in: tx
            )
            // Another transaction has paid for the same meanwhile: this one must not have happened.
            guard change?.isNew == true else { throw AlreadySpent(reference: reference) }
        }
        try await tx.query(
            """
            insert into igny8_credit_usage_logs (account_id, operation_type, credits_used, transaction_id, site_id,
                subject_kind, subject_id, detail)
            values (\(account.rawValue), \(operation), \(cost), \(change?.id), \(subject?.site?.rawValue), \(subject?.kind),
                \(subject?.id), \(try PostgresJSON(["quantity": quantity])))
            """
        )
        return value
    }

    /// Gives back what a deduction took, once.
    /// - Parameter reference: the deduction's.
    /// - Returns: nil where there is no such deduction.
    @discardableResult
    public static func refund(
        _ reference: String,
        of account: Account.ID,
        because reason: String,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Change? {
        let taken = try await tx.query(
            """
            select -amount as amount from igny8_credit_transactions
            where account_id = \(account.rawValue) and reference = \(reference) and kind = 'deduction'
            """
        ).first
        guard let taken else { return nil }
        return try await change(
            by: taken.decode("amount"),
            kind: .refund,
            of: account,
            description: reason,
            reference: "refund:\(reference)",
            createdBy: createdBy,
            in: tx
        )
    }

    /// Corrects a balance by hand; the reason stands in the ledger.
    @discardableResult
    public static func adjust(
        by amount: Int,
        of account: Account.ID,
        because reason: String,
        reference: String,
        createdBy: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Change {
        try await change(
            by: amount,
            kind: .adjustment,
            of: account,
            description: reason,
            reference: reference,
            createdBy: createdBy,
            in: queries
        )
    }

    /// Gives every account of a zone its plan's credits of a month, in one statement; again it gives nothing.
    /// - Returns: how many accounts got theirs now.
    @discardableResult
    public static func grantMonth(
        _ month: CalendarMonth,
        zone: String,
        in tx: PostgresTransaction
    ) async throws -> Int {
        let reference = "month:\(month)"
        return try await tx.query(
            """
            select from (
                select account.id, plan.monthly_credits, plan.name
                from igny8_accounts account join igny8_plans plan on plan.id = account.plan_id
                where account.time_zone = \(zone) and account.status = 'active' and plan.monthly_credits > 0
                order by account.id
            ) due, lateral igny8_change_credits(due.id, due.monthly_credits, 'subscription', due.name || ', ' || \(month.description),
                \(reference), null, null) given
            where given.outcome = 'done'
            """
        ).count
    }
}

/// The account has fewer credits than are needed.
public struct NotEnoughCredits: Error, Hashable, CustomStringConvertible {
    /// How many are needed.
    public let needed: Int
    /// How many there are.
    public let held: Int

    /// Records the two.
    public init(needed: Int, held: Int) {
        self.needed = needed
        self.held = held
    }

    /// One sentence.
    public var description: String { "\(needed) credits are needed, the account has \(held)." }
}

/// There is no such account for the tenant.
public struct UnknownAccount: Error, Hashable, CustomStringConvertible {
    /// Which.
    public let id: Account.ID
    /// One sentence.
    public var description: String { "There is no account \(id) here." }
}

/// No cost is configured for an operation.
public struct UnknownOperation: Error, Hashable, CustomStringConvertible {
    /// Which.
    public let operation: String
    /// One sentence.
    public var description: String { "The operation \(operation) has no cost in credits." }
}

/// The same reference was paid for by another transaction while this one ran.
public struct AlreadySpent: Error, Hashable, CustomStringConvertible {
    /// Which.
    public let reference: String
    /// One sentence.
    public var description: String { "\(reference) was paid for already." }
}
