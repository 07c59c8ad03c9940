public import FoundationEssentials

/// Somebody's address, with a name for people.
public struct MailAddress: Sendable, Hashable {
    /// Shown before the address; any text.
    public var name: String?
    /// `local@domain`.
    public var address: String

    /// An address with or without a name.
    public init(_ address: String, name: String? = nil) {
        self.address = address
        self.name = name
    }
}

/// A file that travels with a mail.
public struct MailAttachment: Sendable, Hashable {
    /// Its name at the receiver; any text.
    public var filename: String
    /// Such as `application/pdf`.
    public var contentType: String
    /// Its bytes.
    public var content: [UInt8]

    /// A file with these bytes.
    public init(filename: String, contentType: String, content: [UInt8]) {
        self.filename = filename
        self.contentType = contentType
        self.content = content
    }
}

/// One mail to one recipient.
public struct MailMessage: Sendable, Hashable {
    /// The sender, also of the envelope.
    public var from: MailAddress
    /// The one recipient: each mail is a transaction of its own, so that one refusal refuses one mail.
    public var to: MailAddress
    /// Any text.
    public var subject: String
    /// The plain form.
    public var text: String
    /// The form for those who show HTML.
    public var html: String?
    /// Files.
    public var attachments: [MailAttachment]
    /// Without angle brackets, `unique@domain`. Stable over attempts: it is what makes a repeated mail recognisable.
    public var messageID: String
    /// The `Date` header.
    public var date: Date
    /// Further headers, such as `List-Unsubscribe`.
    public var headers: [(name: String, value: String)]

    /// A mail.
    public init(
        from: MailAddress,
        to: MailAddress,
        subject: String,
        text: String,
        html: String? = nil,
        attachments: [MailAttachment] = [],
        messageID: String,
        date: Date,
        headers: [(name: String, value: String)] = []
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.messageID = messageID
        self.date = date
        self.headers = headers
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.from == right.from && left.to == right.to && left.subject == right.subject && left.text == right.text
            && left.html == right.html && left.attachments == right.attachments
            && left.messageID == right.messageID && left.date == right.date
            && left.headers.elementsEqual(right.headers, by: ==)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(messageID) }
}

/// What the server said when it took a mail.
public struct MailReceipt: Sendable, Equatable {
    /// Such as 250.
    public var code: Int
    /// Its last line, often with its own id of the mail.
    public var reply: String
}

/// Why a mail was not taken, and what to do about it.
public enum MailError: Error, Equatable, Sendable {
    /// The mail itself cannot be sent: a line break in an address, for example.
    case invalid(String)
    /// The server refuses it for good (5xx).
    case permanent(code: Int, reply: String)
    /// Not now (4xx), no connection, or our own credentials are refused: send it again later.
    case transient(code: Int?, reply: String)
    /// The whole mail was sent and the connection broke before the answer: it may have been taken. Sending it again may
    /// double it; the same Message-ID lets the receiver see that.
    case outcomeUnknown(String)
}
