import DomainModel
import FoundationEssentials
import JobQueue
import Persistence
import Postgres

/// The agency's staff and its vendors, as far as links go: an order is placed, vendors deliver, what is wrong is sent back,
/// what is lost within its guarantee is claimed. Each happening is whole with the event's own end, or nothing.
struct LinkBuyer: Sendable {
    /// The owner's connection: it reaches the sandbox's tables and, under the scope of the system, everybody's.
    let database: PostgresDatabase
    let producer: JobProducer
    let gateway: GatewayClient
    let port: Int

    /// What decides over each page where nothing else is said.
    static let seed = "igny8"
    static let tenant = Tenant.system(reason: "staff and vendors of the sandbox")

    struct NotYet: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: Vendors

    /// Orders a link of its publisher, where it is not ordered yet, and lets the publisher do what is fated.
    func buy(
        _ id: Backlink.ID,
        _ name: String,
        of publishers: [Publisher],
        as fate: Placement.Fate? = nil,
        at desk: inout OrderDesk,
        in tx: PostgresTransaction
    ) async throws {
        let link = try desk.link(id).value
        let publisher = publishers.first { $0.id == link.publisherID }
        var agreement = OrderDesk.Agreement()
        agreement.reference = name
        agreement.due = desk.today.adding(days: publisher?.listing.turnaroundDays ?? 14)
        try await desk.agree(agreement, on: id)
        try await desk.order(id)
        var placement = Placement(
            name,
            on: publisher?.listing.domain.name ?? "gazette.localhost",
            to: link.targetURL,
            anchor: link.anchorText,
            orderedAt: desk.now,
            seed: Self.seed
        )
        if let fate { placement.choose(fate) }
        try await placement.insert(in: tx)
        let order = desk.order.id.rawValue
        let delivery = LinkReference(orderID: order, linkID: id.rawValue, name: name, url: placement.url(port: port))
        try await tell("\(name)-delivery", .deliverLink, at: placement.appearsAt, delivery, in: tx)
        // Staff look after it once the second looks are through.
        let moments = [
            placement.appearsAt.addingTimeInterval(7 * 86_400), placement.vanishesAt?.addingTimeInterval(10 * 86_400),
        ]
        for (number, moment) in moments.enumerated() {
            guard let moment else { continue }
            try await tell("\(name)-care-\(number)", .tendLink, at: moment, delivery, in: tx)
        }
    }

