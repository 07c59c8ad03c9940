public import DomainModel
public import Postgres

/// `igny8_stored_files`: which files an account has in the store. Written after the file is there, so a row never lies.
public enum StoredFiles {
    /// Writes down that a file is in the store; once.
    public static func note(
        _ hash: ContentHash,
        type: String,
        bytes: Int,
        account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_stored_files (account_id, sha256, media_type, bytes)
            values (\(account.rawValue), \(hash.bytes), \(type), \(bytes))
            on conflict (account_id, sha256) do nothing
            """
        )
    }
}
