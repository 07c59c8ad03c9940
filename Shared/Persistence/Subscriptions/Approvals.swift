public import DomainModel
public import Foundation
public import Postgres

/// `igny8_approvals`: what waits for a client's yes. A signed link's token is stored hashed, and bound to the hash of
/// what was shown (spec 10).
public enum Approvals {
    static let columns: SQL = """
        id, account_id, subject_kind, subject_id, status, decided_by, decided_at, comment, expires_at, content_hash,
        deadline_at, default_decision, asked_at, reminded_at, escalated_at, decided_by_way, created_at, updated_at,
        revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Approval> {
        let deadline: Date? = try row.decode("deadline_at")
        let silence: ApprovalDeadline.Silence? = try row.word(ifAny: "default_decision")
        return try Stored(
            Approval(
                id: row.id("id"),
                accountID: row.id("account_id"),
                subject: row.word("subject_kind"),
                subjectID: row.decode("subject_id"),
                status: row.word("status"),
                decidedBy: row.id(ifAny: "decided_by"),
                decidedAt: row.decode("decided_at"),
                comment: row.decode("comment"),
                expiresAt: row.decode("expires_at"),
                contentHash: row.decode("content_hash"),
                deadline: deadline.flatMap { moment in silence.map { ApprovalDeadline(at: moment, silence: $0) } },
                askedAt: row.decode("asked_at"),
                remindedAt: row.decode("reminded_at"),
                escalatedAt: row.decode("escalated_at"),
                way: row.word(ifAny: "decided_by_way")
            ),
            row
        )
    }

    /// An approval, when the tenant may see it.
    public static func find(
        _ id: Approval.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Approval>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_approvals
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The approval behind a signed link, under the system: only one that is pending, not too old, and still about what
    /// was shown. It is held until the transaction ends.
    public static func find(
        token: String,
        contentHash: [UInt8],
        in tx: PostgresTransaction
    ) async throws -> Stored<Approval>? {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_approvals
            where token_hash = \(TokenHash.of(token)) and content_hash = \(contentHash) and status = 'pending'
                and expires_at > igny8_now()
            for no key update
            """
        ).first.map(decode)
    }

    /// The latest approval of a subject.
    public static func latest(
        of subject: ApprovalSubject,
        _ id: Int64,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Approval>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_approvals
            where subject_kind = \(subject.rawValue) and subject_id = \(id) and \(fragment: tenant.owns())
            order by id desc limit 1
            """
        ).first.map(decode)
    }

    /// Asks for an approval; asking again while one is pending gives that one a new link.
    public static func request(
        _ subject: ApprovalSubject,
        _ id: Int64,
        account: Account.ID,
        subscription: ManagedSubscription.ID?,
        token: String? = nil,
        contentHash: [UInt8]? = nil,
        expiresAt: Date? = nil,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Approval> {
        try await decode(
            queries.query(
                """
                insert into igny8_approvals as approval (account_id, subscription_id, subject_kind, subject_id,
                    token_hash, content_hash, expires_at, created_by)
                values (\(account.rawValue), \(subscription?.rawValue), \(subject.rawValue), \(id),
                    \(token.map(TokenHash.of)), \(contentHash), \(expiresAt), \(createdBy?.rawValue))
                on conflict (subject_kind, subject_id) where status = 'pending' do update set
                    token_hash = coalesce(excluded.token_hash, approval.token_hash),
                    content_hash = coalesce(excluded.content_hash, approval.content_hash),
                    expires_at = coalesce(excluded.expires_at, approval.expires_at)
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// Saves a decision; the link is spent with it.
    /// - Throws: ``StaleRevision``.
    public static func save(_ approval: inout Stored<Approval>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_approvals set status = \(approval.status.rawValue),
                decided_by = \(approval.decidedBy?.rawValue), decided_at = \(approval.decidedAt),
                comment = \(approval.comment), expires_at = \(approval.expiresAt), asked_at = \(approval.askedAt),
                reminded_at = \(approval.remindedAt), escalated_at = \(approval.escalatedAt),
                decided_by_way = \(approval.way?.rawValue),
                token_hash = case when \(approval.decidedAt)::timestamptz is null then token_hash end
            where id = \(approval.id.rawValue) and revision = \(approval.revision)
            returning revision, updated_at
            """
        )
        try approval.saved(rows, subject: ApprovalStatus.subject)
    }
}
