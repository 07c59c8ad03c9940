import FoundationEssentials
import Postgres

/// The posts of all the sites, and which of them has the plugin.
struct WordPressSites: Sendable {
    let database: PostgresDatabase

    func isConnected(_ host: String) async throws -> Bool {
        let rows = try await database.query(
            "select from sandbox.wordpress_sites where host = \(host) and plugin_connected_at is not null"
        )
        return !rows.isEmpty
    }

    static func connect(_ host: String, in tx: some PostgresQuerying) async throws {
        try await tx.query(
            """
            insert into sandbox.wordpress_sites (host, plugin_connected_at) values (\(host.lowercased()), igny8_now())
            on conflict (host) do update
            set plugin_connected_at = coalesce(sandbox.wordpress_sites.plugin_connected_at, igny8_now())
            """
        )
    }

    /// A slug that is taken gets a number, as WordPress does: a blind repetition makes a second post.
    func create(_ draft: WordPressDraft, on host: String) async throws -> WordPressPost {
        guard draft.id == nil else { throw WordPressError(400, "rest_post_exists", "Cannot create existing post.") }
        try draft.checkStatus()
        let date = try draft.date()
        let wanted = WordPressSlug.make(draft.slug ?? draft.title?.raw ?? "")
        return try await database.transaction { tx in
            try await tx.query("select pg_advisory_xact_lock(hashtextextended('wordpress ' || \(host), 0))")
            let taken = try await tx.query(
                """
                select slug from sandbox.wordpress_posts
                where host = \(host) and (slug = \(wanted) or slug like \(wanted) || '-%')
                """
            )
            let slug = WordPressSlug.free(wanted, among: try Set(taken.map { try $0.decode("slug", as: String.self) }))
            let rows = try await tx.query(
                """
                insert into sandbox.wordpress_posts
                  (host, slug, status, title, content, excerpt, published_at, modified_at)
                values (\(host), \(slug), \(draft.status ?? "draft"), \(draft.title?.raw ?? ""),
                  \(draft.content?.raw ?? ""), \(draft.excerpt?.raw ?? ""), coalesce(\(date), igny8_now()), igny8_now())
                returning *
                """
            )
            guard let row = rows.first else { throw WordPressError.noPost }
            return try WordPressPost(row)
        }
    }

    func update(_ id: Int64, _ draft: WordPressDraft, on host: String) async throws -> WordPressPost {
        try draft.checkStatus()
        let rows = try await database.query(
            """
            update sandbox.wordpress_posts
            set title = coalesce(\(draft.title?.raw), title), content = coalesce(\(draft.content?.raw), content),
              excerpt = coalesce(\(draft.excerpt?.raw), excerpt), status = coalesce(\(draft.status), status),
              published_at = coalesce(\(try draft.date()), published_at), modified_at = igny8_now()
            where id = \(id) and host = \(host) returning *
            """
        )
        guard let row = rows.first else { throw WordPressError.noPost }
        return try WordPressPost(row)
    }

    func post(_ id: Int64, on host: String) async throws -> WordPressPost {
        let rows = try await database.query(
            "select * from sandbox.wordpress_posts where id = \(id) and host = \(host)"
        )
        guard let row = rows.first else { throw WordPressError.noPost }
        return try WordPressPost(row)
    }

    /// Newest first; `anyStatus` shows what is not published too.
    func posts(on host: String, slug: String?, anyStatus: Bool, limit: Int) async throws -> [WordPressPost] {
        var sql: SQL = "select * from sandbox.wordpress_posts where host = \(host)"
        if let slug { sql += " and slug = \(slug)" }
        if !anyStatus { sql += " and status = 'publish' and published_at <= igny8_now()" }
        return try await database.query(sql + " order by published_at desc, id desc limit \(limit)")
            .map(WordPressPost.init)
    }
}
