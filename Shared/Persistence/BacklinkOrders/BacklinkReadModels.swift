extension ReadModel {
    /// What only staff may see: a client's transactions run in scope `account` and get null. (spec 9: what links cost us is
    /// nobody's business but ours.)
    private static func staffOnly(_ name: String, _ kind: Kind) -> Column {
        Column(name, kind, "case when (select igny8_scope()) = 'system' then t.\(name) end", null: true)
    }

    /// Orders of links, with the site's domain and the account's name.
    public static let backlinkOrders = ReadModel(
        "BacklinkOrder",
        table: "igny8_backlink_service_orders",
        joins: "join igny8_sites s on s.id = t.site_id join igny8_accounts a on a.id = t.account_id",
        search: ["s.domain", "a.name"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("site_id", .id, filter: true),
            Column("site_domain", .text, "s.domain"),
            Column("campaign_id", .id, null: true, filter: true),
            Column("managed_subscription_id", .id, null: true, filter: true),
            Column("order_type", .word(["one_time", "monthly"]), filter: true),
            Column("package", .text, filter: true),
            Column("niche", .text, filter: true),
            Column("niche_surcharge", .decimal),
            staffOnly("surcharge_note", .text),
            Column("pricing", .word(["package", "pass_through"]), filter: true),
            Column("client_price", .money),
            Column("charged_total", .money, sort: true),
            staffOnly("expected_cost", .money),
            staffOnly("actual_cost", .money),
            staffOnly("margin", .money),
            staffOnly("margin_allowed_by", .id),
            Column("currency", .text, filter: true),
            Column("links_agreed", .integer),
            Column("links_ordered", .integer),
            Column("links_delivered", .integer),
            Column("links_live", .integer),
            Column("links_indexed", .integer),
            Column(
                "status",
                .word(["draft", "approved", "in_progress", "delivered", "completed", "cancelled"]),
                filter: true,
                sort: true
            ),
            Column(
                "approval_id",
                .id,
                """
                (select open.id from igny8_approvals open where open.subject_kind = 'backlink_order'
                and open.subject_id = t.id and open.status = 'pending')
                """,
                null: true
            ),
            Column("invoice_id", .id, null: true, filter: true),
            Column("due_on", .day, null: true, sort: true),
            Column("approved_at", .time, null: true),
            Column("ordered_at", .time, null: true, sort: true),
            Column("delivered_at", .time, null: true, sort: true),
            Column("completed_at", .time, null: true),
            Column("cancelled_at", .time, null: true),
            staffOnly("notes", .text),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Links with what is known of them.
    public static let backlinks = ReadModel(
        "Backlink",
        table: "igny8_sag_backlinks",
        search: ["t.source_url", "t.anchor_text"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id),
            Column("site_id", .id, filter: true),
            Column("order_id", .id, null: true),
            Column("campaign_id", .id, null: true, filter: true),
            Column("tier", .text, null: true, filter: true),
            Column("source_url", .text, null: true),
            Column("source_domain", .text, null: true, filter: true),
            Column("target_url", .text),
            Column("anchor_text", .text),
            Column("anchor_type", .word(["exact", "partial", "branded", "generic", "naked_url", "image"])),
            Column("rel", .texts),
            Column("source_dr", .integer, null: true, sort: true),
            Column("source_traffic", .integer, null: true, sort: true),
            staffOnly("cost", .money),
            Column("price", .money),
            Column("currency", .text),
            Column("quality_score", .integer, null: true, sort: true),
            Column(
                "status",
                .word(["planned", "ordered", "pending", "live", "lost", "rejected"]),
                filter: true,
                sort: true
            ),
            Column("is_suspected", .boolean, "(t.suspected_at is not null and t.status = 'live')"),
            Column("last_verdict", .text, null: true, filter: true),
            Column("http_status", .integer, null: true),
            Column("last_checked_at", .time, null: true, sort: true),
            Column("ordered_at", .time, null: true),
            Column("delivered_at", .time, null: true, sort: true),
            Column("live_at", .time, null: true, sort: true),
            Column("lost_at", .time, null: true, sort: true),
            Column("lost_reason", .text, null: true),
            Column("guarantee_until", .day, null: true),
            Column("due_on", .day, null: true, sort: true),
            Column("written_off_at", .time, null: true),
            staffOnly("publisher_id", .id),
            staffOnly("supplier_reference", .text),
            Column("replaces_id", .id, null: true),
            Column(
                "replacement_id",
                .id,
                """
                (select r.id from igny8_sag_backlinks r
                    where r.replaces_id = t.id and r.status <> 'rejected' order by r.id limit 1)
                """,
                null: true
            ),
            Column("is_indexed", .boolean, filter: true),
            Column("indexed_at", .time, null: true, sort: true),
            Column("ahrefs_verified", .boolean, filter: true),
            Column("ahrefs_last_seen", .time, null: true),
            Column("indexing_submitted", .boolean),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Publishers of all marketplaces; for staff.
    public static let publishers = ReadModel(
        "Publisher",
        table: "igny8_publishers",
        joins: "left join igny8_publisher_records r on r.publisher_id = t.id",
        tenantColumn: nil,
        search: ["t.domain"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("domain", .text, filter: true, sort: true),
            Column(
                "marketplace",
                .word(["fatgrid", "ein_presswire", "prnews", "linking_news", "direct"]),
                filter: true
            ),
            Column("country", .text, null: true, filter: true),
            Column("language", .text, null: true, filter: true),
            Column("niche", .text, filter: true),
            Column("dr", .integer, null: true, sort: true),
            Column("traffic", .integer, null: true, sort: true),
            Column("price", .money, sort: true),
            Column("currency", .text, filter: true),
            Column("link_rel", .word(["dofollow", "nofollow", "sponsored", "ugc"]), filter: true),
            Column("turnaround_days", .integer, null: true, sort: true),
            Column("guarantee_months", .integer, null: true),
            Column("sample_url", .text, null: true),
            // What it has done for us, counted daily; null while nothing was ever ordered there.
            Column("score", .integer, null: true, sort: true),
            Column("links_ordered", .integer, "r.links_ordered", null: true),
            Column("links_delivered", .integer, "r.links_delivered", null: true),
            Column("links_on_time", .integer, "r.links_on_time", null: true),
            Column("links_late", .integer, "r.links_late", null: true),
            Column("links_live", .integer, "r.links_live", null: true),
            Column("links_lost", .integer, "r.links_lost", null: true),
            Column("lost_in_guarantee", .integer, "r.lost_in_guarantee", null: true),
            Column("indexed_14_days", .integer, "r.indexed_14_days", null: true),
            Column("seen_14_days", .integer, "r.seen_14_days", null: true),
            Column("indexed_28_days", .integer, "r.indexed_28_days", null: true),
            Column("seen_28_days", .integer, "r.seen_28_days", null: true),
            Column("cost_per_surviving", .money, "r.cost_per_surviving", null: true),
            Column("cost_per_surviving_indexed", .money, "r.cost_per_surviving_indexed", null: true),
            Column("record_at", .time, "r.computed_at", null: true),
            Column("is_active", .boolean, filter: true),
            Column("last_seen_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// Link campaigns.
    public static let campaigns = ReadModel(
        "Campaign",
        table: "igny8_sag_campaigns",
        joins: "join igny8_sites s on s.id = t.site_id",
        search: ["t.name", "s.domain"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("site_id", .id, filter: true),
            Column("site_domain", .text, "s.domain"),
            Column("name", .text, sort: true),
            Column("status", .word(["draft", "active", "paused", "completed"]), filter: true, sort: true),
            Column("country", .text, null: true, filter: true),
            Column("niche", .text, filter: true),
            Column("monthly_plan", .json),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )

    /// What campaigns had reached, by day.
    public static let campaignKPIs = ReadModel(
        "CampaignKPI",
        table: "igny8_campaign_kpi_snapshots",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("campaign_id", .id),
            Column("snapshot_date", .day, filter: true, sort: true),
            Column("dr", .decimal, null: true),
            Column("referring_domains", .integer, null: true),
            Column("organic_keywords", .integer, null: true),
            Column("organic_traffic", .integer, null: true),
            Column("links_live", .integer),
            staffOnly("spend", .money),
            Column("currency", .text),
        ]
    )
}
