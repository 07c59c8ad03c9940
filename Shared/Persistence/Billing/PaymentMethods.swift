public import DomainModel
public import Postgres

/// `igny8_account_payment_methods`: saved ways to pay. Removed ones vanish; at most one is the default.
public enum PaymentMethods {
    static let columns: SQL = """
        id, account_id, kind, coalesce(provider_reference, '') as provider_reference, display_name, is_default, is_verified,
        created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<PaymentMethod> {
        try Stored(
            PaymentMethod(
                id: row.id("id"),
                accountID: row.id("account_id"),
                kind: row.word("kind"),
                providerReference: row.decode("provider_reference"),
                displayName: row.decode("display_name"),
                isDefault: row.decode("is_default"),
                isVerified: row.decode("is_verified")
            ),
            row
        )
    }

    /// What a person may see of a card beside its name.
    public struct CardFace: Hashable, Sendable {
        /// `visa`.
        public var brand: String?
        /// The last four digits.
        public var last4: String?
        /// 1 to 12.
        public var expiresMonth: Int?
        /// Four digits.
        public var expiresYear: Int?
        /// ISO 3166.
        public var country: String?

        /// Collects what is known.
        public init(
            brand: String? = nil,
            last4: String? = nil,
            expiresMonth: Int? = nil,
            expiresYear: Int? = nil,
            country: String? = nil
        ) {
            self.brand = brand
            self.last4 = last4
            self.expiresMonth = expiresMonth
            self.expiresYear = expiresYear
            self.country = country
        }
    }

    /// A method, when the tenant may see it.
    public static func find(
        _ id: PaymentMethod.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<PaymentMethod>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_account_payment_methods
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// What an account's invoices are charged to.
    public static func standard(
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> Stored<PaymentMethod>? {
        try await standard(of: [account], in: queries)[account]
    }

    /// What the invoices of several accounts are charged to.
    public static func standard(
        of accounts: [Account.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Account.ID: Stored<PaymentMethod>] {
        let methods = try await queries.query(
            """
            select \(fragment: columns) from igny8_account_payment_methods
            where account_id = any(\(accounts.map(\.rawValue))) and is_default
            """
        ).map(decode)
        return Dictionary(methods.map { ($0.accountID, $0) }) { first, _ in first }
    }

    /// Several methods, whoever's they are; under the system. Removed ones are left out.
    public static func find(
        all ids: [PaymentMethod.ID],
        in queries: some PostgresQuerying
    ) async throws -> [PaymentMethod.ID: Stored<PaymentMethod>] {
        let methods = try await queries.query(
            """
            select \(fragment: columns) from igny8_account_payment_methods
            where id = any(\(ids.map(\.rawValue))) and not is_deleted
            """
        ).map(decode)
        return Dictionary(methods.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Saves a way to pay; the account's first is its default. The same reference again is the same method.
    public static func add(
        account: Account.ID,
        kind: PaymentMethodKind,
        providerReference: String?,
        displayName: String,
        face: CardFace = CardFace(),
        isVerified: Bool,
        makeDefault: Bool = false,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<PaymentMethod> {
        try await hold(account, in: tx)
        let added = try await decode(
            tx.query(
                """
                insert into igny8_account_payment_methods (account_id, kind, provider_reference, display_name, brand, last4,
                    expires_month, expires_year, country, is_default, is_verified, created_by)
                select \(account.rawValue), \(kind.rawValue), \(providerReference), \(displayName), \(face.brand),
                    \(face.last4), \(face.expiresMonth), \(face.expiresYear), \(face.country),
                    not exists (select from igny8_account_payment_methods
                        where account_id = \(account.rawValue) and is_default),
                    \(isVerified), \(createdBy?.rawValue)
                on conflict (account_id, kind, provider_reference) where not is_deleted
                    do update set display_name = excluded.display_name, is_verified = excluded.is_verified
                returning \(fragment: columns)
                """
            ).only()
        )
        guard makeDefault, !added.isDefault else { return added }
        return try await setDefault(added.id, of: account, in: tx) ?? added
    }

    /// Makes a method the one invoices are charged to.
    /// - Returns: nil when the account has no such method.
    @discardableResult
    public static func setDefault(
        _ id: PaymentMethod.ID,
        of account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> Stored<PaymentMethod>? {
        try await hold(account, in: tx)
        guard try await find(id, for: .account(account), in: tx) != nil else { return nil }
        try await tx.query(
            """
            update igny8_account_payment_methods set is_default = false
            where account_id = \(account.rawValue) and is_default and id <> \(id.rawValue)
            """
        )
        return try await tx.query(
            """
            update igny8_account_payment_methods set is_default = true
            where id = \(id.rawValue) and account_id = \(account.rawValue) returning \(fragment: columns)
            """
        ).first.map(decode)
    }

    /// Removes a method; when it was the default, the newest other one takes its place.
    /// - Returns: whether there was one.
    @discardableResult
    public static func remove(
        _ id: PaymentMethod.ID,
        of account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await hold(account, in: tx)
        let removed = try await tx.query(
            """
            update igny8_account_payment_methods set is_deleted = true, deleted_at = igny8_now(), is_default = false
            where id = \(id.rawValue) and account_id = \(account.rawValue) and not is_deleted returning id
            """
        )
        guard !removed.isEmpty else { return false }
        try await tx.query(
            """
            update igny8_account_payment_methods set is_default = true
            where id = (select id from igny8_account_payment_methods
                    where account_id = \(account.rawValue) and not is_deleted order by id desc limit 1)
                and not exists (select from igny8_account_payment_methods
                    where account_id = \(account.rawValue) and is_default)
            """
        )
        return true
    }

    /// One change of an account's methods at a time.
    private static func hold(_ account: Account.ID, in tx: PostgresTransaction) async throws {
        try await tx.query("select from igny8_accounts where id = \(account.rawValue) for no key update")
    }
}

/// `igny8_payment_customers`: the account as a gateway knows it.
public enum PaymentCustomers {
    /// The gateway's name for an account, `cus_…`.
    public static func find(
        _ account: Account.ID,
        at provider: PaymentMethodKind,
        in queries: some PostgresQuerying
    ) async throws -> String? {
        try await queries.query(
            """
            select provider_reference from igny8_payment_customers
            where account_id = \(account.rawValue) and provider = \(provider.rawValue)
            """
        ).first.map { row in try row.decode("provider_reference") }
    }

    /// The gateways' names for several accounts; under the system.
    public static func find(
        all accounts: [Account.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Account.ID: [PaymentMethodKind: String]] {
        let rows = try await queries.query(
            """
            select account_id, provider, provider_reference from igny8_payment_customers
            where account_id = any(\(accounts.map(\.rawValue)))
            """
        )
        var customers: [Account.ID: [PaymentMethodKind: String]] = [:]
        for row in rows {
            customers[try row.id("account_id"), default: [:]][try row.word("provider")] = try row.decode(
                "provider_reference"
            )
        }
        return customers
    }

    /// The account behind a gateway's name; under the system.
    public static func account(
        _ reference: String,
        at provider: PaymentMethodKind,
        in queries: some PostgresQuerying
    ) async throws -> Account.ID? {
        try await queries.query(
            """
            select account_id from igny8_payment_customers
            where provider = \(provider.rawValue) and provider_reference = \(reference)
            """
        ).first.map { row in try row.id("account_id") }
    }

    /// Remembers the gateway's name for an account; the first one stays.
    /// - Returns: the one that is remembered.
    public static func remember(
        _ reference: String,
        of account: Account.ID,
        at provider: PaymentMethodKind,
        in queries: some PostgresQuerying
    ) async throws -> String {
        try await queries.query(
            """
            insert into igny8_payment_customers (account_id, provider, provider_reference)
            values (\(account.rawValue), \(provider.rawValue), \(reference))
            on conflict (account_id, provider) do nothing
            """
        )
        return try await find(account, at: provider, in: queries) ?? reference
    }
}
