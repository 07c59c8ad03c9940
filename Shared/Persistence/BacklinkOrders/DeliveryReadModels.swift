extension ReadModel {
    /// The looks at a link, with their evidence (spec 11.5).
    public static let backlinkChecks = ReadModel(
        "BacklinkCheck",
        table: "igny8_backlink_checks",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("backlink_id", .id),
            Column("checked_at", .time),
            Column("witness", .word(["fetch", "ahrefs"]), filter: true),
            Column(
                "verdict",
                .word([
                    "live", "nofollow", "noindex", "canonicalized", "missing", "gone", "blocked", "unreachable",
                    "refused",
                ]),
                filter: true
            ),
            Column("detail", .text),
            Column("requested_url", .text),
            Column("final_url", .text, null: true),
            Column("http_status", .integer, null: true),
            Column("redirects", .json),
            Column("headers", .json),
            Column("charset", .text, null: true),
            Column("body_bytes", .integer, null: true),
            Column("page_sha256", .text, "encode(t.page_sha256, 'hex')", null: true),
            Column("snippet", .text, null: true),
            Column("anchor_text", .text, null: true),
            Column("rel", .texts),
            Column("links_found", .integer),
            Column("is_noindex", .boolean, null: true),
            Column("canonical_url", .text, null: true),
            Column("duration_ms", .integer, null: true),
        ]
    )

    /// What is asked of vendors for links lost within their guarantee; for staff.
    public static let linkClaims = ReadModel(
        "LinkClaim",
        table: "igny8_link_claims",
        joins: """
            join igny8_sag_backlinks l on l.id = t.backlink_id
            left join igny8_publishers p on p.id = t.publisher_id
            """,
        search: ["l.source_url", "p.domain"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("site_id", .id, filter: true),
            Column("order_id", .id, null: true, filter: true),
            Column("backlink_id", .id, filter: true),
            Column("source_url", .text, "l.source_url", null: true),
            Column("publisher_id", .id, null: true, filter: true),
            Column("publisher_domain", .text, "p.domain", null: true),
            Column(
                "status",
                .word(["draft", "sent", "replaced", "refunded", "restored", "refused"]),
                filter: true,
                sort: true
            ),
            Column("lost_at", .time, sort: true),
            Column("guarantee_until", .day, sort: true),
            Column("letter", .text),
            Column("expected", .money),
            Column("recovered", .money),
            Column("currency", .text),
            Column("replacement_id", .id, null: true),
            Column("sent_to", .text, null: true),
            Column("sent_at", .time, null: true),
            Column("resolved_at", .time, null: true),
            Column("note", .text),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )
}
