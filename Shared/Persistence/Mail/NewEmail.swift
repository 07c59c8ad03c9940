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
        html: String = ""
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
    }
}
