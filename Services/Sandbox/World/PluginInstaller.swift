import DomainModel
import JobQueue
import Persistence
import Postgres

/// A client installs the plugin: the site begins to answer, its integration becomes active, and onboarding is told.
///
/// Two transactions: a service that begins between them is told, one that begins later finds the plugin. In one, a service
/// could begin while it runs, look for the plugin before its end, and wait for the next morning. What is cut off between
/// the two is done again, since the second ends the event.
struct PluginInstaller: Sendable {
    /// The owner's connection: it reaches the sandbox's tables and, under the scope of the system, everybody's.
    let database: PostgresDatabase
    let producer: JobProducer
    let publicURL: String
    /// Seals the application password; without a key none is kept.
    let secrets: SecretBox?

    struct NoSuchSite: Error, CustomStringConvertible {
        var site: Int64
        var description: String { "there is no site \(site) yet" }
    }

    func connect(_ connection: PluginConnection, closing event: WorldEvent) async throws {
        let tenant = Tenant.system(reason: "a client connects the plugin")
        try await database.transaction(settings: tenant.settings(actor: "world:\(event.name)")) { tx in
            guard let site = try await Sites.find(Site.ID(connection.siteID), for: tenant, in: tx) else {
                throw NoSuchSite(site: connection.siteID)
            }
            try await WordPressSites.connect(site.domain.name, in: tx)
            _ = try await activate(site.value, in: tx)
        }
        try await database.transaction(settings: tenant.settings(actor: "world:\(event.name)")) { tx in
            guard let site = try await Sites.find(Site.ID(connection.siteID), for: tenant, in: tx) else {
                throw NoSuchSite(site: connection.siteID)
            }
            let integration = try await activate(site.value, in: tx)
            let waiting = try await tx.query(
                """
                select id from igny8_managed_service_subscriptions
                where site_id = \(site.id.rawValue) and status <> 'cancelled'
                """
            )
            for subscription in waiting {
                let job = CoreOffice.goOnOnboarding(try subscription.decode("id"), of: site.accountID.rawValue)
                try await producer.enqueue(job, in: tx)
            }
            try await tx.query(event.closing)
            try await AuditLog.record(
                AuditEvent(
                    .activated,
                    account: site.accountID,
                    subjectKind: "site_integration",
                    subjectID: integration,
                    to: "active",
                    reason: "the plugin was connected"
                ),
                in: tx
            )
        }
    }

    private func activate(_ site: Site, in tx: PostgresTransaction) async throws -> Int64 {
        let host = site.domain.name
        let rows = try await tx.query(
            """
            insert into igny8_site_integrations (account_id, site_id, platform, status, base_url, credentials_hint)
            values (\(site.accountID.rawValue), \(site.id.rawValue), 'wordpress', 'active',
                \("\(publicURL)/wordpress/\(host)"), \("\(WordPressLogin.user), application password"))
            on conflict (site_id, platform) do update set status = 'active', base_url = excluded.base_url
            returning id
            """
        )
        guard let id = try rows.first?.decode("id", as: Int64.self) else { throw NoSuchSite(site: site.id.rawValue) }
        if let secrets {
            let place = SecretBox.Place(table: "igny8_site_integrations", row: id, account: site.accountID)
            let credentials = "\(WordPressLogin.user):\(WordPressLogin.password(for: host))"
            let sealed = try await secrets.seal(Array(credentials.utf8), for: place, in: tx)
            try await tx.query("update igny8_site_integrations set credentials = \(sealed) where id = \(id)")
        }
        return id
    }
}
