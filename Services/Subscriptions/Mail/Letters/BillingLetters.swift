import DomainModel

/// What clients hear about their invoices (spec 9.8: a mail with each attempt that failed).
extension Letter {
    /// An invoice was charged.
    static func receipt(contact: String, invoice: String, total: Money, method: String, house: MailHouse) -> Letter {
        Letter(
            kind: .paymentReceived,
            subject: "Receipt for invoice \(invoice)",
            greeting: "Hello \(contact),",
            paragraphs: ["thank you: invoice \(invoice) is paid."],
            facts: [
                Fact(name: "Invoice", value: invoice), Fact(name: "Paid", value: total.description),
                Fact(name: "With", value: method),
            ],
            action: Action(label: "View the invoice", url: "\(house.portal)/invoices")
        )
    }

    /// An invoice waits for a payment by hand: a bank transfer, or a client without a saved method.
    static func invoiceDue(contact: String, invoice: String, total: Money, due: String, house: MailHouse) -> Letter {
        Letter(
            kind: .invoiceIssued,
            subject: "Invoice \(invoice) is due on \(due)",
            greeting: "Hello \(contact),",
            paragraphs: ["your invoice \(invoice) has been issued. There is no method that we can charge it to."],
            facts: [
                Fact(name: "Invoice", value: invoice), Fact(name: "Amount", value: total.description),
                Fact(name: "Due", value: due),
            ],
            action: Action(label: "Pay or add a method", url: "\(house.portal)/invoices")
        )
    }

    /// The bank said no; we will try again by ourselves.
    static func paymentFailed(
        contact: String,
        invoice: String,
        total: Money,
        reason: String,
        nextTry: String?,
        house: MailHouse
    ) -> Letter {
        var facts = [Fact(name: "Invoice", value: invoice), Fact(name: "Amount", value: total.description)]
        if let nextTry { facts.append(Fact(name: "Next try", value: nextTry)) }
        return Letter(
            kind: .paymentFailed,
            subject: "We could not charge invoice \(invoice)",
            greeting: "Hello \(contact),",
            paragraphs: ["your bank declined the charge: \(reason). Your service goes on for now."],
            facts: facts,
            action: Action(label: "Change the payment method", url: "\(house.portal)/payment-methods"),
            closing: ["A new method is charged at once, and you need to do nothing more."]
        )
    }

    /// The bank will go on saying no until the client acts.
    static func paymentActionRequired(
        contact: String,
        invoice: String,
        total: Money,
        reason: String,
        house: MailHouse
    ) -> Letter {
        Letter(
            kind: .paymentActionRequired,
            subject: "Please act: invoice \(invoice) cannot be charged",
            greeting: "Hello \(contact),",
            paragraphs: [
                "your bank declined the charge and will do so again: \(reason). We do not try this method any more."
            ],
            facts: [Fact(name: "Invoice", value: invoice), Fact(name: "Amount", value: total.description)],
            action: Action(label: "Add another method", url: "\(house.portal)/payment-methods"),
            closing: ["A new method is charged at once, and you need to do nothing more."]
        )
    }

    /// The last attempt failed: work stops until the invoice is paid.
    static func servicePaused(contact: String, site: String, invoice: String, total: Money, house: MailHouse) -> Letter
    {
        Letter(
            kind: .servicePaused,
            subject: "The service for \(site) is paused",
            greeting: "Hello \(contact),",
            paragraphs: [
                "invoice \(invoice) could not be charged in two weeks, so the managed service for \(site) is paused. "
                    + "Nothing is lost: your settings, plan and history stay as they are."
            ],
            facts: [Fact(name: "Invoice", value: invoice), Fact(name: "Amount", value: total.description)],
            action: Action(label: "Pay and go on", url: "\(house.portal)/invoices")
        )
    }
}

extension Letter {
    /// What was owed is paid: work goes on where it stopped.
    static func serviceResumed(contact: String, site: String, house: MailHouse) -> Letter {
        Letter(
            kind: .serviceResumed,
            subject: "The service for \(site) goes on",
            greeting: "Hello \(contact),",
            paragraphs: [
                "what was owed is paid, and the managed service for \(site) goes on where it stopped. Thank you."
            ],
            action: Action(label: "See what is planned", url: house.portal)
        )
    }
}

/// What staff hear about money.
extension Letter {
    /// A client's bank took a payment back until it is decided.
    static func disputeOpened(
        contact: String,
        client: String,
        invoice: String,
        amount: Money,
        reason: String,
        house: MailHouse
    ) -> Letter {
        Letter(
            kind: .disputeOpened,
            subject: "\(client) disputes \(amount) of invoice \(invoice)",
            greeting: "Hello \(contact),",
            paragraphs: [
                "the bank of \(client) has taken a payment back. Answer it at the gateway while there is time: what is "
                    + "not answered is lost."
            ],
            facts: [
                Fact(name: "Invoice", value: invoice), Fact(name: "Amount", value: amount.description),
                Fact(name: "Reason", value: reason),
            ]
        )
    }
}
