extension ReadModel {
    /// The plans that are sold, with their matrix; of no account.
    public static let plans = ReadModel(
        "Plan",
        table: "igny8_plans",
        condition: "t.is_active",
        tenantColumn: nil,
        defaultOrder: "id",
        columns: [
            Column("id", .id, sort: true),
            Column("key", .text, filter: true),
            Column("name", .text),
            Column("price", .money, sort: true),
            Column("currency", .text),
            Column("max_sites", .integer, null: true),
            Column("max_users", .integer, null: true),
            Column("monthly_credits", .integer),
            Column(
                "features",
                .json,
                """
                t.plan_features || jsonb_build_object('content_types', case jsonb_typeof(t.plan_features -> 'content_types')
                    when 'array' then t.plan_features -> 'content_types'
                    when 'string' then jsonb_build_array(t.plan_features -> 'content_types')
                    else '[]' end)
                """
            ),
            Column("updated_at", .time),
        ]
    )

    /// What was bought beside the plan.
    public static let addOnPurchases = ReadModel(
        "AddOnPurchase",
        table: "igny8_add_on_purchases",
        joins: "left join igny8_invoices i on i.id = t.invoice_id",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column(
                "kind",
                .word(["managed_service", "backlink_package", "indexing_boost", "credits"]),
                filter: true
            ),
            Column("item_key", .text, filter: true),
            Column("site_id", .id, null: true, filter: true),
            Column("quantity", .integer),
            Column("price", .money),
            Column("currency", .text),
            Column("details", .json),
            Column("subscription_id", .id, null: true),
            Column("invoice_id", .id, null: true, filter: true),
            Column("invoice_number", .text, "i.number", null: true),
            Column("invoice_status", .text, "i.status", null: true),
            Column("created_at", .time, sort: true),
        ]
    )

    /// Every change of an account's credits.
    public static let creditTransactions = ReadModel(
        "CreditTransaction",
        table: "igny8_credit_transactions",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("kind", .word(["purchase", "subscription", "refund", "deduction", "adjustment"]), filter: true),
            Column("amount", .integer),
            Column("balance_after", .integer),
            Column("description", .text),
            Column("invoice_id", .id, null: true),
            Column("created_at", .time),
        ]
    )

    /// What decisions of the gate say to whoever sells.
    public static let featureUsage = ReadModel(
        "FeatureUsage",
        table: "igny8_feature_usage_reports",
        joins: "join igny8_accounts a on a.id = t.account_id",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("period", .word(["weekly", "monthly"]), filter: true),
            Column("period_start", .day, filter: true, sort: true),
            Column("period_end", .day),
            Column("feature", .text, filter: true),
            Column("required_level", .text),
            Column("current_level", .text),
            Column("allowed", .integer),
            Column("refused", .integer, sort: true),
            Column("plan", .text, filter: true),
            Column("needed_plan", .text, null: true, filter: true),
            Column("value", .money, sort: true),
            Column("currency", .text),
            Column("is_open_now", .boolean, filter: true),
        ]
    )
}
