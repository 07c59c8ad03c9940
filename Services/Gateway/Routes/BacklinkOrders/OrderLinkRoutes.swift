import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// Staff plan the links of an order: who places them, where they lead, with which words.
enum OrderLinkRoutes {
    static let endpoints = [plan]

    private static let plan = Endpoint(
        .post,
        "services/backlink-orders/{id}/links/",
        .staff,
        "planBacklinks",
        "Plan links of an order, at most as many as the client buys; those of an approved order are ordered at once"
    ) { call in
        try await call.write { write in
            var desk = try await write.order()
            guard [.draft, .approved, .inProgress].contains(desk.order.status) else {
                throw Problem.conflict(
                    "illegal-transition",
                    "Links are planned until an order is delivered; this one is \(desk.order.status.rawValue)."
                )
            }
            let tenant = Tenant.account(desk.account.id)
            let present = try await Backlinks.all(of: [desk.order.id], for: tenant, in: write.tx).map(\.value)
            let new = try await planned(call.body["links"]?.array ?? [], desk, present, write)
            let open = present.count { $0.status != .rejected && $0.status != .lost && $0.times.writtenOff == nil }
            guard open + new.count <= desk.order.linksAgreed else {
                throw Problem.conflict(
                    "links-agreed",
                    "The client buys \(desk.order.linksAgreed) links; \(open) are planned or placed already."
                )
            }
            let links = try await Backlinks.create(new, in: write.tx).map(\.value)
            try await agree(onCostOf: present + links, &desk, write)
            var outcome = OrderApprovals.Outcome()
            if desk.order.status != .draft, links.contains(where: { $0.publisherID != nil }) {
                outcome.jobs = [BacklinkOrdersJobs.place(desk.order.id, account: desk.account.id)]
            }
            outcome.events = try await OrderApprovals.withdrawIfChanged(
                desk,
                by: write.identity.userID,
                in: write.tx
            )
            outcome.events.append(
                desk.event(
                    .updated,
                    because: "\(links.count) links planned",
                    data: ["links": .array(links.map { .integer($0.id.rawValue) })]
                )
            )
            return try await write.done(desk, outcome, status: .created)
        }
    }.with {
        OrderRoutes.describe(&$0)
        $0.success = .created
        $0.body = .named(
            "PlannedLinks",
            .object([
                .required(
                    "links",
                    .array(
                        .object(
                            [
                                .required("target_url", .url, "A page of the site."),
                                .optional(
                                    "publisher_id",
                                    .id,
                                    "Who places it; it is not ordered before that is known."
                                ),
                                .optional("tier", .formatted(.slug, max: 64), "By the publisher when left out."),
                                .optional("cost", .money, "To us; the publisher's price when left out."),
                                .optional("price", .money, "To the client, where links have prices of their own."),
                                .optional("replaces_id", .id, "The lost or rejected link it stands in for."),
                            ] + PlannedTarget.fields.filter { $0.name != "target_url" }
                        ),
                        count: 1...200
                    )
                )
            ])
        )
    }

    private static func planned(
        _ asked: [JSON],
        _ desk: OrderApprovals.Desk,
        _ present: [Backlink],
        _ write: Write
    ) async throws -> [Backlinks.New] {
        let currency = desk.order.price.clientPrice.currency
        let ids = Set(asked.compactMap { $0["publisher_id"]?.integer.map { Publisher.ID($0) } })
        let found = try await Publishers.find(all: Array(ids), in: write.tx)
        let publishers = Dictionary(found.map { ($0.id, $0.value) }) { first, _ in first }
        let tiers = try await LinkCatalogue.tiers(in: write.tx)
        return try asked.enumerated().map { index, line in
            let at = "links.\(index)"
            let target = try PlannedTarget(line, at: at, on: desk.domain)
            let publisher = try line["publisher_id"]?.integer.map { id in
                guard let publisher = publishers[Publisher.ID(id)], publisher.isActive else {
                    throw Problem.invalid("\(at).publisher_id", "the id of a publisher that is active")
                }
                return publisher
            }
            let named = line["tier"]?.string
            if let named, !tiers.contains(where: { $0.key == named }) {
                throw Problem.invalid("\(at).tier", "the key of a tier")
            }
            let tier =
                named.map { key in tiers.first { $0.key == key } } ?? publisher.flatMap { tiers.tier(of: $0.listing) }
            let given = try QuoteDesk.money(line["cost"], "\(at).cost", currency)
            let cost = try given ?? publisher?.listing.price ?? tier?.middleCost()
            guard let cost, cost.currency == currency else {
                throw Problem.invalid("\(at).cost", "required: what the link costs, in \(currency.code)")
            }
            var new = Backlinks.New(
                account: desk.account.id,
                site: desk.order.siteID,
                order: desk.order.id,
                targetURL: target.url,
                cost: cost
            )
            new.campaign = desk.order.campaignID
            new.publisher = publisher?.id
            new.tier = tier?.key
            new.anchorText = target.anchor
            new.anchorType = target.type
            new.price = try QuoteDesk.money(line["price"], "\(at).price", currency) ?? .zero(currency)
            new.createdBy = write.identity.userID
            new.replaces = try line["replaces_id"]?.integer.map { id in
                let replaced = present.first { $0.id.rawValue == id }
                guard let replaced, replaced.status == .lost || replaced.status == .rejected else {
                    throw Problem.invalid("\(at).replaces_id", "the id of a lost or rejected link of the order")
                }
                return replaced.id
            }
            return new
        }
    }

    /// A draft is expected to cost what its links do; an agreed order may not cost so much that too little is left, unless
    /// a second person has allowed it (spec 9.12).
    private static func agree(
        onCostOf links: [Backlink],
        _ desk: inout OrderApprovals.Desk,
        _ write: Write
    ) async throws {
        let cost = try desk.order.value.expectedCost(planned: links)
        guard desk.order.status == .draft else {
            return try desk.order.value.requireFloor(desk.floor, atCost: cost)
        }
        guard cost != desk.order.expectedCost else { return }
        try desk.order.value.change(expectedCost: cost)
        try await BacklinkServiceOrders.save(&desk.order, in: write.tx)
        try await BacklinkServiceOrders.setPricedBy(write.identity.userID, of: desk.order.id, in: write.tx)
    }
}
