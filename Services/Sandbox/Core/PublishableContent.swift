import Postgres

/// An article with what is needed to publish it.
struct PublishableContent: Sendable {
    var id: Int64
    var account: Int64
    var site: Int64
    var host: String
    var title: String
    var html: String
    var excerpt: String
    var isPublished: Bool
    /// The status of the managed service it was written for.
    var serviceStatus: String?
    /// Where the site answers; nil while it is not connected.
    var baseURL: String?

    static func find(_ id: Int64, in tx: PostgresTransaction) async throws -> PublishableContent? {
        try await tx.query(
            """
            select content.id, content.account_id, content.site_id, site.domain, content.title, content.html,
                content.meta_description, content.status = 'published' as is_published, service.status as service_status,
                integration.base_url
            from igny8_content content
            join igny8_sites site on site.id = content.site_id
            left join igny8_tasks task on task.id = content.task_id
            left join igny8_managed_service_subscriptions service on service.id = task.managed_subscription_id
            left join igny8_site_integrations integration on integration.site_id = content.site_id
                and integration.platform = 'wordpress' and integration.status = 'active'
            where content.id = \(id) and not content.is_deleted
            """
        ).first.map { row in
            PublishableContent(
                id: try row.decode("id"),
                account: try row.decode("account_id"),
                site: try row.decode("site_id"),
                host: try row.decode("domain"),
                title: try row.decode("title"),
                html: try row.decode("html"),
                excerpt: try row.decode("meta_description"),
                isPublished: try row.decode("is_published"),
                serviceStatus: try row.decode("service_status"),
                baseURL: try row.decode("base_url")
            )
        }
    }

    private var pictures: Int { 1 + title.utf8.count % 3 }

    func record(externalID: String, url: String, in tx: PostgresTransaction) async throws {
        _ = try await tx.batch([
            """
            update igny8_content set status = 'published', external_id = \(externalID), external_url = \(url),
                published_at = igny8_now()
            where id = \(id) and status <> 'published'
            """,
            """
            insert into igny8_publishing_records as record (account_id, site_id, content_id, status, external_id,
                external_url, attempts, published_at)
            values (\(account), \(site), \(id), 'published', \(externalID), \(url), 1, igny8_now())
            on conflict (content_id, destination) do update
            set status = 'published', external_id = excluded.external_id, external_url = excluded.external_url,
                attempts = record.attempts + 1, published_at = coalesce(record.published_at, excluded.published_at)
            """,
            // A picture at its head, and up to three in its text.
            """
            insert into igny8_images (account_id, site_id, content_id, url, kind, alt_text)
            select \(account), \(site), \(id), \(url) || 'image-' || number || '.webp',
                case number when 0 then 'featured' else 'in_article' end, \(title)
            from generate_series(0, \(pictures)) number
            on conflict (site_id, url) do nothing
            """,
        ])
    }
}
