public import DomainModel
import Foundation
import Postgres

// What is done to one link. Each step is a named transition of the domain; a step that was made already leaves everything as it is.
extension OrderDesk {
    /// What is agreed with a supplier; nil leaves a fact as it is.
    public struct Agreement: Sendable {
        public var targetURL: String?
        public var anchorText: String?
        public var anchorType: AnchorType?
        public var publisher: Publisher.ID?
        public var reference: String?
        public var due: CalendarDay?
        public var cost: Money?

        /// Nothing new.
        public init() {}

        var isEmpty: Bool {
            targetURL == nil && anchorText == nil && anchorType == nil && publisher == nil && reference == nil
                && due == nil
                && cost == nil
        }
    }

    /// Changes what is agreed on a link that is not delivered yet.
    /// - Throws: ``IllegalTransition`` once it is: the books hold its cost and the evidence its words.
    public mutating func agree(_ agreement: Agreement, on id: Backlink.ID) async throws {
        var link = try link(id)
        guard !agreement.isEmpty else { return }
        guard link.status == .planned || link.status == .ordered else {
            throw Self.refusal("change", link.value)
        }
        link.targetURL = agreement.targetURL ?? link.targetURL
        link.anchorText = agreement.anchorText ?? link.anchorText
        link.anchorType = agreement.anchorType ?? link.anchorType
        link.publisherID = agreement.publisher ?? link.publisherID
        link.supplierReference = agreement.reference ?? link.supplierReference
        link.dueOn = agreement.due ?? link.dueOn
        link.cost = agreement.cost ?? link.cost
        try await save(link)
        note(.updated, link.value)
    }

    /// planned → ordered; the first one starts its order.
    /// - Throws: ``IllegalTransition``; ``SpendStopped`` while the account is past due.
    public mutating func order(_ id: Backlink.ID) async throws {
        var link = try link(id)
        if link.status == .ordered { return }
        let before = link.status
        try link.value.order(at: now)
        try await SpendGuards.read(account.id, in: tx).allow(link.cost)
        // A replacement may be ordered when all the others have long been delivered.
        if order.status != .delivered, order.status != .completed {
            let from = order.status
            if try order.value.start(at: now) {
                try await BacklinkServiceOrders.save(&order, in: tx)
                note(.ordered, from: from)
            }
        }
        try await save(link)
        note(.ordered, link.value, from: before)
    }

    /// ordered → pending: the supplier says where it stands. Its cost goes into the books, its page is looked at.
    /// - Parameters:
    ///   - day: the day it went online, where that is not today.
    ///   - cost: what it really cost, where that is not what was agreed.
    /// - Returns: false when just this was known already.
    /// - Throws: ``IllegalTransition``, ``UnknownLink``, ``DeliveryRefused``.
    @discardableResult
    public mutating func deliver(
        _ id: Backlink.ID,
        at url: String,
        on day: CalendarDay? = nil,
        cost: Money? = nil
    ) async throws -> Bool {
        var link = try link(id)
        if let known = link.source, known.url == url, link.times.delivered != nil, link.status != .rejected {
            return false
        }
        guard let source = LinkSource(url: url), LinkURL(url) != nil else { throw DeliveryRefused.noPage(url) }
        let taken = try await tx.query(
            """
            select from igny8_sag_backlinks
            where site_id = \(link.siteID.rawValue) and source_url = \(url) and target_url = \(link.targetURL)
                and id <> \(id.rawValue) and status not in ('lost', 'rejected')
            """
        )
        guard taken.isEmpty else { throw DeliveryRefused.taken(url) }
        let moment = try moment(of: day, for: link.value)
        let before = link.status
        try link.value.deliver(on: source, at: moment, in: account.timeZone, guaranteedFor: guarantees[id])
        link.cost = cost ?? link.cost
        try await save(link)
        try await Ledger.post(try Self.cost(of: link.value, order.value, on: today), in: tx)
        aftermath.jobs.append(BacklinkOrdersJobs.verify(id, account: account.id))
        note(
            .delivered,
            link.value,
            from: before,
            data: ["url": .string(url), "cost": .string(link.cost.description)]
        )
        return true
    }

    /// planned, ordered or pending → rejected. What it cost is not owed.
    public mutating func reject(_ id: Backlink.ID, because reason: String) async throws {
        var link = try link(id)
        if link.status == .rejected { return }
        let before = link.status
        try link.value.reject(at: now)
        try await save(link)
        try await Ledger.reverse(try Self.cost(of: link.value, order.value, on: today), on: today, in: tx)
        note(.rejected, link.value, from: before, because: reason)
    }

