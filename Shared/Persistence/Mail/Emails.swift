public import DomainModel
public import Foundation
public import Postgres

/// A mail of the outbox.
public struct Email: Sendable, Hashable, Identifiable {
    /// A mail's id.
    public typealias ID = DomainModel.ID<Email>

    /// The row's id.
    public let id: ID
    /// Whose account it concerns.
    public let accountID: Account.ID
    /// Which letter it is.
    public let kind: EmailKind
    /// Its `Message-ID`, the same however often it is sent.
    public let messageID: String
    /// From whom.
    public let sender: String
    /// Where answers go.
    public let replyTo: String?
    /// To whom.
    public let recipients: [EmailAddress]
    /// What it is about.
    public let subject: String
    /// As plain text.
    public let text: String
    /// As HTML; empty for none.
    public let html: String
    /// Files of the store that go with it.
    public let attachments: [StoredAttachment]
    /// Where it stands.
    public let status: EmailStatus
    /// How often it was tried.
    public let attempts: Int
    /// When it was written.
    public let createdAt: Date
    /// When a server took it.
    public let sentAt: Date?
}

/// `igny8_emails`: written in the transaction of what they tell, sent by a job of their own.
public enum Emails {
    static let columns: SQL = """
        id, account_id, template, message_id, sender, reply_to, subject, text_body, html_body, attachments, status, attempts,
        sent_at, array(select address from igny8_email_recipients where email_id = email.id order by id) as recipients, created_at,
        updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Email {
        try Email(
            id: row.id("id"),
            accountID: row.id("account_id"),
            kind: row.word("template"),
            messageID: row.decode("message_id"),
            sender: row.decode("sender"),
            replyTo: row.decode("reply_to"),
            recipients: row.decode("recipients", as: [String].self).compactMap { EmailAddress($0) },
            subject: row.decode("subject"),
            text: row.decode("text_body"),
            html: row.decode("html_body"),
            attachments: row.json("attachments"),
            status: row.word("status"),
            attempts: row.decode("attempts"),
            createdAt: row.decode("created_at"),
            sentAt: row.decode("sent_at")
        )
    }

    /// Puts a mail into the outbox, once.
    /// - Parameters:
    ///   - uniqueKey: what the mail tells, `invoice_issued:IG-2026-000001`: the same key again is the same mail.
    ///   - recipients: each gets one copy, however often the address stands here.
    ///   - messageDomain: the right side of its `Message-ID`.
    /// - Returns: nil when it was there already.
    public static func queue(
        _ kind: EmailKind,
        uniqueKey: String,
        account: Account.ID,
        subscription: ManagedSubscription.ID? = nil,
        from sender: String,
        replyTo: String? = nil,
        to recipients: [EmailAddress],
        subject: String,
        text: String,
        html: String = "",
        messageDomain: String,
        in tx: PostgresTransaction
    ) async throws -> Email.ID? {
        let mail = NewEmail(
            kind,
            uniqueKey: uniqueKey,
            account: account,
            subscription: subscription,
            from: sender,
            replyTo: replyTo,
            to: recipients,
            subject: subject,
            text: text,
            html: html
        )
        return try await queue([mail], messageDomain: messageDomain, in: tx)[uniqueKey]
    }

    /// Puts mails into the outbox, each once, in two statements however many they are.
    /// - Returns: the new ones by their keys; what was there already is left out.
    public static func queue(
        _ mails: [NewEmail],
        messageDomain: String,
        in tx: PostgresTransaction
    ) async throws -> [String: Email.ID] {
        if mails.isEmpty { return [:] }
        let messageIDs = mails.map { "<\(UUID().uuidString.lowercased())@\($0.messageDomain ?? messageDomain)>" }
        let rows = try await tx.query(
            """
            insert into igny8_emails (account_id, subscription_id, template, unique_key, message_id, sender, reply_to, subject,
                text_body, html_body, attachments)
            select account_id, subscription_id, template, unique_key, message_id, sender, reply_to, subject, text_body,
                html_body, attachments
            from unnest(\(mails.map(\.account.rawValue)), \(mails.map { $0.subscription?.rawValue }),
                \(mails.map(\.kind.rawValue)), \(mails.map(\.uniqueKey)), \(messageIDs), \(mails.map(\.sender)),
                \(mails.map(\.replyTo)), \(mails.map(\.subject)), \(mails.map(\.text)), \(mails.map(\.html)),
                \(try mails.map { try PostgresJSON($0.attachments) }))
                with ordinality as given (account_id, subscription_id, template, unique_key, message_id, sender, reply_to,
                    subject, text_body, html_body, attachments, n)
            order by n
            on conflict (unique_key) do nothing
            returning id, unique_key
            """
        )
        var ids: [String: Email.ID] = [:]
        for row in rows { ids[try row.decode("unique_key")] = try row.id("id") }
        let addresses = mails.flatMap { mail in
            ids[mail.uniqueKey].map { id in mail.recipients.map { (id: id, account: mail.account, address: $0) } } ?? []
        }
        try await tx.query(
            """
            insert into igny8_email_recipients (account_id, email_id, address)
            select account_id, email_id, address
            from unnest(\(addresses.map(\.account.rawValue)), \(addresses.map(\.id.rawValue)),
                \(addresses.map(\.address.rawValue))) with ordinality as given (account_id, email_id, address, n)
            order by n
            on conflict (email_id, address) do nothing
            """
        )
        return ids
    }

    /// A mail with its recipients.
    public static func find(
        _ id: Email.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Email? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_emails email
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// Several mails with their recipients.
    public static func find(
        all ids: [Email.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Email] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_emails email
            where id = any(\(ids.map(\.rawValue))) and \(fragment: tenant.owns())
            """
        ).map(decode)
    }

    /// A server took the mails; what was sent before stays as it is.
    public static func markSent(_ ids: [Email.ID], in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_emails set status = 'sent', sent_at = igny8_now(), attempts = attempts + 1, last_error = null
            where id = any(\(ids.map(\.rawValue))) and status <> 'sent'
            """
        )
    }

    /// A server took the mail.
    /// - Returns: whether it was still waiting.
    @discardableResult
    public static func markSent(_ id: Email.ID, in queries: some PostgresQuerying) async throws -> Bool {
        try await queries.query(
            """
            update igny8_emails set status = 'sent', sent_at = igny8_now(), attempts = attempts + 1, last_error = null
            where id = \(id.rawValue) and status <> 'sent'
            """
        ).affected > 0
    }

    /// A try failed; for good when no other one follows.
    public static func markTried(
        _ id: Email.ID,
        error: String,
        isFinal: Bool,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_emails set attempts = attempts + 1, last_error = \(error),
                status = case when \(isFinal) then 'failed' else status end
            where id = \(id.rawValue) and status = 'queued'
            """
        )
    }
}
