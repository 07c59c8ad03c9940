import DomainModel

extension Letter {
    /// Google does not let us read the client's figures any longer.
    static func searchConsoleConsent(contact: String, property: String, house: MailHouse) -> Letter {
        Letter(
            kind: .searchConsoleConsent,
            subject: "Please let us read your Search Console again",
            greeting: "Hello \(contact),",
            paragraphs: [
                "Google tells us that we may not read the search figures of your site any longer: the consent was taken "
                    + "back, or it has run out.",
                "Until you give it again, your reports show no newer figures from Google Search. Nothing that was read "
                    + "before is lost, and the days between are read later.",
            ],
            facts: [Fact(name: "Property", value: property)],
            action: Action(label: "Give the consent again", url: "\(house.portal)/integrations/search-console")
        )
    }
}
