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

    /// The name of the template in the outbox: `welcome`, `receipt`.
    let template: String
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
    /// The sender and the address for answers.
    let address: String
}
