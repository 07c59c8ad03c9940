public import DomainModel
public import Foundation
public import Postgres

/// `igny8_sag_backlinks`: links, from the plan to the loss. Their order's counters and cost follow each change.
public enum Backlinks {
    static let columns: SQL = """
        id, account_id, site_id, sector_id, campaign_id, order_id, publisher_id, replaces_id, tier, source_url,
        source_domain, target_url, anchor_text, anchor_type, rel, source_dr, source_traffic, cost, price, currency,
        quality_score, status, supplier_reference, due_on, guarantee_until, ordered_at, delivered_at, live_at, lost_at,
        lost_reason, rejected_at, written_off_at, suspected_at, last_checked_at, last_verdict, http_status, indexed_at,
        ahrefs_verified, ahrefs_last_seen, ahrefs_lost_at, indexing_submitted, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Backlink> {
        let currency = try row.currency()
        var times = Backlink.Times()
        times.ordered = try row.decode("ordered_at")
        times.delivered = try row.decode("delivered_at")
        times.live = try row.decode("live_at")
        times.lost = try row.decode("lost_at")
        times.rejected = try row.decode("rejected_at")
        times.writtenOff = try row.decode("written_off_at")
        times.suspected = try row.decode("suspected_at")
        times.lastChecked = try row.decode("last_checked_at")
        var standing = Backlink.Standing()
        standing.indexedAt = try row.decode("indexed_at")
        standing.ahrefsVerified = try row.decode("ahrefs_verified")
        standing.ahrefsLastSeen = try row.decode("ahrefs_last_seen")
        standing.ahrefsLostAt = try row.decode("ahrefs_lost_at")
        standing.indexingSubmitted = try row.decode("indexing_submitted")
        let url: String? = try row.decode("source_url")
        let domain: String? = try row.decode("source_domain")
        return try Stored(
            Backlink(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                sectorID: row.id(ifAny: "sector_id"),
                campaignID: row.id(ifAny: "campaign_id"),
                orderID: row.id(ifAny: "order_id"),
                publisherID: row.id(ifAny: "publisher_id"),
                replacesID: row.id(ifAny: "replaces_id"),
                tier: row.decode("tier"),
                source: url.flatMap { url in domain.map { LinkSource(url: url, domain: $0) } },
                targetURL: row.decode("target_url"),
                anchorText: row.decode("anchor_text"),
                anchorType: row.word("anchor_type"),
                rel: row.decode("rel"),
                sourceDR: row.decode("source_dr"),
                sourceTraffic: row.decode("source_traffic"),
                cost: row.money("cost", in: currency),
                price: row.money("price", in: currency),
                qualityScore: row.decode("quality_score"),
                status: row.word("status"),
                supplierReference: row.decode("supplier_reference"),
                dueOn: row.day(ifAny: "due_on"),
                guaranteeUntil: row.day(ifAny: "guarantee_until"),
                times: times,
                lostReason: row.decode("lost_reason"),
                lastVerdict: row.word(ifAny: "last_verdict"),
                httpStatus: row.decode("http_status"),
                standing: standing
            ),
            row
        )
    }

    /// A link, when the tenant may see it.
    public static func find(
        _ id: Backlink.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Backlink>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sag_backlinks
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// Some links as they are now, in the order of their ids, in one flight and without a transaction: the cheapest look.
    public static func glance(
        at ids: [Backlink.ID],
        in store: Store,
        for tenant: Tenant,
        actor: String
    ) async throws -> [Stored<Backlink>] {
        let found = try await store.batch(as: tenant, actor: actor, [select(ids, tenant, .none)])
        return try (found.first?.map(decode) ?? [])
    }

    /// Some links, in the order of their ids, in one query.
    public static func find(
        all ids: [Backlink.ID],
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Backlink>] {
        try await queries.query(select(ids, tenant, lock)).map(decode)
    }

    private static func select(_ ids: [Backlink.ID], _ tenant: Tenant, _ lock: RowLock) -> SQL {
        """
        select \(fragment: columns) from igny8_sag_backlinks
        where id = any(\(ids.map(\.rawValue))) and \(fragment: tenant.owns())
        order by id\(fragment: lock.clause)
        """
    }

    /// The links of some orders, in their order, in one query.
    public static func all(
        of orders: [BacklinkOrder.ID],
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Backlink>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sag_backlinks
            where order_id = any(\(orders.map(\.rawValue))) and \(fragment: tenant.owns())
            order by order_id, id\(fragment: lock.clause)
            """
        ).map(decode)
    }

    /// The links of a site in some states, the oldest first.
    public static func all(
        of site: Site.ID,
        in states: Set<BacklinkStatus>,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<Backlink>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_sag_backlinks
            where site_id = \(site.rawValue) and status = any(\(states.map(\.rawValue).sorted()))
                and \(fragment: tenant.owns())
            order by id
            """
        ).map(decode)
    }

    /// Live links that were not looked at since a moment, in the order of their ids.
    /// - Parameter after: only links beyond this one: the next page.
    public static func unchecked(
        since moment: Date,
        after: Backlink.ID = 0,
        limit: Int,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [(id: Backlink.ID, account: Account.ID)] {
        try await queries.query(
            """
            select id, account_id from igny8_sag_backlinks
            where status = 'live' and id > \(after.rawValue)
                and (last_checked_at is null or last_checked_at < \(moment)) and \(fragment: tenant.owns())
            order by id limit \(limit)
            """
        ).map { row in (id: try row.id("id"), account: try row.id("account_id")) }
    }

    /// What is known of a link when it is planned.
    public struct New: Sendable {
        public var account: Account.ID
        public var site: Site.ID
        public var sector: Sector.ID?
        public var campaign: Campaign.ID?
        public var order: BacklinkOrder.ID?
        public var publisher: Publisher.ID?
        public var replaces: Backlink.ID?
        public var tier: String?
        public var targetURL: String
        public var anchorText = ""
        public var anchorType = AnchorType.branded
        public var cost: Money
        public var price: Money
        public var createdBy: User.ID?

        /// Describes a link to a page.
        public init(account: Account.ID, site: Site.ID, order: BacklinkOrder.ID?, targetURL: String, cost: Money) {
            self.account = account
            self.site = site
            self.order = order
            self.targetURL = targetURL
            self.cost = cost
            price = .zero(cost.currency)
        }
    }

    /// New planned links, in one statement.
    /// - Throws: a foreign key violation when site, order or campaign are not the account's, or the order is in another
    ///   currency.
    public static func create(_ new: [New], in queries: some PostgresQuerying) async throws -> [Stored<Backlink>] {
        try await queries.query(
            """
            insert into igny8_sag_backlinks (account_id, site_id, sector_id, campaign_id, order_id, publisher_id,
                replaces_id, tier, target_url, anchor_text, anchor_type, cost, price, currency, created_by)
            select account_id, site_id, sector_id, campaign_id, order_id, publisher_id, replaces_id, tier, target_url,
                anchor_text, anchor_type, cost, price, currency, created_by
            from unnest(\(new.map(\.account.rawValue)), \(new.map(\.site.rawValue)), \(new.map { $0.sector?.rawValue }),
                \(new.map { $0.campaign?.rawValue }), \(new.map { $0.order?.rawValue }),
                \(new.map { $0.publisher?.rawValue }), \(new.map { $0.replaces?.rawValue }), \(new.map(\.tier)),
                \(new.map(\.targetURL)), \(new.map(\.anchorText)), \(new.map(\.anchorType.rawValue)),
                \(new.map(\.cost.numeric)), \(new.map(\.price.numeric)), \(new.map(\.cost.currency.code)),
                \(new.map { $0.createdBy?.rawValue })) with ordinality as given (account_id, site_id, sector_id,
                campaign_id, order_id, publisher_id, replaces_id, tier, target_url, anchor_text, anchor_type, cost, price,
                currency, created_by, position)
            order by position
            returning \(fragment: columns)
            """
        ).map(decode)
    }

    /// Saves everything that may change; the order's counters follow.
    /// - Throws: ``StaleRevision``.
    public static func save(_ link: inout Stored<Backlink>, in queries: some PostgresQuerying) async throws {
        let value = link.value
        let times = value.times
        let standing = value.standing
        let rows = try await queries.query(
            """
            update igny8_sag_backlinks set
                sector_id = \(value.sectorID?.rawValue), campaign_id = \(value.campaignID?.rawValue),
                order_id = \(value.orderID?.rawValue), publisher_id = \(value.publisherID?.rawValue),
                replaces_id = \(value.replacesID?.rawValue), tier = \(value.tier), source_url = \(value.source?.url),
                source_domain = \(value.source?.domain), target_url = \(value.targetURL),
                anchor_text = \(value.anchorText), anchor_type = \(value.anchorType.rawValue), rel = \(value.rel),
                source_dr = \(value.sourceDR), source_traffic = \(value.sourceTraffic), cost = \(value.cost.numeric),
                price = \(value.price.numeric), quality_score = \(value.qualityScore), status = \(value.status.rawValue),
                supplier_reference = \(value.supplierReference), due_on = \(value.dueOn?.postgres),
                guarantee_until = \(value.guaranteeUntil?.postgres), ordered_at = \(times.ordered),
                delivered_at = \(times.delivered), live_at = \(times.live), lost_at = \(times.lost),
                lost_reason = \(value.lostReason), rejected_at = \(times.rejected), written_off_at = \(times.writtenOff),
                suspected_at = \(times.suspected), last_checked_at = \(times.lastChecked),
                last_verdict = \(value.lastVerdict?.rawValue), http_status = \(value.httpStatus),
                is_indexed = \(standing.indexedAt != nil), indexed_at = \(standing.indexedAt),
                ahrefs_verified = \(standing.ahrefsVerified), ahrefs_last_seen = \(standing.ahrefsLastSeen),
                ahrefs_lost_at = \(standing.ahrefsLostAt), indexing_submitted = \(standing.indexingSubmitted)
            where id = \(value.id.rawValue) and revision = \(link.revision)
            returning revision, updated_at
            """
        )
        try link.saved(rows, subject: BacklinkStatus.subject)
    }

    /// Saves what looks at links changed (``Backlink/take(_:at:)``), in one statement; the orders' counters follow.
    /// - Throws: ``StaleRevision`` when one of them was changed since it was read.
    public static func saveLooks(_ links: [Stored<Backlink>], in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_sag_backlinks l set
                status = seen.status, rel = string_to_array(seen.rel, ' '), live_at = seen.live_at, lost_at = seen.lost_at,
                lost_reason = seen.lost_reason, suspected_at = seen.suspected_at,
                last_checked_at = seen.last_checked_at, last_verdict = seen.last_verdict,
                http_status = seen.http_status, ahrefs_lost_at = seen.ahrefs_lost_at
            from unnest(\(links.map(\.id.rawValue)), \(links.map(\.revision)), \(links.map(\.status.rawValue)),
                \(links.map { $0.rel.joined(separator: " ") }), \(links.map(\.times.live)), \(links.map(\.times.lost)),
                \(links.map(\.lostReason)), \(links.map(\.times.suspected)), \(links.map(\.times.lastChecked)),
                \(links.map { $0.lastVerdict?.rawValue }), \(links.map(\.httpStatus)),
                \(links.map(\.standing.ahrefsLostAt))) as seen (id, revision, status, rel, live_at, lost_at, lost_reason,
                suspected_at, last_checked_at, last_verdict, http_status, ahrefs_lost_at)
            where l.id = seen.id and l.revision = seen.revision
            returning l.id
            """
        )
        guard rows.count == links.count else { throw StaleRevision(subject: BacklinkStatus.subject) }
    }

    /// An order's counters and cost as a count of its links gives them, and as its row has them; a test and the checks of
    /// the books hold one against the other.
    /// - Returns: the orders where they differ; none, always.
    public static func miscounted(
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [BacklinkOrder.ID] {
        try await queries.query(
            """
            select o.id from igny8_backlink_service_orders o
            left join lateral (
                select
                    count(*) filter (where l.status in ('ordered', 'pending', 'live', 'lost')) as ordered,
                    count(*) filter (where l.status in ('pending', 'live', 'lost')) as delivered,
                    count(*) filter (where l.status = 'live') as live,
                    count(*) filter (where l.status = 'live' and l.is_indexed) as indexed,
                    coalesce(sum(l.cost) filter (where l.status in ('ordered', 'pending', 'live', 'lost')), 0) as cost
                from igny8_sag_backlinks l where l.order_id = o.id
            ) c on true
            where (o.links_ordered, o.links_delivered, o.links_live, o.links_indexed, o.actual_cost)
                    <> (c.ordered, c.delivered, c.live, c.indexed, c.cost)
                and \(fragment: tenant.owns("o.account_id"))
            order by o.id
            """
        ).map { row in try row.id("id") }
    }
}
