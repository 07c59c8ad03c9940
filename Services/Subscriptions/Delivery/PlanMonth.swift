import DomainModel
import JobQueue
import Persistence
import Postgres

/// Why a month cannot be planned; somebody of the staff has to do something.
struct UnplannableMonth: Error, CustomStringConvertible {
    let description: String
}

extension Office {
    /// Writes the content tasks of the month that a subscription is in and asks the core to write them. A month planned
    /// twice is planned once.
    func planMonth(of subscription: ManagedSubscription, in tx: PostgresTransaction) async throws {
        guard let served = subscription.currentProration else { return }
        try await createTasks(of: subscription, served: served, in: tx)
        try await producer.enqueue(.writeContent(for: subscription, month: served.month), in: tx)
    }

    /// - Returns: how many articles the month has.
    @discardableResult
    func createTasks(
        of subscription: ManagedSubscription,
        served: Proration,
        in tx: PostgresTransaction
    ) async throws -> Int {
        let tenant = Tenant.account(subscription.accountID)
        guard let blueprint = try await Blueprints.approved(of: subscription.siteID, for: tenant, in: tx) else {
            throw UnplannableMonth(description: "the site has no approved blueprint")
        }
        let sectors = try await Sectors.all(of: subscription.siteID, for: tenant, in: tx)
        guard let sector = sectors.first?.id else { throw UnplannableMonth(description: "the site has no sector") }
        let clusters = try await Blueprints.clusters(of: blueprint.id, for: tenant, in: tx)
        let zone = try await account(subscription.accountID, in: tx).timeZone
        let written = try await DeliveryTasks.titles(
            of: subscription.siteID,
            before: served.month,
            for: tenant,
            in: tx
        )
        let articles = MonthPlan.articles(
            target: subscription.currentMonthTarget ?? served.quota(subscription.articlesPerMonth),
            tier: subscription.tier,
            clusters: clusters.map {
                MonthPlan.Cluster(
                    id: $0.id,
                    sectorID: $0.sectorID,
                    name: $0.name,
                    hubTitle: $0.hubTitle,
                    supportingTitles: $0.supportingTitles
                )
            },
            written: written,
            served: served
        )
        try await DeliveryTasks.create(
            articles.map {
                DeliveryTasks.Draft(
                    position: $0.position,
                    sagClusterID: $0.cluster,
                    title: $0.title,
                    isHub: $0.isHub,
                    dueAt: $0.day.moment(hour: 12, in: zone)
                )
            },
            of: subscription,
            month: served.month,
            defaultSector: sector,
            in: tx
        )
        return articles.count
    }
}
