import DomainModel
import FoundationEssentials
import Persistence
import Postgres
import WebClient

/// From the draft to the vendors: staff draft, the client answers by the link of the mail, our worker places.
extension LinkBuyer {
    /// `order_links`
    struct Purchase: Codable, Sendable {
        var siteID: Int64
        /// Names the order's links, so that their fates do not depend on ids.
        var name: String
        var links: Int
        /// At cost and fee, with an invoice on delivery, when left out; else at a price, with an invoice on approval.
        var pricing: OrderPricing?

        enum CodingKeys: String, CodingKey {
            case siteID = "site_id"
            case name, links, pricing
        }
    }

    /// `approve_links`, `place_links`
    struct OrderReference: Codable, Sendable {
        var orderID: Int64
        var name: String

        enum CodingKeys: String, CodingKey {
            case orderID = "order_id"
            case name
        }
    }

    // MARK: Staff

    /// Nothing is bought for who is past due (spec 9.8): staff come back the next day.
    func order(_ purchase: Purchase, closing event: WorldEvent) async throws {
        do {
            try await happen(event) { tx in
                guard let site = try await Sites.find(Site.ID(purchase.siteID), for: Self.tenant, in: tx) else {
                    throw NotYet(description: "there is no site \(purchase.siteID) yet")
                }
                let id = try await draft(purchase, for: site.value, in: tx)
                guard var desk = try await OrderApprovals.hold(id, for: Self.tenant, in: tx) else { return Aftermath() }
                // Long enough for a client whose card has to be replaced first.
                let outcome = try await OrderApprovals.submit(&desk, by: nil, days: 25, silence: .escalate, in: tx)
                let reference = OrderReference(orderID: id.rawValue, name: purchase.name)
                let moment = desk.now
                try await tell(
                    "\(purchase.name)-yes",
                    .approveLinks,
                    at: moment.addingTimeInterval(72_000),
                    reference,
                    in: tx
                )
                try await tell(
                    "\(purchase.name)-go",
                    .placeLinks,
                    at: moment.addingTimeInterval(93_600),
                    reference,
                    in: tx
                )
                var aftermath = Aftermath()
                (aftermath.jobs, aftermath.events) = (outcome.jobs, outcome.events)
                return aftermath
            }
        } catch is SpendStopped {
            try await postpone(event)
        }
    }

    /// A draft with its planned links, each of a publisher.
    private func draft(
        _ purchase: Purchase,
        for site: Site,
        in tx: PostgresTransaction
    ) async throws -> BacklinkOrder.ID {
        let publishers = try await Self.publishers(in: tx)
        let terms = try await BacklinkTerms.current(in: tx)
        var links = (0..<purchase.links).map { number in
            let publisher = publishers[number % publishers.count]
            var link = Backlinks.New(
                account: site.accountID,
                site: site.id,
                order: nil,
                targetURL: "https://\(site.domain)/" + (number == 0 ? "" : "guide-\(number)/"),
                cost: publisher.listing.price
            )
            link.publisher = publisher.id
            link.tier = "basic_guest_post"
            link.anchorText = site.name
            return link
        }
        let cost = try links.map(\.cost).total(in: .usd)
        let price =
            switch purchase.pricing ?? .passThrough {
            case .passThrough: OrderPrice(.passThrough, clientPrice: .zero(.usd), costFactor: terms.passThroughFactor)
            // Twice the cost: well above every floor.
            case .package: OrderPrice(.package, clientPrice: try cost + cost)
            }
        var new = BacklinkServiceOrders.New(
            account: site.accountID,
            site: site.id,
            price: price,
            links: purchase.links
        )
        new.expectedCost = cost
        new.subscription = try await ManagedSubscriptions.current(of: site.id, for: .account(site.accountID), in: tx)?
            .id
        let order = try await BacklinkServiceOrders.create(new, in: tx)
        for index in links.indices { links[index].order = order.id }
        _ = try await Backlinks.create(links, in: tx)
        return order.id
    }

    func postpone(_ event: WorldEvent, days: Int = 1) async throws {
        try await database.query(
            "update sandbox.world_events set due_at = igny8_now() + \(days) * interval '1 day' where id = \(event.id)"
        )
    }

    // MARK: The client

    /// Opens the link of the letter, looks at what it shows, and agrees. Who is past due is refused and tries again the next
    /// day.
    func approve(_ order: OrderReference, closing event: WorldEvent) async throws {
        let (status, letters) = try await letters(about: order)
        guard status == .draft else {
            try await database.query(event.closing)
            return
        }
        for token in letters {
            guard let shown = try await open(token), shown.subjectID == order.orderID, shown.status == "pending" else {
                continue
            }
            do {
                _ = try await gateway.post(
                    "services/approvals/\(shown.id)/approve/",
                    try JSONEncoder().encode(["token": token])
                )
            } catch let refusal as GatewayRefusal where refusal.status == 402 {
                return try await postpone(event)
            }
            try await database.query(event.closing)
            return
        }
        throw NotYet(description: "no letter asks about order \(order.orderID)")
    }

    private struct Shown: Decodable {
        var id: Int64
        var subjectID: Int64
        var status: String

        enum CodingKeys: String, CodingKey {
            case id, status
            case subjectID = "subject_id"
        }
    }

    private func open(_ token: String) async throws -> Shown? {
        do {
            let answer = try await gateway.post("services/approvals/open/", try JSONEncoder().encode(["token": token]))
            return try JSONDecoder().decode(Shown.self, from: Data(answer.body))
        } catch let refusal as GatewayRefusal where refusal.status == 404 {
            return nil
        }
    }

    /// The tokens of the letters that the client's people have been sent, the newest first.
    private func letters(about order: OrderReference) async throws -> (BacklinkOrderStatus, [String]) {
        try await database.transaction(settings: Self.tenant.settings(actor: "world")) { tx in
            guard let found = try await BacklinkServiceOrders.find(.init(order.orderID), for: Self.tenant, in: tx)
            else {
                throw NotYet(description: "there is no order \(order.orderID)")
            }
            let tokens = try await tx.query(
                """
                select substring(mail.text_body from '/approvals#([A-Za-z0-9_-]+)') as token from sandbox.mails mail
                where mail.text_body like '%/approvals#%' and mail.recipient in (
                    select u.email from igny8_users u where u.account_id = \(found.accountID.rawValue))
                order by mail.id desc
                """
            ).compactMap { row in try row.decode("token", as: String?.self) }
            return (found.status, tokens)
        }
    }

    // MARK: The vendors hear of it

    /// What our worker has ordered reaches those who place it; an order that is not placed yet is looked for a day later.
    func place(_ order: OrderReference, closing event: WorldEvent) async throws {
        struct NotPlaced: Error {}
        do {
            try await happen(event) { tx in
                guard var desk = try await OrderDesk.open(.init(order.orderID), for: Self.tenant, in: tx) else {
                    return Aftermath()
                }
                guard desk.links.contains(where: { $0.status == .ordered }) else { throw NotPlaced() }
                let publishers = try await Self.publishers(in: tx)
                for (number, link) in desk.links.enumerated() where link.status == .ordered {
                    try await buy(link.id, "\(order.name)-\(number)", of: publishers, at: &desk, in: tx)
                }
                return try await desk.close()
            }
        } catch is NotPlaced {
            try await postpone(event)
        }
    }
}
