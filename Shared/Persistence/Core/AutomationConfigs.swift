public import DomainModel
public import Postgres

/// `igny8_automation_configs`: how the core's automation works on a site.
public enum AutomationConfigs {
    /// Sets a site's automation to what its service configuration says.
    /// - Parameter stages: which stages run: all for Pro, without taxonomy pages for Lite.
    public static func apply(
        _ automation: ServiceConfig.Automation,
        stages: [String: Bool],
        to site: Site.ID,
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_automation_configs as config (account_id, site_id, is_enabled, schedule, articles_per_run,
                content_types, auto_publish, review_required, stages)
            values (\(account.rawValue), \(site.rawValue), true, \(automation.schedule.rawValue),
                \(automation.articlesPerRun), \(automation.contentTypes), \(automation.autoPublish),
                \(automation.reviewRequired), \(try PostgresJSON(stages)))
            on conflict (site_id) do update set is_enabled = true, schedule = excluded.schedule,
                articles_per_run = excluded.articles_per_run, content_types = excluded.content_types,
                auto_publish = excluded.auto_publish, review_required = excluded.review_required,
                stages = excluded.stages
            """
        )
    }
}
