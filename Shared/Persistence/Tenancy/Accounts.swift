public import DomainModel
public import Postgres

/// `igny8_accounts`: the tenants.
public enum Accounts {
    static let columns: SQL = """
        account.id, account.name, plan.key as plan, account.credits, account.time_zone, account.currency,
        account.billing_email, account.status, account.created_at, account.updated_at, account.revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Account> {
        try Stored(
            Account(
                id: row.id("id"),
                name: row.decode("name"),
                plan: PlanKey(rawValue: row.decode("plan")),
                credits: row.decode("credits"),
                timeZoneName: row.decode("time_zone"),
                currency: row.currency(),
                billingEmail: row.email("billing_email"),
                status: row.word("status"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    /// An account, when the tenant may see it.
    public static func find(
        _ id: Account.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Account>? {
        let locking: SQL = lock == .none ? "" : " for no key update of account"
        return try await queries.query(
            """
            select \(fragment: columns)
            from igny8_accounts account join igny8_plans plan on plan.id = account.plan_id
            where account.id = \(id.rawValue) and \(fragment: tenant.owns("account.id"))\(fragment: locking)
            """
        ).first.map(decode)
    }

    /// Several accounts at once, in the order of their ids.
    public static func find(
        all ids: [Account.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Account>] {
        try await queries.query(
            """
            select \(fragment: columns)
            from igny8_accounts account join igny8_plans plan on plan.id = account.plan_id
            where account.id = any(\(ids.map(\.rawValue))) and \(fragment: tenant.owns("account.id"))
            order by account.id
            """
        ).map(decode)
    }

    /// A new account. Only the system makes accounts.
    /// - Throws: ``UnknownPlan``; a check violation for a time zone the database does not know.
    public static func create(
        name: String,
        plan: PlanKey,
        timeZoneName: String,
        currency: Currency,
        billingEmail: EmailAddress,
        billing: BillingDetails = BillingDetails(),
        credits: Int = 0,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Account> {
        let rows = try await queries.query(
            """
            with account as (
                insert into igny8_accounts (name, plan_id, credits, time_zone, currency, billing_email, created_by,
                    country, legal_name, billing_address, tax_id)
                select \(name), id, \(credits), \(timeZoneName), \(currency.code), \(billingEmail.rawValue),
                    \(createdBy?.rawValue)::bigint, \(billing.country)::text, \(billing.legalName)::text,
                    \(try PostgresJSON(["lines": billing.addressLines])), \(billing.taxID)::text
                from igny8_plans where key = \(plan.rawValue)
                returning *
            )
            select \(fragment: columns) from account join igny8_plans plan on plan.id = account.plan_id
            """
        )
        guard let row = rows.first else { throw UnknownPlan(key: plan) }
        return try decode(row)
    }

    /// Saves name, plan, zone, currency, e-mail and status; credits change only through their transactions.
    /// - Throws: ``StaleRevision``, ``UnknownPlan``.
    public static func save(_ account: inout Stored<Account>, in queries: some PostgresQuerying) async throws {
        let plan = try await queries.query("select id from igny8_plans where key = \(account.plan.rawValue)").first
        guard let plan else { throw UnknownPlan(key: account.plan) }
        let rows = try await queries.query(
            """
            update igny8_accounts set name = \(account.name), plan_id = \(try plan.decode("id", as: Int64.self)),
                time_zone = \(account.timeZoneName), currency = \(account.currency.code),
                billing_email = \(account.billingEmail.rawValue), status = \(account.status.rawValue)
            where id = \(account.id.rawValue) and revision = \(account.revision)
            returning revision, updated_at
            """
        )
        try account.saved(rows, subject: "account")
    }

    /// What stands on an account's invoices beside its name.
    public static func billing(
        of id: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> BillingDetails? {
        try await billing(of: [id], in: queries)[id]
    }

    /// What stands on the invoices of several accounts beside their names.
    static func billing(
        of ids: [Account.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Account.ID: BillingDetails] {
        let rows = try await queries.query(
            """
            select id, country, legal_name, tax_id,
                array(select jsonb_array_elements_text(coalesce(billing_address -> 'lines', '[]'))) as address
            from igny8_accounts where id = any(\(ids.map(\.rawValue)))
            """
        )
        var details: [Account.ID: BillingDetails] = [:]
        for row in rows {
            details[try row.id("id")] = try BillingDetails(
                country: row.decode("country"),
                legalName: row.decode("legal_name"),
                addressLines: row.decode("address"),
                taxID: row.decode("tax_id")
            )
        }
        return details
    }

    /// Saves what stands on an account's invoices beside its name.
    public static func save(
        billing: BillingDetails,
        of id: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_accounts set country = \(billing.country), legal_name = \(billing.legalName),
                billing_address = \(try PostgresJSON(["lines": billing.addressLines])), tax_id = \(billing.taxID)
            where id = \(id.rawValue)
            """
        )
    }

    /// Every zone an account lives in, sorted: what per-account schedules run over.
    public static func zones(in queries: some PostgresQuerying) async throws -> [String] {
        try await queries.query(
            "select distinct time_zone from igny8_accounts where status <> 'closed' order by time_zone"
        ).map { row in try row.decode("time_zone") }
    }
}

/// What stands on an account's invoices beside its name and e-mail.
public struct BillingDetails: Hashable, Sendable {
    /// ISO 3166; decides ways to pay and tax.
    public var country: String?
    /// The name on invoices, when it is not the account's.
    public var legalName: String?
    /// Lines of the postal address.
    public var addressLines: [String]
    /// VAT or tax number.
    public var taxID: String?

    /// Collects the details.
    public init(country: String? = nil, legalName: String? = nil, addressLines: [String] = [], taxID: String? = nil) {
        self.country = country
        self.legalName = legalName
        self.addressLines = addressLines
        self.taxID = taxID
    }
}

/// The catalogue has no plan of that key.
public struct UnknownPlan: Error, Hashable, CustomStringConvertible {
    /// The key.
    public let key: PlanKey
    /// One sentence.
    public var description: String { "There is no plan \(key)." }
}
