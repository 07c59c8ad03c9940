import DomainModel

/// What clients and managers hear while a site is being taken on (spec 4, "Onboarding").
extension Letter {
    /// How to connect the plugin, while nothing can begin without it.
    static func installationGuide(contact: String, site: String, house: MailHouse) -> Letter {
        Letter(
            kind: .pluginGuide,
            subject: "Connect \(site) so that we can begin",
            greeting: "Hello \(contact),",
            paragraphs: [
                "Your managed service for \(site) is ready to begin; only the connection to your WordPress site is missing.",
                "1. In WordPress open Plugins, then Add New, and search for “IGNY8 SEO”.",
                "2. Install and activate it, then press Connect. You will be asked to log in to your portal once.",
            ],
            action: Action(label: "Open the guide", url: "\(house.portal)/connect/\(site)"),
            closing: [
                "We notice the connection by ourselves and go on at once. If someone else looks after your website, forward "
                    + "this mail to them; nothing is charged before your service is active."
            ]
        )
    }

    /// The service has been set up; this is what happens next.
    static func welcome(
        contact: String,
        site: String,
        tier: String,
        articles: Int,
        manager: String?,
        house: MailHouse
    ) -> Letter {
        var facts = [
            Fact(name: "Service", value: "Managed \(tier)"), Fact(name: "Site", value: site),
            Fact(name: "Articles a month", value: String(articles)),
        ]
        if let manager { facts.append(Fact(name: "Your account manager", value: manager)) }
        return Letter(
            kind: .welcome,
            subject: "Welcome to Managed \(tier) for \(site)",
            greeting: "Hello \(contact),",
            paragraphs: [
                "your plan for \(site) is approved and we are setting up the first month: topics are chosen from your "
                    + "blueprint, written, reviewed, and published to your site by the calendar."
            ],
            facts: facts,
            action: Action(label: "See this month's progress", url: "\(house.portal)/managed-service"),
            closing: ["You need to do nothing now. When we need your approval, you will get a mail that says for what."]
        )
    }

    /// A manager gets a new client.
    static func newClient(manager: String, client: String, site: String, tier: String, house: MailHouse) -> Letter {
        Letter(
            kind: .managerAssigned,
            subject: "New client: \(client), Managed \(tier)",
            greeting: "Hello \(manager),",
            paragraphs: [
                "\(client) is now yours. Onboarding is complete but for the activation, which follows at once."
            ],
            facts: [
                Fact(name: "Client", value: client), Fact(name: "Site", value: site), Fact(name: "Tier", value: tier),
            ],
            action: Action(label: "Open the client", url: "\(house.portal)/staff/clients")
        )
    }
}

extension Letter {
    /// A blueprint waits for the client's approval.
    static func blueprintReady(contact: String, site: String, house: MailHouse) -> Letter {
        Letter(
            kind: .blueprintApproval,
            subject: "Please approve the content plan for \(site)",
            greeting: "Hello \(contact),",
            paragraphs: [
                "the content plan for \(site) is ready: which topics your site will cover, and how its pages hang together.",
                "Please look through it. We begin to write as soon as you have approved it; if something is missing or "
                    + "wrong, say so there and you get a new version.",
            ],
            action: Action(label: "Look at the plan", url: "\(house.portal)/approvals")
        )
    }
}
