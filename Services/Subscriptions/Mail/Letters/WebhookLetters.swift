import DomainModel

extension Letter {
    /// An endpoint has taken nothing for days and is not tried any more.
    static func webhookDisabled(contact: String, url: String, reason: String, house: MailHouse) -> Letter {
        Letter(
            kind: .webhookDisabled,
            subject: "Your webhook endpoint is disabled",
            greeting: "Hello \(contact),",
            paragraphs: [
                "your webhook endpoint has taken nothing for five days, so nothing is sent there any more. "
                    + "What was not delivered is kept and can be replayed."
            ],
            facts: [Fact(name: "Endpoint", value: url), Fact(name: "Last answer", value: reason)],
            action: Action(label: "See what was sent, and enable it", url: "\(house.portal)/webhooks")
        )
    }
}
