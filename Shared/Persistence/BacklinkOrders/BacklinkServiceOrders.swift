public import DomainModel
public import Postgres

/// `igny8_backlink_service_orders`: orders of links. Their counters, cost, charge and margin are the database's own.
///
/// Whoever changes an order and its links in one transaction holds the order first, then the links: a link's change takes
/// the order's row too.
public enum BacklinkServiceOrders {
    static let columns: SQL = """
        id, account_id, site_id, campaign_id, managed_subscription_id, order_type, package, niche, niche_surcharge,
        surcharge_note, pricing, cost_factor, client_price, currency, links_agreed, expected_cost, margin_allowed_by,
        margin_reason, status, notes, approved_by, approved_at, ordered_at, delivered_at, completed_at, cancelled_at,
        due_on, invoice_id, charged_total, actual_cost, margin, links_ordered, links_delivered, links_live,
        links_indexed, created_by, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<BacklinkOrder> {
        let currency = try row.currency()
        var times = BacklinkOrder.Times()
        times.approved = try row.decode("approved_at")
        times.ordered = try row.decode("ordered_at")
        times.delivered = try row.decode("delivered_at")
        times.completed = try row.decode("completed_at")
        times.cancelled = try row.decode("cancelled_at")
        let allowedBy: User.ID? = try row.id(ifAny: "margin_allowed_by")
        let reason: String? = try row.decode("margin_reason")
        let allowance = allowedBy.flatMap { user in
            reason.map { BacklinkOrder.MarginAllowance(by: user, reason: $0) }
        }
        return try Stored(
            BacklinkOrder(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                campaignID: row.id(ifAny: "campaign_id"),
                subscriptionID: row.id(ifAny: "managed_subscription_id"),
                type: row.word("order_type"),
                package: row.decode("package"),
                niche: row.decode("niche"),
                surchargeNote: row.decode("surcharge_note"),
                price: OrderPrice(
                    row.word("pricing"),
                    clientPrice: row.money("client_price", in: currency),
                    surcharge: row.ratio("niche_surcharge"),
                    costFactor: row.ratio("cost_factor")
                ),
                linksAgreed: row.decode("links_agreed"),
                expectedCost: row.money("expected_cost", in: currency),
                marginAllowed: allowance,
                status: row.word("status"),
                notes: row.decode("notes"),
                dueOn: row.day(ifAny: "due_on"),
                invoiceID: row.id(ifAny: "invoice_id"),
                times: times,
                approvedBy: row.id(ifAny: "approved_by"),
                createdBy: row.id(ifAny: "created_by"),
                figures: BacklinkOrder.Figures(
                    charged: row.money("charged_total", in: currency),
                    cost: row.money("actual_cost", in: currency),
                    margin: row.money("margin", in: currency),
                    ordered: row.decode("links_ordered"),
                    delivered: row.decode("links_delivered"),
                    live: row.decode("links_live"),
                    indexed: row.decode("links_indexed")
                )
            ),
            row
        )
    }

    /// An order, when the tenant may see it.
    public static func find(
        _ id: BacklinkOrder.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<BacklinkOrder>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_backlink_service_orders
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// Orders in some states, the oldest first.
    /// - Parameter after: only orders beyond this one: the next page.
    public static func all(
        in states: Set<BacklinkOrderStatus>,
        after: BacklinkOrder.ID? = nil,
        limit: Int = 1_000,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<BacklinkOrder>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_backlink_service_orders
            where status = any(\(states.map(\.rawValue).sorted())) and id > \(after?.rawValue ?? 0)
                and \(fragment: tenant.owns())
            order by id limit \(limit)
            """
        ).map(decode)
    }

    /// What is agreed when an order is made.
    public struct New: Sendable {
        public var account: Account.ID
        public var site: Site.ID
        public var campaign: Campaign.ID?
        public var subscription: ManagedSubscription.ID?
        public var type = BacklinkOrderType.oneTime
        public var package = "custom"
        public var niche = "general"
        public var surchargeNote: String?
        public var price: OrderPrice
        public var linksAgreed: Int
        public var expectedCost: Money
        public var notes = ""
        public var dueOn: CalendarDay?
        public var createdBy: User.ID?

        /// Describes an order of so many links.
        public init(account: Account.ID, site: Site.ID, price: OrderPrice, links: Int) {
            self.account = account
            self.site = site
            self.price = price
            linksAgreed = links
            expectedCost = .zero(price.clientPrice.currency)
        }
    }

    /// A new draft.
    /// - Throws: a foreign key violation when site, campaign or subscription are not the account's.
    public static func create(
        _ new: New,
        in queries: some PostgresQuerying
    ) async throws -> Stored<BacklinkOrder> {
        let price = new.price
        let row = try await queries.query(
            """
            insert into igny8_backlink_service_orders (account_id, site_id, campaign_id, managed_subscription_id,
                order_type, package, niche, niche_surcharge, surcharge_note, pricing, cost_factor, client_price, currency,
                links_agreed, expected_cost, notes, due_on, created_by)
            values (\(new.account.rawValue), \(new.site.rawValue), \(new.campaign?.rawValue),
                \(new.subscription?.rawValue), \(new.type.rawValue), \(new.package), \(new.niche),
                \(price.surcharge.numeric), \(new.surchargeNote), \(price.pricing.rawValue), \(price.costFactor.numeric),
                \(price.clientPrice.numeric), \(price.clientPrice.currency.code), \(new.linksAgreed),
                \(new.expectedCost.numeric), \(new.notes), \(new.dueOn?.postgres), \(new.createdBy?.rawValue))
            returning \(fragment: columns)
            """
        ).only()
        return try decode(row)
    }

    /// Saves everything that may change. The figures follow by themselves; read the order again for them.
    /// - Throws: ``StaleRevision``, also when one of its links was changed since it was read.
    public static func save(_ order: inout Stored<BacklinkOrder>, in queries: some PostgresQuerying) async throws {
        let value = order.value
        let price = value.price
        let times = value.times
        let rows = try await queries.query(
            """
            update igny8_backlink_service_orders set
                campaign_id = \(value.campaignID?.rawValue), managed_subscription_id = \(value.subscriptionID?.rawValue),
                package = \(value.package), niche = \(value.niche), niche_surcharge = \(price.surcharge.numeric),
                surcharge_note = \(value.surchargeNote), pricing = \(price.pricing.rawValue),
                cost_factor = \(price.costFactor.numeric), client_price = \(price.clientPrice.numeric),
                links_agreed = \(value.linksAgreed), expected_cost = \(value.expectedCost.numeric),
                margin_allowed_by = \(value.marginAllowed?.by.rawValue), margin_reason = \(value.marginAllowed?.reason),
                status = \(value.status.rawValue), notes = \(value.notes), approved_by = \(value.approvedBy?.rawValue),
                approved_at = \(times.approved), ordered_at = \(times.ordered), delivered_at = \(times.delivered),
                completed_at = \(times.completed), cancelled_at = \(times.cancelled), due_on = \(value.dueOn?.postgres),
                invoice_id = \(value.invoiceID?.rawValue)
            where id = \(value.id.rawValue) and revision = \(order.revision)
            returning revision, updated_at
            """
        )
        try order.saved(rows, subject: BacklinkOrderStatus.subject)
    }

    /// Holds orders against other writers until the transaction ends, in the order of their ids. Whoever changes links so
    /// that their orders' counters change holds the orders first.
    public static func hold(_ orders: [BacklinkOrder.ID], in tx: PostgresTransaction) async throws {
        guard !orders.isEmpty else { return }
        try await tx.query(
            """
            select id from igny8_backlink_service_orders where id = any(\(orders.map(\.rawValue)))
            order by id for no key update
            """
        )
    }
}
