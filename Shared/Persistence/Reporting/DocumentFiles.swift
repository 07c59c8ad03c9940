public import DomainModel
public import Postgres

/// `igny8_document_files`: the PDFs of invoices and credit notes, each made once.
public enum DocumentFiles {
    /// Whether a document has its PDF.
    public static func has(
        _ kind: ReportsJobs.DocumentKind,
        _ id: Int64,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            select from igny8_document_files where document_kind = \(kind.rawValue) and document_id = \(id)
            """
        ).first != nil
    }

    /// Writes down that a document's PDF is in the store; the first one stays.
    public static func store(
        _ hash: ContentHash,
        bytes: Int,
        of kind: ReportsJobs.DocumentKind,
        _ id: Int64,
        account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await StoredFiles.note(hash, type: "application/pdf", bytes: bytes, account: account, in: queries)
        try await queries.query(
            """
            insert into igny8_document_files (account_id, document_kind, document_id, sha256, bytes)
            values (\(account.rawValue), \(kind.rawValue), \(id), \(hash.bytes), \(bytes))
            on conflict (document_kind, document_id) do nothing
            """
        )
    }
}
