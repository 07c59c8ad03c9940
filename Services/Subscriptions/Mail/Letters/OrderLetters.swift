import DomainModel
import Foundation

/// What clients and staff hear of orders of links that wait for a yes (spec 11.10).
extension Letter {
    /// An order waits for the client's yes. The link is theirs alone; its token stands behind the `#`, which browsers keep to
    /// themselves.
    static func orderApproval(
        contact: String,
        offer: OrderOffer,
        deadline: ApprovalDeadline,
        zone: TimeZone,
        token: String,
        isReminder: Bool,
        house: MailHouse
    ) -> Letter {
        let style = Date.FormatStyle(
            date: .long,
            time: .shortened,
            locale: Locale(identifier: "en_GB"),
            timeZone: zone
        )
        let end = "\(deadline.at.formatted(style)) (\(zone.identifier))"
        let silence =
            switch deadline.silence {
            case .approve:
                "If we hear nothing by \(end), we take it for a yes, as agreed: the order lies within your monthly budget "
                    + "for links."
            case .escalate:
                "If we hear nothing by \(end), your account manager will get in touch; nothing is ordered or charged before "
                    + "your yes."
            }
        return Letter(
            kind: isReminder ? .orderReminder : .orderApproval,
            subject: (isReminder ? "Reminder: please" : "Please") + " approve \(offer.links) links for \(offer.site)",
            greeting: "Hello \(contact),",
            paragraphs: [
                isReminder
                    ? "an order of links for \(offer.site) still waits for your answer."
                    : "we have put together an order of links for \(offer.site). Please look at it and tell us whether we may "
                        + "place it.",
                silence,
            ],
            facts: [
                Fact(name: "Site", value: offer.site), Fact(name: "Links", value: String(offer.links)),
                Fact(name: "Price without tax", value: offer.amount.description), Fact(name: "Answer by", value: end),
            ],
            action: Action(label: "Look at the order and answer", url: "\(house.portal)/approvals#\(token)"),
            closing: [
                "The link is yours alone and answers once. It shows the order as it is today; should we change it, you get a "
                    + "new one."
            ]
        )
    }

    /// Nobody has answered, or the answer cannot be taken for a yes.
    static func orderUnanswered(
        manager: String,
        client: String,
        order: Int64,
        because reason: String,
        house: MailHouse
    ) -> Letter {
        Letter(
            kind: .orderUnanswered,
            subject: "Order \(order) of \(client) waits for you",
            greeting: "Hello \(manager),",
            paragraphs: ["order \(order) was laid before \(client) and is not settled.", reason],
            facts: [Fact(name: "Client", value: client), Fact(name: "Order", value: String(order))],
            action: Action(label: "Open the order", url: "\(house.portal)/staff/orders/\(order)")
        )
    }
}
