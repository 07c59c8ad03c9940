public import DomainModel
public import Foundation
public import Postgres

/// `igny8_backlink_indexing_requests`: what is asked of indexing services. Everything here is for many requests at once.
public enum IndexingRequests {
    /// A request, as far as the worker decides by it.
    public struct Request: Sendable {
        /// The row's id.
        public let id: Int64
        /// Whose.
        public let accountID: Account.ID
        /// Which site it is for.
        public let siteID: Site.ID
        /// The link whose page it is.
        public let backlinkID: Backlink.ID?
        /// The page.
        public let url: String
        /// Where it stands.
        public let status: IndexingStatus
        /// Who has it.
        public let service: IndexingServiceKey?
        /// What it was sent with.
        public let batchID: Int64?
        /// Whose report is awaited for it.
        public let reportID: Int64?
        /// What the service calls its task.
        public let providerTask: String?
        /// The first submission.
        public let submittedAt: Date?
        /// Whether it has been sent a second time.
        public let isResubmitted: Bool
        /// Whether it is to be sent a second time.
        public let mustResubmit: Bool
        /// Whether it was in the index before anything was paid.
        public let precheck: IndexFinding?
        /// Whether its page has been looked at for what keeps it out of the index.
        public let isInspected: Bool
        /// Whether it is left alone at first.
        public let isHeldOut: Bool
        /// Services that have been tried in vain.
        public let unwanted: Set<IndexingServiceKey>
        /// What the client pays for it.
        public let clientPrice: UnitCost
    }

    static let columns: SQL = """
        r.id, r.account_id, r.site_id, r.backlink_id, r.url, r.status, r.indexing_service, r.batch_id, r.report_id,
        r.service_request_id, r.submitted_at, r.resubmitted_at is not null as is_resubmitted, r.must_resubmit, r.precheck,
        r.held_out, r.backlink_id is not null or r.inspected_at is not null as is_inspected, r.unwanted, r.client_price::text as client_price, r.currency
        """

    static func decode(_ row: PostgresRow) throws -> Request {
        try Request(
            id: row.decode("id"),
            accountID: row.id("account_id"),
            siteID: row.id("site_id"),
            backlinkID: row.id(ifAny: "backlink_id"),
            url: row.decode("url"),
            status: row.word("status"),
            service: row.word(ifAny: "indexing_service"),
            batchID: row.decode("batch_id"),
            reportID: row.decode("report_id"),
            providerTask: row.decode("service_request_id"),
            submittedAt: row.decode("submitted_at"),
            isResubmitted: row.decode("is_resubmitted"),
            mustResubmit: row.decode("must_resubmit"),
            precheck: row.word(ifAny: "precheck"),
            isInspected: row.decode("is_inspected"),
            isHeldOut: row.decode("held_out"),
            unwanted: Set(row.decode("unwanted", as: [String].self).compactMap { IndexingServiceKey(rawValue: $0) }),
            clientPrice: UnitCost(decimal: row.decode("client_price", as: String.self), currency: row.currency())
        )
    }

