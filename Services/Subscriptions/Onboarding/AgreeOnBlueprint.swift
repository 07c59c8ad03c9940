import DomainModel
import JobQueue
import Persistence
import Postgres

extension Office {
    /// A blueprint that the client approved; else the core is asked for one, quick for Lite, detailed for Pro, and the
    /// client for an approval.
    func agreeOnBlueprint(_ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        let subscription = client.subscription
        let tenant = Tenant.account(subscription.accountID)
        guard let blueprint = try await Blueprints.latest(of: subscription.siteID, for: tenant, in: tx) else {
            return try await askForBlueprint(subscription, version: 1, in: tx)
        }
        switch blueprint.status {
        case "approved":
            return .done("blueprint \(blueprint.version) is approved")
        case "review":
            return try await awaitApproval(of: blueprint, client, in: tx)
        case "failed", "archived":
            return try await askForBlueprint(subscription, version: blueprint.version + 1, in: tx)
        default:
            return .blocked(.core, "the blueprint is being made")
        }
    }

    private func awaitApproval(
        of blueprint: Blueprints.Blueprint,
        _ client: Client,
        in tx: PostgresTransaction
    ) async throws -> StepResult {
        let subscription = client.subscription
        let approval = try await Approvals.latest(
            of: .blueprint,
            blueprint.id,
            for: .account(subscription.accountID),
            in: tx
        )
        switch approval?.status {
        case .approved:
            try await Blueprints.approve(blueprint.id, of: subscription.siteID, in: tx)
            return .done("blueprint \(blueprint.version) is approved")
        case .changesRequested:
            return try await askForBlueprint(subscription, version: blueprint.version + 1, in: tx)
        case .pending: break
        case nil, .withdrawn:
            _ = try await Approvals.request(
                .blueprint,
                blueprint.id,
                account: subscription.accountID,
                subscription: subscription.id,
                in: tx
            )
        }
        try await send(
            .blueprintReady(contact: client.contact.name, site: client.site.domain.name, house: house),
            to: client.contact.email,
            key: "blueprint_ready:\(subscription.id):\(blueprint.version)",
            account: client.account.id,
            subscription: subscription.id,
            in: tx
        )
        return .blocked(.client, "blueprint \(blueprint.version) waits for the client's approval")
    }

    private func askForBlueprint(
        _ subscription: ManagedSubscription,
        version: Int,
        in tx: PostgresTransaction
    ) async throws -> StepResult {
        try await producer.enqueue(.generateBlueprint(for: subscription, version: version), in: tx)
        return .blocked(.core, "blueprint \(version) has been asked for")
    }
}
