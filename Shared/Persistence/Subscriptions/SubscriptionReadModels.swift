extension ReadModel {
    /// Managed subscriptions with the domain they are for and the account's name.
    public static let subscriptions = ReadModel(
        "Subscription",
        table: "igny8_managed_service_subscriptions",
        joins: "join igny8_sites s on s.id = t.site_id join igny8_accounts a on a.id = t.account_id",
        search: ["s.domain", "a.name"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("site_id", .id, filter: true),
            Column("site_domain", .text, "s.domain"),
            Column("tier", .word(["lite", "pro"]), filter: true),
            Column("status", .word(["pending", "active", "paused", "cancelled"]), filter: true, sort: true),
            Column("monthly_price", .money, sort: true),
            Column("next_monthly_price", .money, null: true),
            Column("currency", .text, filter: true),
            Column("articles_per_month", .integer),
            Column("next_tier", .word(["lite", "pro"]), null: true),
            Column("next_articles_per_month", .integer, null: true),
            Column("account_manager_id", .id, null: true, filter: true),
            Column("current_month_articles_published", .integer),
            Column("current_month_target", .integer, null: true),
            Column("current_month_start", .day, null: true),
            Column("service_config", .json),
            Column("started_at", .time, null: true, sort: true),
            Column("paused_at", .time, null: true),
            Column("cancelled_at", .time, null: true),
            Column("cancels_on", .day, null: true),
            Column("next_billing_date", .day, null: true, sort: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// The steps of onboarding, in their order.
    public static let onboardingSteps = ReadModel(
        "OnboardingStep",
        table: "igny8_onboarding_steps",
        defaultOrder: "position",
        columns: [
            Column("id", .id),
            Column("subscription_id", .id),
            Column("step", .text),
            Column("position", .integer, sort: true),
            Column("status", .word(["waiting", "running", "done", "blocked", "skipped", "failed"]), filter: true),
            Column("attempts", .integer),
            Column("detail", .text),
            Column("waits_for", .word(["client", "core", "staff"]), null: true),
            Column("started_at", .time, null: true),
            Column("finished_at", .time, null: true),
            Column("updated_at", .time),
        ]
    )

    /// Intake forms.
    public static let intakes = ReadModel(
        "Intake",
        table: "igny8_client_intakes",
        columns: [
            Column("id", .id),
            Column("subscription_id", .id),
            Column("site_url", .text),
            Column("industry", .text),
            Column("sectors", .texts),
            Column("products_services", .texts),
            Column("problems_solved", .texts),
            Column("brands", .texts),
            Column("locations", .texts),
            Column("competitors", .texts),
            Column("target_countries", .texts),
            Column("social_accounts", .texts),
            Column("seo_state", .text),
            Column("created_at", .time),
            Column("updated_at", .time),
        ]
    )

    /// The hours of the team.
    public static let timeEntries = ReadModel(
        "TimeEntry",
        table: "igny8_time_entries",
        joins: "join igny8_users u on u.id = t.staff_id",
        search: ["t.note"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("subscription_id", .id, filter: true),
            Column("staff_id", .id, filter: true),
            Column("staff_name", .text, "u.name"),
            Column("minutes", .integer, sort: true),
            Column("worked_on", .day, filter: true, sort: true),
            Column("note", .text),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )
}
