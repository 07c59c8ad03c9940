import DomainModel
import Persistence
import Postgres

extension Office {
    /// The core's automation works as the service's configuration says; Lite goes without taxonomy pages (spec 1).
    func setUpAutomation(_ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        let subscription = client.subscription
        let automation = subscription.serviceConfig.automation
        let isPro = subscription.tier == .pro
        try await AutomationConfigs.apply(
            automation,
            stages: [
                "planning": true, "writing": true, "images": true, "publishing": true, "linking": isPro,
                "optimization": isPro, "taxonomy": isPro, "schema": isPro, "social": isPro,
            ],
            to: subscription.siteID,
            of: subscription.accountID,
            in: tx
        )
        return .done("\(automation.schedule.rawValue), \(automation.articlesPerRun) a run")
    }
}
