import DomainModel
import Persistence
import Postgres

extension Office {
    /// The client is welcomed, once.
    func welcome(_ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        let manager = try await manager(of: client.subscription, in: tx)
        try await send(
            .welcome(
                contact: client.contact.name,
                site: client.site.domain.name,
                tier: client.tierName,
                articles: client.subscription.articlesPerMonth,
                manager: manager?.name,
                house: house
            ),
            to: client.contact.email,
            key: "welcome:\(client.subscription.id)",
            account: client.account.id,
            subscription: client.subscription.id,
            in: tx
        )
        return .done("welcomed at \(client.contact.email)")
    }

    /// The account manager hears of the new client; a service that has none yet goes without.
    func notifyManager(_ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        guard let manager = try await manager(of: client.subscription, in: tx) else {
            return .done("no account manager has been named")
        }
        try await send(
            .newClient(
                manager: manager.name,
                client: client.account.name,
                site: client.site.domain.name,
                tier: client.tierName,
                house: house
            ),
            to: manager.email,
            key: "new_client:\(client.subscription.id)",
            account: client.account.id,
            subscription: client.subscription.id,
            in: tx
        )
        return .done("\(manager.email) knows")
    }

    private func manager(of subscription: ManagedSubscription, in tx: PostgresTransaction) async throws -> Contact? {
        guard let id = subscription.accountManagerID,
            let user = try await Users.find(id, for: .system(reason: "an account manager is staff"), in: tx)
        else { return nil }
        return Contact(name: user.name.isEmpty ? user.email.rawValue : user.name, email: user.email)
    }
}
