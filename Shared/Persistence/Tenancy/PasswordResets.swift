public import DomainModel
public import Postgres

/// `igny8_password_resets`: links that let somebody set a new password, once and for a while (machine time). They run
/// under the system.
public enum PasswordResets {
    /// Stores a link's token.
    public static func create(
        user: User,
        token: String,
        validFor lifetime: Duration = .seconds(3_600),
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_password_resets (account_id, user_id, token_hash, expires_at)
            values (\(user.accountID.rawValue), \(user.id.rawValue), \(TokenHash.of(token)),
                now() + make_interval(secs => \(lifetime.inSeconds)))
            """
        )
    }

    /// Spends a link, together with all others of the same user.
    /// - Returns: whose it was; nil when it is unknown, spent or too old.
    public static func redeem(_ token: String, in tx: PostgresTransaction) async throws -> User.ID? {
        let rows = try await tx.query(
            """
            update igny8_password_resets set used_at = now()
            where token_hash = \(TokenHash.of(token)) and used_at is null and expires_at > now()
            returning user_id
            """
        )
        guard let user = try rows.first?.id("user_id", of: User.self) else { return nil }
        try await tx.query(
            "update igny8_password_resets set used_at = now() where user_id = \(user.rawValue) and used_at is null"
        )
        return user
    }
}
