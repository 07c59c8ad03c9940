public import DomainModel
public import Postgres

/// `igny8_users`: members of accounts, and staff. Password hashes leave this file only as ``Credentials``.
public enum Users {
    static let columns: SQL =
        "id, account_id, email, name, role, staff_role, is_active, created_at, updated_at, revision"

    static func decode(_ row: PostgresRow) throws -> Stored<User> {
        try Stored(
            User(
                id: row.id("id"),
                accountID: row.id("account_id"),
                email: row.email("email"),
                name: row.decode("name"),
                role: row.word("role"),
                staffRole: row.word(ifAny: "staff_role"),
                isActive: row.decode("is_active"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    /// A user, when the tenant may see it.
    public static func find(
        _ id: User.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<User>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_users
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// What sign-in compares: the user and the stored form of the password.
    public struct Credentials: Sendable {
        /// Who.
        public let user: Stored<User>
        /// As ``PasswordHash`` made it.
        public let passwordHash: String
        /// Whether the account may act.
        public let accountStatus: AccountStatus
    }

    /// Who has that address, over all accounts: for sign-in and password resets, under the system.
    public static func credentials(
        email: EmailAddress,
        in queries: some PostgresQuerying
    ) async throws -> Credentials? {
        try await queries.query(
            """
            select \(fragment: columns), password_hash,
                (select status from igny8_accounts where id = account_id) as account_status
            from igny8_users where lower(email) = \(email.rawValue)
            """
        ).first.map { row in
            try Credentials(
                user: decode(row),
                passwordHash: row.decode("password_hash"),
                accountStatus: row.word("account_status")
            )
        }
    }

    /// The stored form of a user's password, to check it before a change.
    public static func passwordHash(of id: User.ID, in queries: some PostgresQuerying) async throws -> String? {
        try await queries.query("select password_hash from igny8_users where id = \(id.rawValue)").first.map { row in
            try row.decode("password_hash")
        }
    }

    /// A new user.
    /// - Throws: a unique violation on `igny8_users_email` when the address is taken in any account.
    public static func create(
        account: Account.ID,
        email: EmailAddress,
        name: String,
        passwordHash: String,
        role: UserRole,
        staffRole: StaffRole? = nil,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<User> {
        try await decode(
            queries.query(
                """
                insert into igny8_users (account_id, email, name, password_hash, role, staff_role, created_by)
                values (\(account.rawValue), \(email.rawValue), \(name), \(passwordHash), \(role.rawValue),
                    \(staffRole?.rawValue), \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Saves e-mail, name, roles and whether the user may sign in.
    /// - Throws: ``StaleRevision``.
    public static func save(_ user: inout Stored<User>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_users set email = \(user.email.rawValue), name = \(user.name), role = \(user.role.rawValue),
                staff_role = \(user.staffRole?.rawValue), is_active = \(user.isActive)
            where id = \(user.id.rawValue) and revision = \(user.revision)
            returning revision, updated_at
            """
        )
        try user.saved(rows, subject: "user")
    }

    /// Replaces the stored form of a password.
    public static func setPassword(
        _ hash: String,
        of id: User.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            "update igny8_users set password_hash = \(hash), password_changed_at = now() where id = \(id.rawValue)"
        )
    }

    /// Notes a sign-in, in machine time.
    public static func recordSignIn(of id: User.ID, in queries: some PostgresQuerying) async throws {
        try await queries.query("update igny8_users set last_login_at = now() where id = \(id.rawValue)")
    }

    /// How many active users an account has. Lock the account first where a limit is to hold.
    public static func count(of account: Account.ID, in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query(
            "select count(*) as count from igny8_users where account_id = \(account.rawValue) and is_active"
        ).only().decode("count")
    }

    /// The people of an account who get its mail: active owners and admins, oldest first.
    public static func contacts(
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<User>] {
        try await contacts(of: [account], in: queries)
    }

    /// The same for several accounts.
    public static func contacts(
        of accounts: [Account.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Stored<User>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_users
            where account_id = any(\(accounts.map(\.rawValue))) and is_active and role in ('owner', 'admin') order by id
            """
        ).map(decode)
    }

    /// Active staff, oldest first.
    public static func staff(
        role: StaffRole? = nil,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<User>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_users
            where staff_role is not null and is_active and staff_role = coalesce(\(role?.rawValue)::text, staff_role)
            order by id
            """
        ).map(decode)
    }
}