    /// A request by its id, held.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> Request? {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_backlink_indexing_requests r
            where r.id = \(id) and \(fragment: tenant.owns("r.account_id")) for no key update
            """
        ).first.map(decode)
    }

    // MARK: What becomes a request

    /// What a run has made of links.
    public struct Queued: Sendable {
        /// How many requests there are now.
        public var created = 0
        /// Pages for which nothing is paid.
        public var spared = 0

        /// Nothing yet.
        public init() {}
    }

    /// Whose links become requests.
    public enum Links: Sendable {
        /// Of a site, because somebody asked.
        case of(Site.ID)
        /// These, because somebody asked.
        case these([Backlink.ID], of: Site.ID)
        /// Of all sites whose managed service includes it.
        case included
    }

    /// Whether a site's managed service includes indexing: its links are submitted by themselves, and cost its client nothing.
    public static func isIncluded(for site: Site.ID, in queries: some PostgresQuerying) async throws -> Bool {
        try await !queries.query(
            """
            select from igny8_managed_service_subscriptions s join igny8_managed_tiers t on t.key = s.tier
            where s.site_id = \(site.rawValue) and s.status = 'active' and t.includes_indexing
            """
        ).isEmpty
    }

    /// Makes requests of live links that are neither indexed nor submitted and whose page may be indexed, as our last look
    /// at it says; notes what is saved by the others. A page that nobody has looked at waits for that.
    /// - Parameter price: what a submission would have cost us.
    public static func queue(
        _ links: Links,
        sparing price: UnitCost,
        createdBy user: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Queued {
        var queued = Queued()
        let which: SQL =
            switch links {
            case .of(let site): "l.site_id = \(site.rawValue)"
            case .these(let ids, let site): "l.site_id = \(site.rawValue) and l.id = any(\(ids.map(\.rawValue)))"
            case .included: "included.pays_nothing"
            }
        var after: (account: Int64, site: Int64, link: Int64) = (0, 0, 0)
        while true {
            let row = try await tx.query(
                """
                with due as materialized (
                    select l.id, l.account_id, l.site_id, l.sector_id, l.source_url, l.last_verdict,
                        case when included.pays_nothing then 0 else unit.price end as price, unit.currency
                    from igny8_sag_backlinks l
                    cross join (select price, currency from igny8_unit_prices where key = 'indexing_boost') unit
                    cross join lateral (select exists (
                        select from igny8_managed_service_subscriptions s join igny8_managed_tiers t on t.key = s.tier
                        where s.site_id = l.site_id and s.status = 'active' and t.includes_indexing) as pays_nothing
                    ) included
                    where l.status = 'live' and not l.is_indexed and not l.indexing_submitted
                        and l.last_verdict is not null and \(fragment: which)
                        and (l.account_id, l.site_id, l.id) > (\(after.account), \(after.site), \(after.link))
                    order by l.account_id, l.site_id, l.id limit \(pageSize)
                    for no key update of l
                ), made as (
                    insert into igny8_backlink_indexing_requests (account_id, site_id, sector_id, backlink_id, url,
                        is_ready, client_price, currency, created_by)
                    select account_id, site_id, sector_id, id, source_url, true, price, currency, \(user?.rawValue)::bigint
                    from due where last_verdict in ('live', 'nofollow')
                    on conflict do nothing
                    returning id
                ), marked as (
                    update igny8_sag_backlinks l set indexing_submitted = true
                    from due where l.id = due.id and due.last_verdict in ('live', 'nofollow')
                ), spared as (
                    insert into igny8_indexing_savings (account_id, site_id, url, reason, cost, client_price, currency)
                    select account_id, site_id, source_url,
                        case last_verdict when 'noindex' then 'noindex' when 'canonicalized' then 'canonical'
                            when 'blocked' then 'robots' else 'status' end,
                        \(PostgresNumeric(unscaled: price.tenThousandths, scale: 4)), price, currency
                    from due where last_verdict not in ('live', 'nofollow')
                    on conflict do nothing
                    returning id
                )
                select (select count(*) from made) as created, (select count(*) from spared) as spared,
                    (select count(*) from due) as found, last.account_id, last.site_id, last.id
                from (values (1)) one left join lateral (
                    select account_id, site_id, id from due order by account_id desc, site_id desc, id desc limit 1
                ) last on true
                """
            ).only()
            queued.created += try row.decode("created", as: Int.self)
            queued.spared += try row.decode("spared", as: Int.self)
            guard try row.decode("found", as: Int.self) == pageSize else { return queued }
            after = (try row.decode("account_id"), try row.decode("site_id"), try row.decode("id"))
        }
    }

    private static let pageSize = 10_000

    /// Makes requests of pages that somebody has named: they are looked at first. One that waits already is left alone.
    /// - Parameters:
    ///   - price: what the client pays for each; nil: what the site's service or the catalogue says.
    ///   - invoice: what has been charged for them already, with the purchase.
    /// - Returns: the requests that are new.
    public static func create(
        _ urls: [String],
        of site: Site,
        price: UnitCost? = nil,
        purchase: Int64? = nil,
        invoice: Invoice.ID? = nil,
        createdBy user: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> [Int64] {
        try await tx.query(
            """
            insert into igny8_backlink_indexing_requests (account_id, site_id, url, client_price, currency, purchase_id,
                invoice_id, next_check_at, created_by)
            select \(site.accountID.rawValue), \(site.id.rawValue), given.url,
                coalesce(\(price.map { PostgresNumeric(unscaled: $0.tenThousandths, scale: 4) })::numeric,
                    case when exists (
                        select from igny8_managed_service_subscriptions s join igny8_managed_tiers t on t.key = s.tier
                        where s.site_id = \(site.id.rawValue) and s.status = 'active' and t.includes_indexing)
                    then 0 else unit.price end),
                unit.currency, \(purchase)::bigint, \(invoice?.rawValue)::bigint,
                igny8_now() + interval '1 day', \(user?.rawValue)::bigint
            from unnest(\(urls)) with ordinality as given (url, position)
            cross join (select price, currency from igny8_unit_prices where key = 'indexing_boost') unit
            order by given.position
            on conflict do nothing
            returning id
            """
        ).map { row in try row.decode("id") }
    }

    /// Makes requests of what was bought and not taken up yet (spec 6, "indexing boost"): it is paid for already.
    /// - Returns: the requests that are new, with their accounts.
    public static func takeUpPurchases(in tx: PostgresTransaction) async throws -> [(id: Int64, account: Account.ID)] {
        try await tx.query(
            """
            insert into igny8_backlink_indexing_requests (account_id, site_id, url, client_price, currency, purchase_id,
                invoice_id, next_check_at, created_by)
            select p.account_id, p.site_id, page.url, p.price / p.quantity, p.currency, p.id, p.invoice_id,
                igny8_now() + interval '1 day', p.created_by
            from igny8_add_on_purchases p
            cross join lateral jsonb_array_elements_text(p.details -> 'urls') as page (url)
            where p.kind = 'indexing_boost' and p.created_at > igny8_now() - interval '31 days'
                and not exists (select from igny8_backlink_indexing_requests r where r.purchase_id = p.id)
            order by p.id
            on conflict do nothing
            returning id, account_id
            """
        ).map { row in (id: try row.decode("id"), account: try row.id("account_id")) }
    }

    // MARK: What is to be placed

    /// Requests for which a service is to be chosen, in the order of their ids, held; those that another run has in hand are
    /// passed over, and so are accounts for which nothing may be spent (spec 9.8).
    public static func ready(
        after id: Int64,
        only request: Int64? = nil,
        limit: Int,
        in tx: PostgresTransaction
    ) async throws -> [Request] {
        let which: SQL = request.map { "r.id = \($0)" } ?? "r.id > \(id)"
        return try await tx.query(
            """
            select \(fragment: columns) from igny8_backlink_indexing_requests r
            where r.is_ready and \(fragment: which)
                and (not exists (select from igny8_invoices i where i.account_id = r.account_id
                        and i.status = 'pending' and i.first_failed_at is not null)
                    or exists (select from igny8_spend_overrides o where o.account_id = r.account_id
                        and o.expires_at > igny8_now()))
            order by r.id limit \(limit) for no key update of r skip locked
            """
        ).map(decode)
    }

    /// Requests that wait for a batch to be sent, or for its report. When neither comes within a day, the daily run takes
    /// them up again.
    public static func place(
        _ requests: [Int64],
        in batch: IndexingBatches.Batch,
        in tx: PostgresTransaction
    ) async throws {
        let change: SQL =
            batch.purpose == .check
            ? "report_id = \(batch.id)" : "batch_id = \(batch.id), indexing_service = \(batch.service.rawValue)"
        try await tx.query(
            """
            update igny8_backlink_indexing_requests
            set \(fragment: change), is_ready = false,
                next_check_at = case when status = 'queued' then igny8_now() + interval '1 day' else next_check_at end
            where id = any(\(requests))
            """
        )
    }

    /// Requests that are left alone for a while; the hold-out has a submission of its own, to nobody.
    public static func holdOut(_ requests: [Int64], in tx: PostgresTransaction) async throws {
        guard !requests.isEmpty else { return }
        try await tx.query(
            """
            with held as (
                update igny8_backlink_indexing_requests set held_out = true, is_ready = false,
                    next_check_at = igny8_now() + make_interval(secs => \(Int(IndexingCourse.holdout)))
                where id = any(\(requests)) returning id, account_id, site_id, currency
            )
            insert into igny8_indexing_submissions (account_id, site_id, request_id, currency, submitted_at)
            select account_id, site_id, id, currency, igny8_now() from held on conflict do nothing
            """
        )
    }

    /// Gives the requests of a batch that is abandoned back, to be placed elsewhere; those whose report is lost go on without.
    /// - Parameter isUnfit: whether its service is not to be asked for them again.
    public static func release(
        _ batch: IndexingBatches.Batch,
        isUnfit: Bool,
        in tx: PostgresTransaction
    ) async throws {
        if batch.purpose == .check {
            try await tx.query(
                """
                update igny8_backlink_indexing_requests set report_id = null,
                    precheck = case when status = 'queued' and not held_out then 'unknown' else precheck end,
                    is_ready = is_ready or (status = 'queued' and not held_out),
                    next_check_at = case when status = 'queued' and not held_out then null else next_check_at end
                where report_id = \(batch.id)
                """
            )
        } else {
            try await tx.query(
                """
                update igny8_backlink_indexing_requests set batch_id = null, is_ready = true,
                    unwanted = case when \(isUnfit) then array_append(unwanted, \(batch.service.rawValue)::text)
                        else unwanted end,
                    next_check_at = case when status = 'queued' then null else next_check_at end,
                    indexing_service = case when status = 'queued' then null else indexing_service end
                where batch_id = \(batch.id) and (status = 'queued' or must_resubmit)
                """
            )
        }
    }
}
