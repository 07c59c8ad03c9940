public import DomainModel
public import Postgres

/// What lies in the file store for a reader, and under which name it is saved.
public struct DocumentFile: Sendable, Hashable {
    /// Its name in the file store.
    public let hash: ContentHash
    /// How long it is.
    public let bytes: Int64
    /// As it is saved.
    public let name: String

    /// Names a stored file.
    public init(hash: ContentHash, bytes: Int64, name: String) {
        self.hash = hash
        self.bytes = bytes
        self.name = name
    }

    init?(_ row: PostgresRow) throws {
        guard let hash = try row.decode("sha256", as: [UInt8]?.self).flatMap({ ContentHash(bytes: $0) }) else {
            return nil
        }
        self.init(
            hash: hash,
            bytes: try row.decode("bytes"),
            name: try row.decode("name", as: String?.self) ?? "report.pdf"
        )
    }
}

/// The PDFs of reports, invoices and credit notes, and the links that open them from a mail.
public enum ReportFiles {
    /// The present PDF of a report, with its status; no row where the tenant sees no such report.
    public static func report(_ id: Int64, for tenant: Tenant) -> SQL {
        """
        select pdf_sha256 as sha256, pdf_bytes as bytes, file_name as name, status, last_error from igny8_service_reports
        where id = \(id) and \(fragment: shown(to: tenant))
        """
    }

    /// Which reports a tenant is shown: a client none that staff are still to look at.
    public static func shown(to tenant: Tenant) -> SQL {
        guard case .account = tenant else { return "true" }
        return tenant.owns() + " and approval in ('none', 'approved')"
    }

    /// The file of such a row; nil while there is none.
    public static func file(_ row: PostgresRow) throws -> DocumentFile? { try DocumentFile(row) }

    /// The PDF of an invoice or a credit note, and the number that it has once it is issued. No row where the tenant sees none.
    public static func document(_ kind: ReportsJobs.DocumentKind, _ id: Int64, for tenant: Tenant) -> SQL {
        let table: SQL = kind == .invoice ? "igny8_invoices" : "igny8_credit_notes"
        return """
            select file.sha256, file.bytes, d.number || '.pdf' as name, d.number, d.account_id
            from \(fragment: table) d
            left join igny8_document_files file on file.document_kind = \(kind.rawValue) and file.document_id = d.id
            where d.id = \(id) and \(fragment: tenant.owns("d.account_id"))
            """
    }

    /// How long a link opens what it is for: a reader who is away for a week and then some still has it.
    public static let linkDays = 14

    /// Makes a link to a report's PDF as it is now.
    /// - Returns: the token, which is stored nowhere; its address is `/r/` and it.
    public static func link(
        to report: Int64,
        _ file: ContentHash,
        account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> String {
        let token = TokenHash.newToken(prefix: "")
        try await tx.query(
            """
            insert into igny8_report_links (account_id, report_id, token_hash, pdf_sha256, expires_at)
            values (\(account.rawValue), \(report), \(TokenHash.of(token)), \(file.bytes),
                now() + make_interval(days => \(linkDays)::integer))
            """
        )
        return token
    }

    /// What a link opens.
    public struct Opened: Sendable {
        /// The very content that was mailed.
        public let file: DocumentFile
        /// Whether its time is over.
        public let isExpired: Bool
        /// What its report's brand is served under.
        public let domain: String?
    }

    /// Opens a link, under the system, and counts that.
    /// - Returns: nil for a text that is none.
    public static func open(_ token: String, in tx: PostgresTransaction) async throws -> Opened? {
        let row = try await tx.query(
            """
            update igny8_report_links link set uses = uses + 1, last_used_at = now()
            from igny8_service_reports report
            join igny8_accounts account on account.id = report.account_id
            left join igny8_agency_brandings brand on brand.id = report.branding_id and brand.is_active
            where link.token_hash = \(TokenHash.of(token)) and report.id = link.report_id and account.status = 'active'
            returning link.pdf_sha256 as sha256, report.file_name as name, link.expires_at <= now() as is_expired,
                brand.custom_domain,
                (select bytes from igny8_stored_files file
                    where file.account_id = link.account_id and file.sha256 = link.pdf_sha256) as bytes
            """
        ).first
        guard let row, let file = try DocumentFile(row) else { return nil }
        return Opened(
            file: file,
            isExpired: try row.decode("is_expired"),
            domain: try row.decode("custom_domain")
        )
    }
}
