extension ReadModel {
    /// Where accounts want to be told; never the secret.
    public static let webhookEndpoints = ReadModel(
        "WebhookEndpoint",
        table: "igny8_webhook_endpoints",
        condition: "not t.is_deleted",
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("url", .text),
            Column("description", .text),
            Column("event_types", .texts),
            Column("secret_last4", .text),
            Column("status", .word(["active", "disabled"]), filter: true),
            Column("failing_since", .time, null: true),
            Column("last_delivered_at", .time, null: true),
            Column("disabled_at", .time, null: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// What was sent, or will be.
    public static let webhookDeliveries = ReadModel(
        "WebhookDelivery",
        table: "igny8_webhook_deliveries",
        joins: "join igny8_outgoing_events e on e.id = t.event_id",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id),
            Column("endpoint_id", .id),
            Column("event_id", .id, filter: true),
            Column("event_type", .text, "e.event_type", filter: true),
            Column("data", .json, "e.data"),
            Column("status", .word(["pending", "delivered", "failed"]), filter: true),
            Column("attempts", .integer),
            Column("last_status", .integer, null: true),
            Column("last_error", .text, null: true),
            Column("last_attempt_at", .time, null: true),
            Column("next_attempt_at", .time, null: true),
            Column("delivered_at", .time, null: true),
            Column("created_at", .time),
        ]
    )
}