    func tell(
        _ name: String,
        _ kind: WorldEvent.Kind,
        at moment: Date,
        _ payload: some Encodable & Sendable,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into sandbox.world_events (name, kind, due_at, payload)
            values (\(name), \(kind.rawValue), \(moment), \(try PostgresJSON(payload)))
            on conflict (name) do nothing
            """
        )
    }

    // MARK: Vendors deliver, staff look after it

    /// `deliver_link`, `tend_link`
    struct LinkReference: Codable, Sendable {
        var orderID: Int64
        var linkID: Int64
        var name: String
        var url: String

        enum CodingKeys: String, CodingKey {
            case orderID = "order_id"
            case linkID = "link_id"
            case name, url
        }
    }

    func deliver(_ link: LinkReference, closing event: WorldEvent) async throws {
        try await happen(event) { tx in
            guard
                let order = try await BacklinkServiceOrders.find(.init(link.orderID), for: Self.tenant, in: tx)
            else { return Aftermath() }
            var aftermath = Aftermath()
            aftermath.jobs = [
                BacklinkOrdersJobs.recordDelivery(
                    BacklinkOrdersJobs.Deliveries(
                        orderID: order.id,
                        deliveries: [BacklinkOrdersJobs.Delivery(backlinkID: .init(link.linkID), url: link.url)]
                    ),
                    account: order.accountID
                )
            ]
            return aftermath
        }
    }

    /// Sends back what never came about, and has what is lost replaced or refunded, as its vendor does.
    func tend(_ reference: LinkReference, closing event: WorldEvent) async throws {
        do {
            try await lookAfter(reference, closing: event)
        } catch is SpendStopped {
            try await postpone(event, days: 1)
        } catch is Unnoticed {
            try await postpone(event, days: 7)
        }
    }

    /// The link is gone, and our looks have not found that yet.
    private struct Unnoticed: Error {}

    private func lookAfter(_ reference: LinkReference, closing event: WorldEvent) async throws {
        try await happen(event) { tx in
            guard var desk = try await OrderDesk.open(.init(reference.orderID), for: Self.tenant, in: tx) else {
                return Aftermath()
            }
            let id = Backlink.ID(reference.linkID)
            let publishers = try await Self.publishers(in: tx)
            switch try desk.link(id).status {
            case .live:
                let gone = try await tx.query(
                    "select from sandbox.placements where reference = \(reference.name) and vanishes_at <= igny8_now()"
                )
                if !gone.isEmpty { throw Unnoticed() }
            case .pending:
                try await desk.reject(id, because: "the page has no link")
                let other = try await desk.replace(id, because: "the page had no link")
                try await buy(other, reference.name + "-again", of: publishers, as: .good, at: &desk, in: tx)
            case .lost:
                let claims = try await LinkClaims.all(of: id, for: Self.tenant, in: tx)
                if var claim = claims.first(where: { $0.status == .draft }) {
                    try claim.value.send(to: "ticket \(reference.name)", at: desk.now)
                    try await LinkClaims.save(&claim, in: tx)
                    if reference.name.utf8.reduce(0, { $0 &+ Int($1) }).isMultiple(of: 2) {
                        try await desk.resolve(claim.id, by: .refund(claim.expected), note: "refunded")
                    } else {
                        try await desk.resolve(claim.id, by: .replacement, note: "placed again")
                        if let other = desk.links.first(where: { $0.replacesID == id })?.id {
                            try await buy(
                                other,
                                reference.name + "-again",
                                of: publishers,
                                as: .good,
                                at: &desk,
                                in: tx
                            )
                        }
                    }
                } else {
                    try await desk.writeOff(id, because: "nobody answers for it any more")
                }
            default: break
            }
            return try await desk.close()
        }
    }

    // MARK: Support

    func happen(
        _ event: WorldEvent,
        _ body: (PostgresTransaction) async throws -> Aftermath
    ) async throws {
        try await database.transaction(settings: Self.tenant.settings(actor: "world:\(event.name)")) { tx in
            let aftermath = try await body(tx)
            try await producer.enqueue(aftermath.jobs, in: tx)
            try await tx.query(event.closing)
            try await AuditLog.record(aftermath.events, in: tx)
        }
    }

    /// The vendors of the sandbox's web, as a marketplace lists them.
    static func publishers(in tx: PostgresTransaction) async throws -> [Publisher] {
        let names = ["gazette", "courier", "daily-note", "trade-letter", "harbour-post"]
        let known = try await find(names, in: tx)
        if known.count == names.count { return known }
        let listings = names.enumerated().compactMap { index, name in
            Domain("\(name).localhost").map { domain in
                PublisherListing(
                    domain: domain,
                    marketplace: .fatgrid,
                    country: "US",
                    language: "en",
                    dr: 32 + 4 * index,
                    traffic: 4_000 + 1_500 * index,
                    price: Money(minor: 45_00 + Int64(index) * 7_50, currency: .usd),
                    turnaroundDays: 14,
                    guaranteeMonths: [3, 6, 12, 0, 36][index]
                )
            }
        }
        _ = try await Publishers.upsert(listings, in: tx)
        return try await find(names, in: tx)
    }

    private static func find(_ names: [String], in tx: PostgresTransaction) async throws -> [Publisher] {
        let ids = try await tx.query(
            """
            select id from igny8_publishers
            where marketplace = 'fatgrid' and domain = any(\(names.map { $0 + ".localhost" })) order by id
            """
        ).map { row in Publisher.ID(try row.decode("id", as: Int64.self)) }
        return try await Publishers.find(all: ids, in: tx).map(\.value)
    }
}
