import FoundationEssentials
import Postgres

/// Takes mail in and shows it. As large mailbox providers do, it shows a message once however often it comes, and
/// remembers how often that was.
struct PostOffice: Sendable {
    let database: PostgresDatabase

    /// What the address answers to RCPT, if it was told to bounce.
    func refusal(for address: String) async throws -> String? {
        let rows = try await database.query(
            "select code from sandbox.mail_bounces where address = \(address.lowercased())"
        )
        switch try rows.first?.decode("code", as: Int.self) {
        case 451: return "451 4.2.1 The mailbox of \(address) is busy, try again later"
        case 550: return "550 5.1.1 There is no mailbox \(address)"
        default: return nil
        }
    }

    /// Committed for every recipient before it returns.
    func store(_ envelope: SMTPSession.Envelope) async throws {
        var content = MailContent(reading: envelope.message)
        if content.messageID.isEmpty { content.messageID = "<none-\(StripeID.make("m"))@igny8-sandbox>" }
        let attachments = try PostgresJSON(content.attachments)
        let statements: [SQL] = Set(envelope.recipients.map { $0.lowercased() }).sorted().map { recipient in
            """
            insert into sandbox.mails
              (recipient, message_id, sender, subject, header_from, header_to, text_body, html_body, attachments, raw,
               received_at)
            values (\(recipient), \(content.messageID), \(envelope.sender), \(content.subject), \(content.from),
              \(content.to), \(content.text), \(content.html), \(attachments), \(envelope.message), igny8_now())
            on conflict (recipient, message_id) do update set duplicates = sandbox.mails.duplicates + 1
            """
        }
        try await database.batch(statements)
    }

    /// Newest last: a mailbox is read as it filled.
    func mails(to recipient: String?) async throws -> [StoredMail] {
        var sql: SQL = "select * from sandbox.mails"
        if let recipient { sql += " where recipient = \(recipient.lowercased())" }
        return try await database.query(sql + " order by id limit 1000").map(StoredMail.init)
    }

    func mail(_ id: Int64) async throws -> StoredMail? {
        try await database.query("select * from sandbox.mails where id = \(id)").first.map(StoredMail.init)
    }

    func empty(to recipient: String?) async throws -> Int {
        if let recipient {
            return try await database.query("delete from sandbox.mails where recipient = \(recipient.lowercased())")
                .affected
        }
        return try await database.query("delete from sandbox.mails").affected
    }

    func bounce(_ address: String, code: Int?) async throws {
        guard let code else {
            try await database.query("delete from sandbox.mail_bounces where address = \(address.lowercased())")
            return
        }
        try await database.query(
            """
            insert into sandbox.mail_bounces (address, code) values (\(address.lowercased()), \(code)::integer)
            on conflict (address) do update set code = excluded.code
            """
        )
    }
}

struct StoredMail: Codable, Sendable {
    var id: Int64
    var subject: String
    var from: String
    /// The recipient whose mailbox this is.
    var to: String
    /// The `To` header, as the message says.
    var headerTo: String
    var text: String
    var html: String
    var messageID: String
    var attachments: [MailContent.Attachment]
    /// Business time.
    var receivedAt: Date
    /// How often the same message came again and was not shown.
    var duplicates: Int64

    enum CodingKeys: String, CodingKey {
        case id, subject, from, to, text, html, attachments, duplicates
        case headerTo = "header_to"
        case messageID = "message_id"
        case receivedAt = "received_at"
    }
}

extension StoredMail {
    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        subject = try row.decode("subject")
        from = try row.decode("header_from")
        to = try row.decode("recipient")
        headerTo = try row.decode("header_to")
        text = try row.decode("text_body")
        html = try row.decode("html_body")
        messageID = try row.decode("message_id")
        attachments = try row.decode("attachments", as: PostgresJSON.self).decode()
        receivedAt = try row.decode("received_at")
        duplicates = try row.decode("duplicates")
    }
}
