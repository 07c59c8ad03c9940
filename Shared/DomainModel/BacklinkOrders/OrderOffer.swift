/// What a client is shown of an order before a yes: everything that they agree to, and nothing of what it costs us. An
/// approval is bound to the hash of ``canonical``: the slightest change makes it another offer.
public struct OrderOffer: Hashable, Sendable {
    /// What is shown, as JSON.
    public let document: JSONValue
    /// What will be charged without tax; of a pass-through order, what is expected.
    public let amount: Money
    /// How many links.
    public let links: Int
    /// The site's domain.
    public let site: String

    /// Shows an order with the links that are planned so far.
    public init(of order: BacklinkOrder, links planned: [Backlink], site: Domain) throws(MoneyError) {
        amount = try order.price.charged(atCost: order.expectedCost)
        links = order.linksAgreed
        self.site = site.name
        let open = planned.filter { $0.status != .rejected }.sorted { $0.id.rawValue < $1.id.rawValue }
        document = .object([
            "order_id": .integer(order.id.rawValue),
            "site": .string(site.name),
            "order_type": .string(order.type.rawValue),
            "package": .string(order.package),
            "niche": .string(order.niche),
            "pricing": .string(order.price.pricing.rawValue),
            "niche_surcharge": .string(order.price.surcharge.description),
            "amount": .string(amount.decimalString),
            "currency": .string(amount.currency.code),
            "links_agreed": .integer(Int64(order.linksAgreed)),
            "due_on": order.dueOn.map { .string($0.description) } ?? .null,
            "links": .array(
                open.map { link in
                    .object([
                        "target_url": .string(link.targetURL), "anchor_text": .string(link.anchorText),
                        "anchor_type": .string(link.anchorType.rawValue),
                        "tier": link.tier.map { .string($0) } ?? .null,
                    ])
                }
            ),
        ])
    }

    /// The one text of the document.
    public var canonical: String { document.canonicalText }
}
