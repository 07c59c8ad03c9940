import DomainModel

extension CoreKind {
    /// Every kind there is.
    static let all: [CoreKind] = [
        content, images, gscMetrics, urlInspections, socialAccounts, socialPosts, socialEngagements, blueprints,
        sagClusters, clusters, keywords,
    ]

    // MARK: What rows name

    private static let sector = CoreReference(
        column: "sector_id",
        field: "sector",
        query: """
            select s.id from igny8_sectors s
            where s.site_id = entry.home_id and not s.is_deleted and lower(s.name) = lower(entry.sector) order by s.id limit 1
            """
    )
    private static let cluster = CoreReference(
        column: "cluster_id",
        field: "cluster",
        query: """
            select c.id from igny8_clusters c
            where c.site_id = entry.home_id and c.sector_id = found_sector_id.id and not c.is_deleted
                and lower(c.name) = lower(entry.cluster)
            """
    )
    private static let article = CoreReference(
        column: "content_id",
        field: "content_external_id",
        query: """
            select c.id from igny8_content c
            where c.site_id = entry.home_id and c.external_id = entry.content_external_id
            """,
        isOptional: true
    )
    private static let speaker = CoreReference(
        column: "social_account_id",
        field: "handle",
        query: """
            select a.id from igny8_social_accounts a
            where a.site_id = entry.home_id and a.platform = entry.platform and a.handle = entry.handle
            """
    )
    private static let blueprint = CoreReference(
        column: "blueprint_id",
        field: "blueprint_version",
        query: """
            select b.id from igny8_sag_blueprints b
            where b.site_id = entry.home_id and b.version = entry.blueprint_version::bigint
            """
    )

    private static let platform = CoreField("platform", .text(32), required: true)
    private static let handle = CoreField("handle", .text(200), required: true)

    // MARK: Kinds

    private static let content = CoreKind(
        name: "content",
        table: "igny8_content",
        fields: [
            .column("external_id", .text(200), required: true), CoreField("sector", .text(200), required: true),
            CoreField("cluster", .text(255), required: true), .column("title", .text(255), required: true),
            .column("html", .text(1 << 20), or: "''"), .column("word_count", .count, or: "0"),
            .column("meta_title", .text(1_000), or: "''"), .column("meta_description", .text(2_000), or: "''"),
            .column("primary_keyword", .text(255), or: "''"), .column("secondary_keywords", .list, or: "'{}'"),
            .column("content_type", .text(64), or: "'post'"), .column("content_structure", .text(64), or: "'article'"),
            .column("source", .word(["igny8", "wordpress"]), or: "'igny8'"),
            .column("status", .word(["draft", "review", "published"]), or: "'draft'"),
            .column("external_url", .url), .column("published_at", .moment),
        ],
        references: [sector, cluster],
        identity: "home_id, external_id",
        conflict: "(site_id, external_id) where external_id is not null",
        old: "old.external_id = entry.external_id",
        check: { values in
            values["status"] == "published" && values["published_at"] == nil
                ? ("published_at", "expected a moment, for it is published") : nil
        }
    )

    private static let images = CoreKind(
        name: "images",
        table: "igny8_images",
        fields: [
            .column("url", .url, required: true), CoreField("content_external_id", .text(200)),
            .column("kind", .word(["featured", "in_article"]), or: "'in_article'"),
            .column("alt_text", .text(2_000), or: "''"), .column("created_at", .moment, or: "igny8_now()"),
        ],
        references: [article],
        identity: "home_id, url",
        conflict: "(site_id, url)",
        old: "old.url = entry.url"
    )

    private static let gscMetrics = CoreKind(
        name: "gsc_metrics",
        table: "igny8_gsc_metrics_cache",
        fields: [
            .column("day", .day, required: true), .column("query", .text(2_048)), .column("page", .text(2_048)),
            .column("clicks", .count, required: true), .column("impressions", .count, required: true),
            .column("ctr", .decimal(1, scale: 6), or: "0"), .column("position", .decimal(10_000, scale: 3), or: "0"),
        ],
        identity: "home_id, day, query, page",
        conflict: "(site_id, day, query, page)",
        always: [("fetched_at", "igny8_now()")],
        check: { values in
            let (clicks, shown) = (values["clicks"].flatMap { Int($0) }, values["impressions"].flatMap { Int($0) })
            return (clicks ?? 0) > (shown ?? 0) ? ("clicks", "expected no more than impressions") : nil
        }
    )

    private static let urlInspections = CoreKind(
        name: "url_inspections",
        table: "igny8_url_inspection_records",
        fields: [
            .column("url", .url, required: true), CoreField("content_external_id", .text(200)),
            .column("status", .word(["indexed", "pending", "error"]), required: true), .column("verdict", .text(64)),
            .column("coverage_state", .text(500)), .column("page_fetch_state", .text(64)),
            .column("last_crawled_at", .moment), .column("first_indexed_at", .moment), .column("inspected_at", .moment),
        ],
        references: [article],
        identity: "home_id, url",
        conflict: "(site_id, url)",
        old: "old.url = entry.url"
    )

    private static let socialAccounts = CoreKind(
        name: "social_accounts",
        table: "igny8_social_accounts",
        fields: [
            .column("platform", .text(32), required: true), .column("handle", .text(200), required: true),
            .column("status", .word(["active", "expired", "disabled"]), or: "'active'"),
        ],
        identity: "home_id, platform, handle",
        conflict: "(site_id, platform, handle)",
        old: "old.platform = entry.platform and old.handle = entry.handle",
        check: { values in
            let name = values["platform"] ?? ""
            let isName = name.wholeMatch(of: /[a-z][a-z0-9_]{1,31}/) != nil
            return isName ? nil : ("platform", "expected small letters, digits and underscores")
        }
    )

