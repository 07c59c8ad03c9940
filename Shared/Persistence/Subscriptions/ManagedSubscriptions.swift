public import DomainModel
public import Postgres

/// `igny8_managed_service_subscriptions`: the managed service of each site.
public enum ManagedSubscriptions {
    static let columns: SQL = """
        id, account_id, site_id, tier, status, monthly_price, next_monthly_price, currency, articles_per_month,
        next_tier, next_articles_per_month, account_manager_id, current_month_articles_published, current_month_start,
        current_month_target, current_month_quota_days, service_config, started_at, paused_at,
        cancelled_at, next_billing_date, cancels_on, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<ManagedSubscription> {
        let currency = try row.currency()
        return try Stored(
            ManagedSubscription(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                tier: row.word("tier"),
                status: row.word("status"),
                monthlyPrice: row.money("monthly_price", in: currency),
                nextMonthlyPrice: row.money(ifAny: "next_monthly_price", in: currency),
                articlesPerMonth: row.decode("articles_per_month"),
                nextTier: row.word(ifAny: "next_tier"),
                nextArticlesPerMonth: row.decode("next_articles_per_month"),
                accountManagerID: row.id(ifAny: "account_manager_id"),
                currentMonthArticlesPublished: row.decode("current_month_articles_published"),
                currentMonthStart: row.day(ifAny: "current_month_start"),
                currentMonthTarget: row.decode("current_month_target"),
                currentMonthQuotaDays: row.decode("current_month_quota_days"),
                serviceConfig: row.json("service_config"),
                startedAt: row.decode("started_at"),
                pausedAt: row.decode("paused_at"),
                cancelledAt: row.decode("cancelled_at"),
                nextBillingDay: row.day(ifAny: "next_billing_date"),
                cancelsOn: row.day(ifAny: "cancels_on"),
                createdAt: row.decode("created_at")
            ),
            row
        )
    }

    /// A subscription, when the tenant may see it.
    public static func find(
        _ id: ManagedSubscription.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ManagedSubscription>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_managed_service_subscriptions
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The subscription of a site that is not cancelled.
    public static func current(
        of site: Site.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ManagedSubscription>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_managed_service_subscriptions
            where site_id = \(site.rawValue) and status <> 'cancelled'
                and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// Subscriptions in some states, account by account, oldest first: the fixed order that makes invoice numbers the
    /// same each time.
    /// - Parameter zone: only those of accounts that live in it.
    public static func all(
        in states: Set<SubscriptionStatus>,
        zone: String? = nil,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<ManagedSubscription>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_managed_service_subscriptions
            where status = any(\(states.map(\.rawValue).sorted())) and \(fragment: tenant.owns())
                and \(fragment: lives(in: zone))
            order by account_id, id
            """
        ).map(decode)
    }

    /// Active subscriptions whose first day not invoiced has come, in the fixed order.
    public static func due(
        by day: CalendarDay,
        zone: String? = nil,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<ManagedSubscription>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_managed_service_subscriptions
            where status = 'active' and next_billing_date <= \(day.postgres) and \(fragment: tenant.owns())
                and \(fragment: lives(in: zone))
            order by account_id, id
            """
        ).map(decode)
    }

    /// The active and paused subscriptions that a billing run may have something to do with by a day: a first day not
    /// invoiced, or an agreed end, that has come. In the fixed order.
    public static func forBilling(
        by day: CalendarDay,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [ManagedSubscription.ID] {
        try await queries.query(
            """
            select id from igny8_managed_service_subscriptions
            where status in ('active', 'paused') and least(next_billing_date, cancels_on) <= \(day.postgres)
                and \(fragment: tenant.owns())
            order by account_id, id
            """
        ).map { row in try row.id("id") }
    }

    /// Several subscriptions in the fixed order, held until the transaction ends.
    public static func hold(
        all ids: [ManagedSubscription.ID],
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> [Stored<ManagedSubscription>] {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_managed_service_subscriptions
            where id = any(\(ids.map(\.rawValue))) and \(fragment: tenant.owns())
            order by account_id, id for no key update
            """
        ).map(decode)
    }

    /// Saves how far subscriptions are invoiced, and nothing else of them, in one statement.
    /// - Throws: ``StaleRevision``.
    public static func saveBilled(
        _ subscriptions: [Stored<ManagedSubscription>],
        in tx: PostgresTransaction
    ) async throws {
        if subscriptions.isEmpty { return }
        let saved = try await tx.query(
            """
            update igny8_managed_service_subscriptions subscription set next_billing_date = given.day
            from unnest(\(subscriptions.map(\.id.rawValue)), \(subscriptions.map(\.revision)),
                \(subscriptions.map { $0.nextBillingDay?.postgres })) as given (id, revision, day)
            where subscription.id = given.id and subscription.revision = given.revision
            """
        ).affected
        guard saved == subscriptions.count else { throw StaleRevision(subject: SubscriptionStatus.subject) }
    }

    private static func lives(in zone: String?) -> SQL {
        guard let zone else { return "true" }
        return "account_id in (select account.id from igny8_accounts account where account.time_zone = \(zone))"
    }

    /// A new pending subscription.
    /// - Throws: ``SiteHasSubscription`` when the site has one that is not cancelled; a foreign key violation when the
    ///   site is not the account's.
    public static func create(
        account: Account.ID,
        site: Site.ID,
        tier: ServiceTier,
        monthlyPrice: Money,
        articlesPerMonth: Int,
        accountManager: User.ID? = nil,
        serviceConfig: ServiceConfig,
        createdBy: User.ID? = nil,
        in queries: some PostgresQuerying
    ) async throws -> Stored<ManagedSubscription> {
        let rows = try await queries.query(
            """
            insert into igny8_managed_service_subscriptions (account_id, site_id, tier, monthly_price, currency,
                articles_per_month, account_manager_id, service_config, created_by)
            values (\(account.rawValue), \(site.rawValue), \(tier.rawValue), \(monthlyPrice.numeric),
                \(monthlyPrice.currency.code), \(articlesPerMonth), \(accountManager?.rawValue),
                \(try PostgresJSON(serviceConfig)), \(createdBy?.rawValue))
            on conflict (site_id) where status <> 'cancelled' do nothing
            returning \(fragment: columns)
            """
        )
        guard let row = rows.first else { throw SiteHasSubscription(siteID: site) }
        return try decode(row)
    }

    /// Saves everything that may change. MRR movements are written by the database.
    /// - Throws: ``StaleRevision``.
    public static func save(
        _ subscription: inout Stored<ManagedSubscription>,
        in queries: some PostgresQuerying
    ) async throws {
        let value = subscription.value
        let rows = try await queries.query(
            """
            update igny8_managed_service_subscriptions set
                tier = \(value.tier.rawValue), status = \(value.status.rawValue),
                monthly_price = \(value.monthlyPrice.numeric), next_monthly_price = \(value.nextMonthlyPrice?.numeric),
                next_tier = \(value.nextTier?.rawValue), next_articles_per_month = \(value.nextArticlesPerMonth),
                articles_per_month = \(value.articlesPerMonth), account_manager_id = \(value.accountManagerID?.rawValue),
                current_month_articles_published = \(value.currentMonthArticlesPublished),
                current_month_start = \(value.currentMonthStart?.postgres),
                current_month_target = \(value.currentMonthTarget),
                current_month_quota_days = \(value.currentMonthQuotaDays),
                service_config = \(try PostgresJSON(value.serviceConfig)), started_at = \(value.startedAt),
                paused_at = \(value.pausedAt), cancelled_at = \(value.cancelledAt),
                next_billing_date = \(value.nextBillingDay?.postgres), cancels_on = \(value.cancelsOn?.postgres)
            where id = \(value.id.rawValue) and revision = \(subscription.revision)
            returning revision, updated_at
            """
        )
        try subscription.saved(rows, subject: SubscriptionStatus.subject)
    }
}

/// The site has a subscription that is not cancelled; it can have one only.
public struct SiteHasSubscription: Error, Hashable, CustomStringConvertible {
    /// Which site.
    public let siteID: Site.ID
    /// One sentence.
    public var description: String { "Site \(siteID) has a managed subscription already." }
}