    /// A planned link in place of one that was rejected or lost; what is lost is waited for no longer.
    /// - Parameter cost: what it will cost, where that is not what the other one did.
    /// - Returns: the new link, or the one that stands in for it already.
    @discardableResult
    public mutating func replace(
        _ id: Backlink.ID,
        cost: Money? = nil,
        because reason: String
    ) async throws -> Backlink.ID {
        var link = try link(id)
        if let known = links.first(where: { $0.replacesID == id && $0.status != .rejected }) { return known.id }
        guard link.status == .rejected || link.status == .lost else { throw Self.refusal("replace", link.value) }
        if link.status == .lost, link.times.writtenOff == nil {
            link.value.writeOff(at: now)
            try await save(link)
        }
        var new = Backlinks.New(
            account: link.accountID,
            site: link.siteID,
            order: order.id,
            targetURL: link.targetURL,
            cost: cost ?? link.cost
        )
        new.sector = link.sectorID
        new.campaign = link.campaignID
        new.publisher = link.publisherID
        new.replaces = id
        new.tier = link.tier
        new.anchorText = link.anchorText
        new.anchorType = link.anchorType
        new.price = link.price
        links += try await Backlinks.create([new], in: tx)
        guard let replacement = links.last?.value else { throw UnknownLink(id: id, order: order.id) }
        try await reload()
        note(.replaced, link.value, because: reason, data: ["replacement": .integer(replacement.id.rawValue)])
        return replacement.id
    }

    /// It is waited for no longer and keeps the order open no more.
    public mutating func writeOff(_ id: Backlink.ID, because reason: String) async throws {
        var link = try link(id)
        if link.times.writtenOff != nil { return }
        guard link.status != .live, link.status != .planned else { throw Self.refusal("write_off", link.value) }
        link.value.writeOff(at: now)
        try await save(link)
        note(.writtenOff, link.value, because: reason)
    }

    /// The vendor gave money back for a link that was delivered: it cost so much less.
    mutating func refund(_ amount: Money, for id: Backlink.ID, because reason: String) async throws {
        var link = try link(id)
        var returned = link.value
        returned.cost = amount
        try await Ledger.reverse(try Self.cost(of: returned, order.value, on: today), on: today, in: tx)
        link.cost = try link.cost - amount
        if link.status == .lost { link.value.writeOff(at: now) }
        try await save(link)
        note(.refunded, link.value, because: reason, data: ["amount": .string(amount.description)])
    }

    /// What a delivered link costs us, as the books have it: once for each link.
    static func cost(of link: Backlink, _ order: BacklinkOrder, on day: CalendarDay) throws -> VendorCost {
        try VendorCost(
            .link,
            reference: "\(link.id)",
            UnitCost(decimal: link.cost.decimalString, currency: link.cost.currency),
            on: day,
            tags: LedgerTags(
                accountID: link.accountID,
                siteID: link.siteID,
                subscriptionID: order.subscriptionID,
                orderID: order.id,
                backlinkID: link.id
            )
        )
    }

    /// The moment of a delivery that was told later: the end of that day, never before the order or after now.
    private func moment(of day: CalendarDay?, for link: Backlink) throws(DeliveryRefused) -> Date {
        guard let day, day != today else { return now }
        let ordered = link.times.ordered ?? now
        guard day < today, CalendarDay(of: ordered, in: account.timeZone) <= day else { throw .notThatDay(day) }
        return max(ordered, day.adding(days: 1).start(in: account.timeZone).addingTimeInterval(-1))
    }

    private static func refusal(_ transition: String, _ link: Backlink) -> IllegalTransition {
        IllegalTransition(
            subject: BacklinkStatus.subject,
            from: link.status.rawValue,
            transition: transition,
            allowed: link.status.allowed.map(\.rawValue)
        )
    }
}

/// Why a delivery cannot be taken though the link's state would let it.
public enum DeliveryRefused: Error, Hashable, CustomStringConvertible {
    /// The address is none of a web page.
    case noPage(String)
    /// Another link of the site stands there already, to the same page.
    case taken(String)
    /// Before the order, or ahead of us.
    case notThatDay(CalendarDay)

    /// The part of the request that is wrong.
    public var field: String {
        switch self {
        case .noPage, .taken: "source_url"
        case .notThatDay: "live_on"
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .noPage(let url): "\(url.prefix(200)) is no address of a web page."
        case .taken(let url): "Another link to the same page stands on \(url.prefix(200))."
        case .notThatDay(let day): "\(day) is not between the day it was ordered and today."
        }
    }
}
