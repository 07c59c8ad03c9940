public import DomainModel
public import Foundation
public import Postgres

/// The `igny8_tasks` and `igny8_content` of a managed subscription's months.
public enum DeliveryTasks {
    /// One article of a month.
    public struct Draft: Hashable, Sendable {
        let position: Int
        let sagClusterID: Int64
        let title: String
        let isHub: Bool
        let dueAt: Date

        /// - Parameters:
        ///   - position: from 1; with the subscription and the month it is the task's identity.
        ///   - dueAt: when it is to be published.
        public init(position: Int, sagClusterID: Int64, title: String, isHub: Bool, dueAt: Date) {
            self.position = position
            self.sagClusterID = sagClusterID
            self.title = title
            self.isHub = isHub
            self.dueAt = dueAt
        }
    }

    /// Titles that earlier months have used up.
    public static func titles(
        of site: Site.ID,
        before month: CalendarMonth,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Set<String> {
        let rows = try await queries.query(
            """
            select distinct title from igny8_tasks
            where site_id = \(site.rawValue) and period_start < \(month.firstDay.postgres) and not is_deleted
                and \(fragment: tenant.owns())
            """
        )
        return Set(try rows.map { row in try row.decode("title", as: String.self) })
    }

    /// Writes a month's tasks, and the planner's clusters they need; positions that exist are left alone.
    /// - Parameter defaultSector: for clusters that are about the whole site.
    public static func create(
        _ drafts: [Draft],
        of subscription: ManagedSubscription,
        month: CalendarMonth,
        defaultSector: Sector.ID,
        in tx: PostgresTransaction
    ) async throws {
        guard !drafts.isEmpty else { return }
        try await tx.query(
            """
            insert into igny8_clusters (account_id, site_id, sector_id, sag_cluster_id, name, status)
            select account_id, site_id, coalesce(sector_id, \(defaultSector.rawValue)), id, name, 'mapped'
            from igny8_sag_clusters where id = any(\(drafts.map(\.sagClusterID))) order by id
            on conflict (site_id, sector_id, lower(name)) where not is_deleted do nothing
            """
        )
        try await tx.query(
            """
            insert into igny8_tasks (account_id, site_id, sector_id, cluster_id, title, content_type, content_structure,
                target_words, managed_subscription_id, period_start, period_position, due_at)
            select planned.account_id, planned.site_id, planned.sector_id, planned.id, draft.title,
                case when draft.is_hub then 'cluster_hub' else 'post' end,
                case when draft.is_hub then 'hub' else 'article' end,
                case when draft.is_hub then 2500 else 1200 end,
                \(subscription.id.rawValue), \(month.firstDay.postgres), draft.position, draft.due_at
            from unnest(\(drafts.map(\.position)), \(drafts.map(\.sagClusterID)), \(drafts.map(\.title)),
                \(drafts.map(\.isHub)), \(drafts.map(\.dueAt)))
                as draft (position, sag_cluster_id, title, is_hub, due_at)
            join igny8_sag_clusters sag on sag.id = draft.sag_cluster_id
            join igny8_clusters planned on planned.site_id = sag.site_id and not planned.is_deleted
                and planned.sector_id = coalesce(sag.sector_id, \(defaultSector.rawValue))
                and lower(planned.name) = lower(sag.name)
            order by draft.position
            on conflict (managed_subscription_id, period_start, period_position) do nothing
            """
        )
    }

    /// Counts what was published on the subscription's site between two moments; each item is counted into one month
    /// only, and stays there.
    public static func countPublished(
        of subscription: ManagedSubscription,
        from start: Date,
        to end: Date,
        month: CalendarMonth,
        in tx: PostgresTransaction
    ) async throws -> Int {
        try await tx.query(
            """
            update igny8_content
            set counted_subscription_id = \(subscription.id.rawValue), counted_period_start = \(month.firstDay.postgres)
            where site_id = \(subscription.siteID.rawValue) and source = 'igny8' and status = 'published'
                and not is_deleted and counted_subscription_id is null
                and published_at >= \(start) and published_at < \(end)
            """
        )
        return try await tx.query(
            """
            select count(*)::int as items from igny8_content
            where counted_subscription_id = \(subscription.id.rawValue)
                and counted_period_start = \(month.firstDay.postgres) and status = 'published' and not is_deleted
            """
        ).only().decode("items")
    }
}
