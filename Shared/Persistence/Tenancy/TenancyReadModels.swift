extension ReadModel {
    /// Accounts with their plan's key.
    public static let accounts = ReadModel(
        "Account",
        table: "igny8_accounts",
        joins: "join igny8_plans p on p.id = t.plan_id",
        tenantColumn: "t.id",
        search: ["t.name", "t.billing_email"],
        columns: [
            Column("id", .id, sort: true),
            Column("name", .text, sort: true),
            Column("plan", .text, "p.key", filter: true),
            Column("status", .word(["active", "suspended", "closed"]), filter: true),
            Column("credits", .integer),
            Column("time_zone", .text),
            Column("currency", .text, filter: true),
            Column("country", .text, null: true),
            Column("billing_email", .text),
            Column("legal_name", .text, null: true),
            Column(
                "address_lines",
                .texts,
                "array(select jsonb_array_elements_text(coalesce(t.billing_address -> 'lines', '[]')))"
            ),
            Column("tax_id", .text, null: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Users, never their password.
    public static let users = ReadModel(
        "User",
        table: "igny8_users",
        search: ["t.name", "t.email"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("email", .text, sort: true),
            Column("name", .text, sort: true),
            Column("role", .word(["owner", "admin", "editor", "viewer"]), filter: true),
            Column("staff_role", .word(["admin", "account_manager"]), null: true, filter: true),
            Column("is_active", .boolean, filter: true),
            Column("last_login_at", .time, null: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Sites that are not deleted.
    public static let sites = ReadModel(
        "Site",
        table: "igny8_sites",
        joins: "left join igny8_industries i on i.id = t.industry_id",
        condition: "not t.is_deleted",
        search: ["t.domain", "t.name"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("domain", .text, filter: true, sort: true),
            Column("name", .text, sort: true),
            Column("url", .text),
            Column("industry_id", .id, null: true, filter: true),
            Column("industry", .text, "i.name", null: true),
            Column("competitors", .texts),
            Column("target_countries", .texts),
            Column("is_active", .boolean, filter: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Sectors that are not deleted.
    public static let sectors = ReadModel(
        "Sector",
        table: "igny8_sectors",
        condition: "not t.is_deleted",
        search: ["t.name"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("site_id", .id, filter: true),
            Column("industry_id", .id),
            Column("industry_sector_id", .id, filter: true),
            Column("name", .text, sort: true),
            Column("is_active", .boolean, filter: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Industries with their sectors, which belong to no account.
    public static let industries = ReadModel(
        "Industry",
        table: "igny8_industries",
        tenantColumn: nil,
        search: ["t.name"],
        defaultOrder: "name",
        columns: [
            Column("id", .id, sort: true),
            Column("slug", .text, filter: true),
            Column("name", .text, sort: true),
            Column(
                "sectors",
                .json,
                """
                (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'slug', s.slug, 'name', s.name) order by s.name), '[]')
                 from igny8_industry_sectors s where s.industry_id = t.id)
                """
            ),
        ]
    )

    /// API keys, never the key.
    public static let apiKeys = ReadModel(
        "ApiKey",
        table: "igny8_api_keys",
        search: ["t.name", "t.prefix"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("name", .text, sort: true),
            Column("prefix", .text),
            Column("scopes", .texts),
            Column("expires_at", .time, null: true),
            Column("last_used_at", .time, null: true),
            Column("revoked_at", .time, null: true),
            Column("created_at", .time, sort: true),
        ]
    )

    /// Flags with every account's override.
    public static let featureFlags = ReadModel(
        "FeatureFlag",
        table: "igny8_feature_flags",
        tenantColumn: nil,
        key: "key",
        search: ["t.key", "t.description"],
        defaultOrder: "key",
        columns: [
            Column("key", .text, sort: true),
            Column("description", .text),
            Column("is_enabled", .boolean, filter: true),
            Column(
                "overrides",
                .json,
                """
                (select coalesce(jsonb_agg(jsonb_build_object('account_id', o.account_id, 'is_enabled', o.is_enabled,
                    'reason', o.reason) order by o.account_id), '[]')
                 from igny8_feature_flag_overrides o where o.flag_key = t.key)
                """
            ),
            Column("updated_at", .time),
        ]
    )

    /// The audit log.
    public static let auditEvents = ReadModel(
        "AuditEvent",
        table: "igny8_audit_events",
        search: ["t.action", "t.reason"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, null: true, filter: true),
            Column("occurred_at", .time),
            Column("actor", .text, filter: true),
            Column("action", .text, filter: true),
            Column("subject_kind", .text, filter: true),
            Column("subject_id", .id, null: true, filter: true),
            Column("from_state", .text, null: true),
            Column("to_state", .text, null: true),
            Column("reason", .text),
            Column("request_id", .text, null: true),
            Column("job_id", .id, null: true),
            Column("subscription_id", .id, null: true, filter: true),
            Column("data", .json),
        ]
    )
}
