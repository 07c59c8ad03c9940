public import DomainModel
public import Foundation
public import Postgres

// Approvals that are laid before a client with a deadline, and the links that are mailed for them.
extension Approvals {
    /// Lays an order before its client. Nothing else of the order may be open.
    public static func ask(
        _ order: BacklinkOrder,
        showing offer: OrderOffer,
        hash: [UInt8],
        until deadline: ApprovalDeadline,
        createdBy: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Approval> {
        try await decode(
            queries.query(
                """
                insert into igny8_approvals (account_id, subscription_id, subject_kind, subject_id, shown, content_hash,
                    deadline_at, default_decision, expires_at, created_by)
                values (\(order.accountID.rawValue), \(order.subscriptionID?.rawValue),
                    \(ApprovalSubject.backlinkOrder.rawValue), \(order.id.rawValue), \(try PostgresJSON(offer.document)),
                    \(hash), \(deadline.at), \(deadline.silence.rawValue), \(deadline.linksExpireAt),
                    \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }

    /// The open approval of a subject, held.
    public static func open(
        of subject: ApprovalSubject,
        _ id: Int64,
        of account: Account.ID,
        in tx: PostgresTransaction
    ) async throws -> Stored<Approval>? {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_approvals
            where subject_kind = \(subject.rawValue) and subject_id = \(id) and status = 'pending'
                and account_id = \(account.rawValue)
            for no key update
            """
        ).first.map(decode)
    }

    /// Stores links that were put into mails, in one statement.
    public static func addLinks(
        _ links: [(user: User.ID, token: String)],
        to approval: Approval,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_approval_links (account_id, approval_id, user_id, token_hash)
            select \(approval.accountID.rawValue), \(approval.id.rawValue), user_id, decode(token_hash, 'hex')
            from unnest(\(links.map(\.user.rawValue)), \(links.map { TokenHash.of($0.token).hexadecimal }))
                as given (user_id, token_hash)
            """
        )
    }

    /// Where a link leads, whatever has become of it.
    public struct Link: Sendable {
        /// The approval.
        public let approvalID: Approval.ID
        /// Whose yes it is.
        public let userID: User.ID?
    }

    /// What a mailed link is for, under the system; nil for a text that is none.
    public static func link(_ token: String, in queries: some PostgresQuerying) async throws -> Link? {
        // A link to somebody who has left, or is no owner or admin any more, is none.
        try await queries.query(
            """
            select l.approval_id, l.user_id from igny8_approval_links l
            join igny8_users u on u.id = l.user_id and u.account_id = l.account_id
            where l.token_hash = \(TokenHash.of(token)) and u.is_active and u.role in ('owner', 'admin')
            """
        ).first.map { row in try Link(approvalID: row.id("approval_id"), userID: row.id(ifAny: "user_id")) }
    }

    /// What was shown.
    public static func shown(_ id: Approval.ID, in queries: some PostgresQuerying) async throws -> JSONValue? {
        try await queries.query("select shown from igny8_approvals where id = \(id.rawValue)")
            .first?.decode("shown", as: PostgresJSON?.self)?.decode(JSONValue.self)
    }

    /// Open approvals whose deadline is past, which is where one whose job was lost ends up.
    public static func overdue(
        at moment: Date,
        in queries: some PostgresQuerying
    ) async throws -> [(id: Approval.ID, account: Account.ID)] {
        try await queries.query(
            """
            select id, account_id from igny8_approvals
            where status = 'pending' and deadline_at <= \(moment) and escalated_at is null order by deadline_at, id limit 1000
            """
        ).map { row in (id: try row.id("id"), account: try row.id("account_id")) }
    }

    /// An audit event about an approval.
    public static func event(
        _ action: AuditAction,
        _ approval: Approval,
        from: ApprovalStatus,
        because reason: String = ""
    ) -> AuditEvent {
        AuditEvent(
            action,
            account: approval.accountID,
            subjectKind: ApprovalStatus.subject,
            subjectID: approval.id.rawValue,
            from: from.rawValue,
            to: approval.status.rawValue,
            reason: reason,
            data: [
                "subject": .string("\(approval.subject.rawValue):\(approval.subjectID)"),
                "way": approval.way.map { .string($0.rawValue) } ?? .null,
            ]
        )
    }
}
