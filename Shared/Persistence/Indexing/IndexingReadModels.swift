extension ReadModel {
    private static let indexingServices = [
        "speedyindex", "omega", "colossus", "linkcentaur", "indexnow", "manual",
    ]

    /// Requests for indexing. What they cost us is null for clients.
    public static let indexingRequests = ReadModel(
        "IndexingRequest",
        table: "igny8_backlink_indexing_requests",
        search: ["t.url"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("site_id", .id, filter: true),
            Column("backlink_id", .id, null: true, filter: true),
            Column("url", .text),
            Column("indexing_service", .word(indexingServices), null: true, filter: true),
            Column(
                "status",
                .word(["queued", "submitted", "checking", "indexed", "failed", "resubmitted"]),
                filter: true,
                sort: true
            ),
            Column("submitted_at", .time, null: true, sort: true),
            Column("resubmitted_at", .time, null: true),
            Column("first_check_at", .time, null: true),
            Column("last_check_at", .time, null: true),
            Column("next_check_at", .time, null: true),
            Column("check_count", .integer),
            Column("is_indexed", .boolean, filter: true),
            Column("indexed_at", .time, null: true, sort: true),
            Column("cost", .decimal, "case when (select igny8_scope()) = 'system' then t.cost end", null: true),
            Column("client_price", .decimal),
            Column("currency", .text),
            Column("held_out", .boolean),
            Column(
                "hindrance",
                .word(["noindex", "robots", "status", "canonical", "already_indexed"]),
                null: true,
                filter: true
            ),
            Column("needs_review", .boolean, filter: true),
            Column("last_error", .text, null: true),
            Column("invoice_id", .id, null: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Services, as staff have set them up.
    public static let indexingServiceList = ReadModel(
        "IndexingService",
        table: "igny8_indexing_services",
        tenantColumn: nil,
        key: "key",
        defaultOrder: "key",
        columns: [
            Column("key", .word(indexingServices), sort: true),
            Column("name", .text),
            Column("is_enabled", .boolean),
            Column("price", .decimal),
            Column("check_price", .decimal),
            Column("currency", .text),
            Column("batch_size", .integer),
            Column("config", .json),
            Column("updated_at", .time),
        ]
    )

    /// Keys of services and hosts, without the keys.
    public static let indexingKeys = ReadModel(
        "IndexingKey",
        table: "igny8_indexing_keys",
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id),
            Column("service", .word(indexingServices), filter: true),
            Column("host", .text, filter: true),
            Column("api_key_last4", .text),
            Column("status", .word(["testing", "active", "empty", "refused"]), filter: true),
            Column("balance", .integer, null: true),
            Column("check_balance", .integer, null: true),
            Column("tested_at", .time, null: true),
            Column("last_error", .text, null: true),
            Column("created_at", .time),
            Column("updated_at", .time),
        ]
    )
}
