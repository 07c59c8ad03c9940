import DomainModel
import Persistence
import Postgres

extension Office {
    /// Tests the site's connection, if it has one.
    func lookAtPlugin(of subscription: ManagedSubscription) async throws -> StepSight {
        let tenant = Tenant.account(subscription.accountID)
        let connection = try await store.read(as: tenant, actor: "system") { tx in
            try await SiteIntegrations.wordPress(of: subscription.siteID, for: tenant, in: tx)
        }
        guard let connection, connection.isActive || connection.status == "error", let url = connection.baseURL else {
            return .nothing
        }
        return .connection(id: connection.id, await sites.testConnection(to: url))
    }

    /// An active connection whose test passes; else the installation guide goes out, once, and the client is waited for.
    func verifyPlugin(_ sight: StepSight, _ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        let problem: String
        switch sight {
        case .connection(let id, .passed):
            try await SiteIntegrations.recordTest(of: id, failure: nil, in: tx)
            return .done("\(client.site.domain) is connected and answers")
        case .connection(let id, .failed(let reason)):
            try await SiteIntegrations.recordTest(of: id, failure: reason, in: tx)
            problem = "the connection test failed: \(reason)"
        case .nothing:
            problem = "the plugin is not connected yet"
        }
        try await send(
            .installationGuide(contact: client.contact.name, site: client.site.domain.name, house: house),
            to: client.contact.email,
            key: "installation_guide:\(client.subscription.id)",
            account: client.account.id,
            subscription: client.subscription.id,
            in: tx
        )
        return .blocked(.client, problem)
    }
}
