public import DomainModel
public import Postgres

/// What is sold beside the plan, from the catalogue's tables.
public enum AddOns {
    /// Everything that clients may buy themselves, in the catalogue's order.
    public static func all(in queries: some PostgresQuerying) async throws -> [AddOn] {
        let tiers = try await Catalogue.managedTiers(in: queries).map { tier in
            AddOn(kind: .managedService, key: tier.tier.rawValue, name: tier.name, pricing: .monthly(tier.price))
        }
        let packages = try await CreditService.packages(in: queries).map { package in
            AddOn(kind: .credits, key: package.key, name: package.name, pricing: .once(package.price))
        }
        return try await tiers + links(in: queries) + units(in: queries) + packages
    }

    /// One of them.
    public static func find(
        _ kind: AddOnKind,
        _ key: String,
        in queries: some PostgresQuerying
    ) async throws -> AddOn? {
        try await all(in: queries).first { $0.kind == kind && $0.key == key }
    }

    private static func links(in queries: some PostgresQuerying) async throws -> [AddOn] {
        try await queries.query(
            """
            select key, name, links_min, links_max, price_min, price_max, currency, plan_keys
            from igny8_backlink_packages
            where is_active and not is_staff_only and num_nulls(links_min, links_max, price_min, price_max) = 0
            order by position
            """
        ).map { row in
            let currency = try row.currency()
            return try AddOn(
                kind: .backlinkPackage,
                key: row.decode("key"),
                name: row.decode("name"),
                pricing: .links(
                    LinkPricing(
                        links: row.decode("links_min")...row.decode("links_max"),
                        least: row.money("price_min", in: currency),
                        most: row.money("price_max", in: currency)
                    )
                ),
                plans: row.decode("plan_keys", as: [String].self).map { PlanKey(rawValue: $0) }
            )
        }
    }

    private static func units(in queries: some PostgresQuerying) async throws -> [AddOn] {
        try await queries.query(
            """
            select key, name, price::text as price, currency, plan_keys from igny8_unit_prices
            where key = 'indexing_boost' and is_active
            """
        ).map { row in
            try AddOn(
                kind: .indexingBoost,
                key: row.decode("key"),
                name: row.decode("name"),
                pricing: .unit(UnitCost(decimal: row.decode("price", as: String.self), currency: row.currency())),
                plans: row.decode("plan_keys", as: [String].self).map { PlanKey(rawValue: $0) }
            )
        }
    }

    /// The least multiplier that the catalogue asks of a niche; nil where there is no such niche.
    public static func leastMultiplier(
        ofNiche key: String,
        in queries: some PostgresQuerying
    ) async throws -> Ratio? {
        try await queries.query(
            "select multiplier_min from igny8_niches where key = \(key) and is_active"
        ).first.map { row in try row.ratio("multiplier_min") }
    }
}

/// `igny8_add_on_purchases`: what was bought beside the plan, with the subscription or the invoice it became.
public enum AddOnPurchases {
    /// A purchase that is not stored yet.
    public struct New: Sendable {
        /// What was bought.
        public var addOn: AddOn
        /// For which site.
        public var site: Site.ID?
        /// Links a month, URLs, credits; 1 for a managed service.
        public var quantity = 1
        /// Without tax.
        public var price: Money
        /// What else is agreed: a niche, the URLs.
        public var details: [String: JSONValue] = [:]
        /// The subscription it became.
        public var subscription: ManagedSubscription.ID?
        /// The invoice it became.
        public var invoice: Invoice.ID?

        /// Describes a purchase.
        public init(_ addOn: AddOn, site: Site.ID?, price: Money) {
            self.addOn = addOn
            self.site = site
            self.price = price
        }
    }

    /// What tells one click from another.
    public struct Click: Hashable, Sendable {
        /// The client's own name for the purchase: the same one never buys again. Nil where the client gave none.
        public let key: String?
        /// What was asked for; without a key, the same within ten minutes is the same click.
        public let fingerprint: String

        /// Names a click.
        public init(key: String?, fingerprint: String) {
            self.key = key
            self.fingerprint = fingerprint
        }
    }

    /// What a click has bought already. Hold the account's row first.
    public static func find(
        _ click: Click,
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> Int64? {
        let condition: SQL =
            if let key = click.key {
                "request_key = \("key:" + key)"
            } else {
                """
                fingerprint = \(click.fingerprint) and request_key like 'click:%'
                and created_at > igny8_now() - interval '10 minutes'
                """
            }
        return try await queries.query(
            """
            select id from igny8_add_on_purchases
            where account_id = \(account.rawValue) and \(fragment: condition) order by id desc limit 1
            """
        ).first.map { row in try row.decode("id") }
    }

    /// Stores a purchase.
    /// - Returns: its id.
    public static func add(
        _ purchase: New,
        by click: Click,
        of account: Account.ID,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        try await tx.query(
            """
            insert into igny8_add_on_purchases (account_id, kind, item_key, site_id, subscription_id, invoice_id, price,
                currency, quantity, details, fingerprint, request_key, created_by)
            values (\(account.rawValue), \(purchase.addOn.kind.rawValue), \(purchase.addOn.key),
                \(purchase.site?.rawValue), \(purchase.subscription?.rawValue), \(purchase.invoice?.rawValue),
                \(purchase.price.numeric), \(purchase.price.currency.code), \(purchase.quantity),
                \(try PostgresJSON(purchase.details)), \(click.fingerprint),
                coalesce('key:' || \(click.key)::text,
                    'click:' || \(click.fingerprint)::text || ':' || extract(epoch from igny8_now())::text),
                \(createdBy?.rawValue))
            returning id
            """
        ).only().decode("id")
    }
}
