import FoundationEssentials
import JobQueue
import Persistence
import Postgres

/// The core's own daily round: every site whose automation is due gets a run.
struct RunAutomation: JobTask {
    static let name = "run_automation"

    let office: CoreOffice
    var retry: RetryPolicy { .patient }

    /// Early in the morning, when nobody edits.
    static let schedule = Schedule(name: name, cron: "0 5 * * *", zone: .fixed("UTC")) { _, _ in
        NewJob(queue: CoreOffice.queue, task: name, account: nil, payload: NoPayload())
    }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        let tenant = Tenant.system(reason: "automation runs of all sites")
        try await office.store.transaction(as: tenant, actor: CoreOffice.actor(context)) { tx in
            try await tx.query(
                """
                with due as (
                    update igny8_automation_configs config
                    set last_run_at = igny8_now(), next_run_at = igny8_now() + case config.schedule
                        when 'daily' then interval '1 day' when 'weekly' then interval '7 days'
                        else interval '1 month' end
                    where is_enabled and coalesce(next_run_at, '-infinity') <= igny8_now()
                    returning config.*
                ), waiting as (
                    select site_id, count(*) as articles from igny8_content
                    where status = 'review' and not is_deleted group by site_id
                )
                insert into igny8_automation_runs (account_id, site_id, config_id, status, stage_results, credits_used,
                    finished_at)
                select due.account_id, due.site_id, due.id, 'completed',
                    jsonb_build_object('in_review', coalesce(waiting.articles, 0), 'stages', due.stages), 0, igny8_now()
                from due left join waiting using (site_id) order by due.id
                """
            )
            try await context.complete(in: tx)
        }
    }
}