    private static let socialPosts = CoreKind(
        name: "social_posts",
        table: "igny8_social_posts",
        fields: [
            platform, handle, .column("external_id", .text(200), required: true),
            CoreField("content_external_id", .text(200)), .column("body", .text(100_000), or: "''"),
            .column("url", .url), .column("status", .word(["scheduled", "posted", "failed"]), or: "'posted'"),
            .column("posted_at", .moment),
        ],
        references: [speaker, article],
        identity: "found_social_account_id, external_id",
        conflict: "(social_account_id, external_id)",
        old: "old.social_account_id = entry.found_social_account_id and old.external_id = entry.external_id",
        check: { values in
            (values["status"] ?? "posted") == "posted" && values["posted_at"] == nil
                ? ("posted_at", "expected a moment, for it is posted") : nil
        }
    )

    private static let socialEngagements = CoreKind(
        name: "social_engagements",
        table: "igny8_social_engagements",
        fields: [
            platform, handle, CoreField("external_id", .text(200), required: true),
            .column("day", .day, required: true),
            .column("impressions", .count, or: "0"), .column("likes", .count, or: "0"),
            .column("comments", .count, or: "0"), .column("shares", .count, or: "0"),
            .column("clicks", .count, or: "0"),
        ],
        references: [
            CoreReference(column: speaker.column, field: speaker.field, query: speaker.query, isWritten: false),
            CoreReference(
                column: "post_id",
                field: "external_id",
                query: """
                    select p.id from igny8_social_posts p
                    where p.social_account_id = found_social_account_id.id and p.external_id = entry.external_id
                    """
            ),
        ],
        identity: "found_post_id, day",
        conflict: "(post_id, day)",
        always: [("fetched_at", "igny8_now()")]
    )

    private static let blueprints = CoreKind(
        name: "sag_blueprints",
        table: "igny8_sag_blueprints",
        fields: [
            .column("version", .integer(1...Int64(Int32.max)), required: true),
            .column("mode", .word(["quick", "detailed", "full"]), required: true),
            .column(
                "status",
                .word(["draft", "generating", "review", "approved", "failed", "archived"]),
                or: "'draft'"
            ),
            .column("completion", .integer(0...100), or: "0"), .column("authority", .integer(0...100), or: "0"),
            .column("approved_at", .moment),
        ],
        identity: "home_id, version",
        conflict: "(site_id, version)",
        old: "old.version = entry.version::bigint"
    )

    private static let sagClusters = CoreKind(
        name: "sag_clusters",
        table: "igny8_sag_clusters",
        fields: [
            CoreField("blueprint_version", .integer(1...Int64(Int32.max)), required: true),
            CoreField("sector", .text(200)),
            .column("name", .text(255), required: true), .column("hub_title", .text(500), or: "''"),
            .column("supporting_titles", .list, or: "'{}'"), .column("priority", .count, or: "0"),
            .column("status", .word(["planned", "in_progress", "complete"]), or: "'planned'"),
        ],
        references: [
            blueprint,
            CoreReference(column: sector.column, field: sector.field, query: sector.query, isOptional: true),
        ],
        identity: "found_blueprint_id, name",
        conflict: "(blueprint_id, name)",
        old: "old.blueprint_id = entry.found_blueprint_id and old.name = entry.name"
    )

    private static let clusters = CoreKind(
        name: "clusters",
        table: "igny8_clusters",
        fields: [
            CoreField("sector", .text(200), required: true), .column("name", .text(255), required: true),
            .column("description", .text(10_000), or: "''"), .column("status", .word(["new", "mapped"]), or: "'new'"),
            .column("keywords_count", .count, or: "0"), .column("ideas_count", .count, or: "0"),
            .column("content_count", .count, or: "0"), .column("volume", .count, or: "0"),
        ],
        references: [sector],
        identity: "home_id, found_sector_id, lower(name)",
        conflict: "(site_id, sector_id, lower(name)) where not is_deleted",
        old: """
            old.sector_id = entry.found_sector_id and lower(old.name) = lower(entry.name) and not old.is_deleted
            """
    )

    private static let keywords = CoreKind(
        name: "keywords",
        table: "igny8_keywords",
        fields: [
            CoreField("sector", .text(200), required: true), CoreField("keyword", .text(255), required: true),
            CoreField("country", .text(2)), CoreField("cluster", .text(255)),
            .column("status", .word(["new", "mapped"]), or: "'new'"), .column("volume_override", .count),
            .column("difficulty_override", .integer(0...100)),
        ],
        references: [
            sector,
            CoreReference(
                column: "industry_sector_id",
                field: "sector",
                query: "select s.industry_sector_id as id from igny8_sectors s where s.id = found_sector_id.id"
            ),
            CoreReference(
                column: "seed_keyword_id",
                field: "keyword",
                query: """
                    select k.id from igny8_seed_keywords k
                    where k.industry_sector_id = found_industry_sector_id.id and k.keyword = lower(entry.keyword)
                        and k.country = coalesce(upper(entry.country), k.country)
                    order by k.country = 'US' desc, k.id limit 1
                    """
            ), CoreReference(column: cluster.column, field: cluster.field, query: cluster.query, isOptional: true),
        ],
        identity: "found_sector_id, found_seed_keyword_id",
        conflict: "(sector_id, seed_keyword_id) where not is_deleted",
        old: """
            old.sector_id = entry.found_sector_id and old.seed_keyword_id = entry.found_seed_keyword_id and not old.is_deleted
            """
    )
}
