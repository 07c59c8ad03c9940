public import DomainModel

/// A mail that is not in the outbox yet.
public struct NewEmail: Sendable {
    /// Which letter it is.
    public let kind: EmailKind
    /// What the mail tells, `invoice_issued:IG-2026-000001`: the same key again is the same mail.
    public let uniqueKey: String
    /// Whose account it concerns.
    public let account: Account.ID
    /// Which managed subscription it concerns.
    public let subscription: ManagedSubscription.ID?
    /// The From header.
    public let sender: String
    /// Where answers go.
    public let replyTo: String?
    /// Each gets one copy, however often the address stands here.
    public let recipients: [EmailAddress]
    /// One line.
    public let subject: String
    /// As plain text.
    public let text: String
    /// As HTML; empty for none.
    public let html: String
    /// Files of the store that go with it.
    public let attachments: [StoredAttachment]
    /// The right side of its `Message-ID`, where that differs from the other mails'.
    public let messageDomain: String?

    /// Puts a mail together.
    public init(
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
        attachments: [StoredAttachment] = [],
        messageDomain: String? = nil
    ) {
        self.kind = kind
        self.uniqueKey = uniqueKey
        self.account = account
        self.subscription = subscription
        self.sender = sender
        self.replyTo = replyTo
        self.recipients = recipients
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.messageDomain = messageDomain
    }
}

/// A file of the store that goes with a mail; it is fetched when the mail is sent.
public struct StoredAttachment: Codable, Hashable, Sendable {
    /// What the store has it under; `igny8_stored_files` says so.
    public let sha256: ContentHash
    /// Its name at the receiver.
    public let fileName: String
    /// Such as `application/pdf`.
    public let mediaType: String
    /// How long it is.
    public let bytes: Int

    /// Names a stored file.
    public init(sha256: ContentHash, fileName: String, mediaType: String, bytes: Int) {
        self.sha256 = sha256
        self.fileName = fileName
        self.mediaType = mediaType
        self.bytes = bytes
    }

    private enum CodingKeys: String, CodingKey {
        case sha256, bytes
        case fileName = "file_name"
        case mediaType = "media_type"
    }
}
