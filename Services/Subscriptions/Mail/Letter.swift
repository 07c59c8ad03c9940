import DomainModel

/// What a mail says, before it has a form: written once, and rendered as plain text and as HTML.
struct Letter: Sendable {
    /// One line of a small table: `Invoice` – `IG-2026-000012`.
    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// The one thing the reader can do next.
    struct Action: Sendable {
        let label: String
        let url: String
    }

    /// Which letter it is, as the outbox has it.
    let kind: EmailKind
    let subject: String
    let greeting: String
    let paragraphs: [String]
    var facts: [Fact] = []
    var action: Action?
    /// What follows the action.
    var closing: [String] = []
}

/// Whose name stands under the letters and where their links lead.
struct MailHouse: Sendable {
    /// `IGNY8 Managed Services`.
    let name: String
    /// Where clients log in, without a slash at the end.
    let portal: String
    /// The From header of every mail: an address, or `IGNY8 <service@igny8.example>`.
    let sender: String

    /// The address for answers.
    var address: String { Self.address(in: sender)?.rawValue ?? sender }

    /// The right side of every Message-ID.
    var domain: String { address.split(separator: "@").last.map(String.init) ?? "localhost" }

    /// The address in a From header.
    static func address(in header: String) -> EmailAddress? {
        guard let open = header.lastIndex(of: "<"), header.hasSuffix(">") else { return EmailAddress(header) }
        return EmailAddress(String(header[header.index(after: open)...].dropLast()))
    }
}
