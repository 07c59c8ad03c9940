import JobQueue
import Postgres

/// A client installs the plugin: the site begins to answer, its integration becomes active, and onboarding is told;
/// all of it with the event's own end, or nothing.
struct PluginInstaller: Sendable {
    /// The owner's connection: it reaches the sandbox's tables and, under the scope of the system, everybody's.
    let database: PostgresDatabase
    let producer: JobProducer
    let publicURL: String

    struct NoSuchSite: Error, CustomStringConvertible {
        var site: Int64
        var description: String { "there is no site \(site) yet" }
    }

    func connect(_ connection: PluginConnection, closing event: WorldEvent) async throws {
        let settings = [
            PostgresSetting("igny8.scope", "system"), PostgresSetting("igny8.actor", "world:\(event.name)"),
        ]
        try await database.transaction(settings: settings) { tx in
            let sites = try await tx.query(
                "select account_id, domain from igny8_sites where id = \(connection.siteID) and not is_deleted"
            )
            guard let site = sites.first else { throw NoSuchSite(site: connection.siteID) }
            let account: Int64 = try site.decode("account_id")
            let host: String = try site.decode("domain")
            try await WordPressSites.connect(host, in: tx)
            try await tx.query(
                """
                insert into igny8_site_integrations (account_id, site_id, platform, status, base_url, credentials_hint)
                values (\(account), \(connection.siteID), 'wordpress', 'active', \("\(publicURL)/wordpress/\(host)"),
                    \("\(WordPressLogin.user), application password"))
                on conflict (site_id, platform) do update set status = 'active', base_url = excluded.base_url
                """
            )
            let subscriptions = try await tx.query(
                """
                select id from igny8_managed_service_subscriptions
                where site_id = \(connection.siteID) and status <> 'cancelled' order by id
                """
            )
            let jobs = try subscriptions.map { row in
                CoreOffice.goOnOnboarding(try row.decode("id"), of: account)
            }
            try await producer.enqueue(jobs, in: tx)
            try await tx.query(event.closing)
        }
    }
}
