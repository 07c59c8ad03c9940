public import DomainModel
public import Foundation
public import Postgres

/// A person signed in somewhere: a family of refresh tokens, of which one is good at a time (spec 3).
public struct Session: Hashable, Sendable, Identifiable {
    /// A session's id.
    public typealias ID = DomainModel.ID<Session>

    /// The row's id.
    public let id: ID
    /// The person's account.
    public let accountID: Account.ID
    /// Who.
    public let userID: User.ID
    /// What the client said it is.
    public let userAgent: String?
    /// Where it came from.
    public let address: String?
    /// When the person signed in.
    public let createdAt: Date
    /// When it was last refreshed.
    public let lastUsedAt: Date
    /// When it ends whatever happens.
    public let expiresAt: Date
    /// Whether it has been ended.
    public let isRevoked: Bool
}

/// `igny8_sessions` and their tokens. All times are machine time; all functions run under the system, because whoever
/// brings a token has not been recognised yet.
public enum Sessions {
    /// How long a session lives: unused, and at all.
    public struct Lifetime: Sendable {
        /// Unused, until its token is no longer taken.
        public var idle: Duration
        /// At all.
        public var absolute: Duration

        /// Sets both.
        public init(idle: Duration, absolute: Duration) {
            self.idle = idle
            self.absolute = absolute
        }

        /// Two weeks unused, ninety days at all.
        public static let standard = Lifetime(idle: .seconds(14 * 86_400), absolute: .seconds(90 * 86_400))
    }

    /// Why a session ended.
    public enum End: String, Sendable {
        case logout, reuse, password, staff, deactivated
    }

    static let columns: SQL = """
        session.id, session.account_id, session.user_id, session.user_agent, session.address, session.created_at,
        session.last_used_at, session.expires_at, session.revoked_at is not null as is_revoked
        """

    static func decode(_ row: PostgresRow) throws -> Session {
        try Session(
            id: row.id("id"),
            accountID: row.id("account_id"),
            userID: row.id("user_id"),
            userAgent: row.decode("user_agent"),
            address: row.decode("address"),
            createdAt: row.decode("created_at"),
            lastUsedAt: row.decode("last_used_at"),
            expiresAt: row.decode("expires_at"),
            isRevoked: row.decode("is_revoked")
        )
    }

    /// Opens a session with its first refresh token.
    public static func open(
        user: User,
        token: String,
        userAgent: String? = nil,
        address: String? = nil,
        lifetime: Lifetime = .standard,
        in queries: some PostgresQuerying
    ) async throws -> Session {
        try await decode(
            queries.query(
                """
                with session as (
                    insert into igny8_sessions (account_id, user_id, user_agent, address, idle_expires_at, expires_at)
                    values (\(user.accountID.rawValue), \(user.id.rawValue), \(userAgent), \(address),
                        now() + make_interval(secs => \(lifetime.idle.inSeconds)),
                        now() + make_interval(secs => \(lifetime.absolute.inSeconds)))
                    returning *
                ), token as (
                    insert into igny8_session_tokens (account_id, session_id, token_hash)
                    select account_id, id, \(TokenHash.of(token)) from session
                )
                select \(fragment: columns) from session
                """
            ).only()
        )
    }

    /// What a refresh token was good for.
    public enum Rotation: Sendable {
        /// It is spent now, and the next one is good.
        case rotated(Session)
        /// It had been spent before: somebody has a copy, so the session is ended.
        case reused(Session)
        /// Nobody knows it, or its session has ended.
        case refused
    }

    /// Spends a refresh token for the next one. Of two that come at once, one is a reuse.
    ///
    /// The answer `reused` must be committed, or the session would live on.
    public static func rotate(
        _ token: String,
        to next: String,
        lifetime: Lifetime = .standard,
        in tx: PostgresTransaction
    ) async throws -> Rotation {
        let found = try await tx.query(
            """
            select \(fragment: columns), token.id as token_id, token.spent_at is not null as is_spent,
                session.revoked_at is null and session.expires_at > now() and session.idle_expires_at > now() as is_live
            from igny8_session_tokens token
            join igny8_sessions session on session.id = token.session_id
            where token.token_hash = \(TokenHash.of(token)) for no key update of session, token
            """
        ).first
        guard let found else { return .refused }
        let session = try decode(found)
        if try found.decode("is_spent", as: Bool.self) {
            try await revoke(session.id, because: .reuse, in: tx)
            return .reused(session)
        }
        guard try found.decode("is_live", as: Bool.self) else { return .refused }
        try await tx.batch([
            "update igny8_session_tokens set spent_at = now() where id = \(try found.decode("token_id", as: Int64.self))",
            """
            insert into igny8_session_tokens (account_id, session_id, token_hash)
            values (\(session.accountID.rawValue), \(session.id.rawValue), \(TokenHash.of(next)))
            """,
            """
            update igny8_sessions set last_used_at = now(),
                idle_expires_at = now() + make_interval(secs => \(lifetime.idle.inSeconds))
            where id = \(session.id.rawValue)
            """,
        ])
        return .rotated(session)
    }

    /// Whose session a refresh token belongs to, good or not.
    public static func find(token: String, in queries: some PostgresQuerying) async throws -> Session? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_session_tokens token
            join igny8_sessions session on session.id = token.session_id
            where token.token_hash = \(TokenHash.of(token))
            """
        ).first.map(decode)
    }

    /// Whether a session still stands: asked with each request, so that a revocation takes effect with the next one.
    public static func isLive(_ id: Session.ID, in queries: some PostgresQuerying) async throws -> Bool {
        try await queries.query(
            """
            select exists (select from igny8_sessions
                where id = \(id.rawValue) and revoked_at is null and expires_at > now()) as live
            """
        ).only().decode("live")
    }

    /// A user's sessions that still stand, the last used first.
    public static func live(of user: User.ID, in queries: some PostgresQuerying) async throws -> [Session] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sessions session
            where session.user_id = \(user.rawValue) and session.revoked_at is null
                and session.expires_at > now() and session.idle_expires_at > now()
            order by session.last_used_at desc, session.id desc
            """
        ).map(decode)
    }

    /// Ends a session.
    /// - Returns: whether it still stood.
    @discardableResult
    public static func revoke(
        _ id: Session.ID,
        because reason: End,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_sessions set revoked_at = now(), revoked_reason = \(reason.rawValue)
            where id = \(id.rawValue) and revoked_at is null
            """
        ).affected > 0
    }

    /// Ends a user's sessions, perhaps but for one.
    /// - Returns: how many ended.
    @discardableResult
    public static func revokeAll(
        of user: User.ID,
        except kept: Session.ID? = nil,
        because reason: End,
        in queries: some PostgresQuerying
    ) async throws -> Int {
        try await queries.query(
            """
            update igny8_sessions set revoked_at = now(), revoked_reason = \(reason.rawValue)
            where user_id = \(user.rawValue) and revoked_at is null and id is distinct from \(kept?.rawValue)::bigint
            """
        ).affected
    }
}

extension Duration {
    /// Whole and fractional seconds, for `make_interval`.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
