public import DomainModel
public import Foundation
public import Postgres

/// An order with its links, held until the transaction ends: the one place where staff, tasks and vendors change them.
///
/// The order is held first, then its links, in their order; whoever comes second waits here. Each step saves its link, books
/// what follows, and notes what is to be told; ``close()`` moves the order on and invoices what is charged on delivery.
public struct OrderDesk: Sendable {
    let tx: PostgresTransaction
    /// As it is after the last step.
    public internal(set) var order: Stored<BacklinkOrder>
    /// All of its links, in their order, as they are after the last step.
    public internal(set) var links: [Stored<Backlink>]
    /// Whose it is.
    public let account: Account
    /// Business time.
    public let now: Date
    /// What is to be told.
    public var aftermath = Aftermath()
    /// In months, by link.
    let guarantees: [Backlink.ID: Int]

    /// Today in the account's zone.
    public var today: CalendarDay { CalendarDay(of: now, in: account.timeZone) }
    var tenant: Tenant { .account(account.id) }

    /// Holds an order and its links.
    /// - Returns: nil when there is none that the tenant may see.
    public static func open(
        _ id: BacklinkOrder.ID,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> OrderDesk? {
        guard let order = try await BacklinkServiceOrders.find(id, for: tenant, lock: .forUpdate, in: tx),
            let account = try await Accounts.find(order.accountID, for: tenant, in: tx)
        else { return nil }
        let links = try await Backlinks.all(of: [id], for: tenant, lock: .forUpdate, in: tx)
        let guarantees = try await tx.query(
            """
            select link.id, coalesce(publisher.guarantee_months, tier.guarantee_months) as months
            from igny8_sag_backlinks link
            left join igny8_publishers publisher on publisher.id = link.publisher_id
            left join igny8_link_tiers tier on tier.key = link.tier
            where link.order_id = \(id.rawValue)
                and coalesce(publisher.guarantee_months, tier.guarantee_months) > 0
            """
        ).map { row in (try row.id("id", of: Backlink.self), try row.decode("months", as: Int.self)) }
        return OrderDesk(
            tx: tx,
            order: order,
            links: links,
            account: account.value,
            now: try await BusinessClock.now(in: tx),
            guarantees: Dictionary(guarantees) { first, _ in first }
        )
    }

    private init(
        tx: PostgresTransaction,
        order: Stored<BacklinkOrder>,
        links: [Stored<Backlink>],
        account: Account,
        now: Date,
        guarantees: [Backlink.ID: Int]
    ) {
        self.tx = tx
        self.order = order
        self.links = links
        self.account = account
        self.now = now
        self.guarantees = guarantees
    }

    /// A link of the order.
    /// - Throws: ``UnknownLink``.
    public func link(_ id: Backlink.ID) throws(UnknownLink) -> Stored<Backlink> {
        guard let link = links.first(where: { $0.id == id }) else { throw UnknownLink(id: id, order: order.id) }
        return link
    }

    /// Saves a link, and takes over what the database makes of its order.
    mutating func save(_ link: Stored<Backlink>) async throws {
        var link = link
        try await Backlinks.save(&link, in: tx)
        if let index = links.firstIndex(where: { $0.id == link.id }) { links[index] = link } else { links.append(link) }
        try await reload()
    }

    mutating func reload() async throws {
        guard let order = try await BacklinkServiceOrders.find(order.id, for: tenant, in: tx) else {
            throw StaleRevision(subject: BacklinkOrderStatus.subject)
        }
        self.order = order
    }

    mutating func note(
        _ action: AuditAction,
        _ link: Backlink,
        from before: BacklinkStatus? = nil,
        because reason: String = "",
        data: [String: JSONValue] = [:]
    ) {
        aftermath.events.append(
            AuditEvent(
                action,
                account: link.accountID,
                subjectKind: BacklinkStatus.subject,
                subjectID: link.id.rawValue,
                from: (before ?? link.status).rawValue,
                to: link.status.rawValue,
                reason: reason,
                data: data
            )
        )
    }

    mutating func note(_ action: AuditAction, from before: BacklinkOrderStatus, because reason: String = "") {
        aftermath.events.append(
            AuditEvent(
                action,
                account: order.accountID,
                subjectKind: BacklinkOrderStatus.subject,
                subjectID: order.id.rawValue,
                from: before.rawValue,
                to: order.status.rawValue,
                reason: reason,
                subscription: order.subscriptionID
            )
        )
    }
}

/// The order has no such link.
public struct UnknownLink: Error, Hashable, CustomStringConvertible {
    /// What was named.
    public let id: Backlink.ID
    /// In which order.
    public let order: BacklinkOrder.ID

    /// One sentence.
    public var description: String { "Order \(order) has no link \(id)." }
}
