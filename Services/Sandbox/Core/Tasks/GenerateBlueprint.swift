import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Makes a blueprint of a site and lays it before the client, who clicks some minutes later.
struct GenerateBlueprint: JobTask {
    static let name = "generate_blueprint"

    struct Payload: Codable, Sendable {
        var subscription_id: Int64
        var site_id: Int64
        var mode: BlueprintPlan.Mode
    }

    let office: CoreOffice
    var retry: RetryPolicy { .patient }

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let (tenant, account) = try CoreOffice.tenant(context)
        let subscription = ManagedSubscription.ID(payload.subscription_id)
        try await office.store.transaction(as: tenant, actor: CoreOffice.actor(context)) { tx in
            guard let site = try await Sites.find(Site.ID(payload.site_id), for: tenant, in: tx) else {
                throw JobError.permanent("there is no site \(payload.site_id)")
            }
            let latest = try await Blueprints.latest(of: site.id, for: tenant, in: tx)
            if try await isWanted(after: latest, for: tenant, in: tx) {
                let sectors = try await Sectors.all(of: site.id, for: tenant, in: tx).map(\.value)
                let intake =
                    try await Intakes.find(subscription, for: tenant, in: tx)?.value ?? Intake(siteURL: site.url)
                let plan = BlueprintPlan(
                    domain: site.domain.name,
                    mode: payload.mode,
                    intake: intake,
                    sectors: sectors.map(\.name)
                )
                let version = (latest?.version ?? 0) + 1
                let blueprint = try await BlueprintRows.insert(
                    plan,
                    mode: payload.mode,
                    version: version,
                    site: site.value,
                    sectors: sectors,
                    in: tx
                )
                let approval = try await Approvals.request(
                    .blueprint,
                    blueprint,
                    account: account,
                    subscription: subscription,
                    in: tx
                )
                let now = try await BusinessClock.now(in: tx)
                var dice = SiteSeed.dice(site.domain.name, "click", String(version))
                try await office.producer.enqueue(
                    [
                        ClickApproval.job(
                            approval.id,
                            subscription: subscription,
                            of: account,
                            at: now.addingTimeInterval(60 * Double(15 + dice.below(75)))
                        ),
                        CoreOffice.goOnOnboarding(subscription.rawValue, of: account.rawValue),
                    ],
                    in: tx
                )
            }
            try await context.complete(in: tx)
        }
    }

    /// Not while one waits for an answer or is agreed on; after a refusal, a failure or for the first time.
    private func isWanted(
        after latest: Blueprints.Blueprint?,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        guard let latest else { return true }
        switch latest.status {
        case "failed", "archived": return true
        case "review":
            let approval = try await Approvals.latest(of: .blueprint, latest.id, for: tenant, in: tx)
            return approval?.status == .changesRequested
        default: return false
        }
    }
}
