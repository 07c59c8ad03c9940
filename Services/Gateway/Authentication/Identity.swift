import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// Who is calling, as the database has it at this moment.
struct Identity: Sendable {
    enum Principal: Sendable, Hashable {
        case user(Int64, session: Int64)
        case key(Int64)
    }

    let principal: Principal
    let accountID: Int64
    let role: UserRole
    let staffRole: StaffRole?
    let scopes: Set<String>
    /// The account's plan; only asked for with a key, or where the route has a gate.
    let plan: PlanKey?
    /// Whether the route's flag is on for the account; true where it has none.
    let isFlagOn: Bool
    let accountStatus: AccountStatus
    /// A key whose last use is not noted yet this minute.
    let isUseStale: Bool
    /// What the database could see when it was asked: the transactions that had been committed.
    let snapshot: String
    private let levels: [Feature: String]

    /// The level the account holds of the route's gate, or of `api_access` with a key.
    func level(of feature: Feature) -> String { levels[feature] ?? feature.levelBeforeGate }

    var userID: User.ID? {
        if case .user(let id, _) = principal { User.ID(id) } else { nil }
    }

    var account: Account.ID { Account.ID(accountID) }

    var isStaff: Bool { staffRole != nil }

    /// As it stands in idempotency keys.
    var name: String {
        switch principal {
        case .user(let id, _): "user:\(id)"
        case .key(let id): "api-key:\(id)"
        }
    }

    /// One cheap statement: three primary keys, and what the route's gate and flag need to know. It runs before the
    /// route's own in the same flight.
    static func statement(for credentials: Credentials, _ endpoint: Endpoint) -> SQL {
        switch credentials.proof {
        case .session(let user, let session):
            """
            select u.id, u.account_id, u.role, u.staff_role, a.status, null::text[] as scopes, false as stale,
                pg_current_snapshot()::text as snapshot,
                \(fragment: EntitlementColumns(endpoint, credentials).columns)
            from igny8_users u
            join igny8_sessions s on s.user_id = u.id
            join igny8_accounts a on a.id = u.account_id
            \(fragment: EntitlementColumns(endpoint, credentials).join)
            where u.id = \(user) and s.id = \(session) and u.is_active
                and s.revoked_at is null and s.expires_at > now() and s.idle_expires_at > now()
            """
        case .key(let hash):
            """
            select k.id, k.account_id, 'admin'::text as role, null::text as staff_role, a.status, k.scopes,
                k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as stale,
                pg_current_snapshot()::text as snapshot,
                \(fragment: EntitlementColumns(endpoint, credentials).columns)
            from igny8_api_keys k
            join igny8_accounts a on a.id = k.account_id
            \(fragment: EntitlementColumns(endpoint, credentials).join)
            where k.key_hash = \(hash) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
            """
        }
    }

    init(_ rows: PostgresRows, _ credentials: Credentials, _ endpoint: Endpoint) throws {
        guard let row = rows.first else {
            throw Problem.unauthorized("The session or key has ended, or its user may no longer sign in.")
        }
        let id = try row.decode(0, as: Int64.self)
        accountID = try row.decode(1)
        guard let role = UserRole(rawValue: try row.decode(2)),
            let status = AccountStatus(rawValue: try row.decode(4))
        else { throw Problem.unexpected }
        self.role = role
        staffRole = try row.decode(3, as: String?.self).flatMap { StaffRole(rawValue: $0) }
        accountStatus = status
        scopes = Set(try row.decode(5, as: [String]?.self) ?? [])
        isUseStale = try row.decode(6)
        snapshot = try row.decode(7)
        let entitlement = try EntitlementColumns(endpoint, credentials).read(row, from: 8)
        plan = entitlement.plan
        levels = entitlement.levels
        isFlagOn = entitlement.isFlagOn
        switch credentials.proof {
        case .session(_, let session): principal = .user(id, session: session)
        case .key: principal = .key(id)
        }
        // The token chose the scope of row security; where it no longer tells the truth, nothing it fetched counts.
        guard credentials.isStaff == isStaff, credentials.accountID == accountID else {
            throw Problem.unauthorized("The role of this user has changed: refresh the access token.")
        }
    }
}
