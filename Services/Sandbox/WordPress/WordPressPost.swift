import FoundationEssentials
import Postgres

struct WordPressPost: Sendable {
    var id: Int64
    var host: String
    var slug: String
    var status: String
    var title: String
    var content: String
    var excerpt: String
    var publishedAt: Date
    var modifiedAt: Date

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        host = try row.decode("host")
        slug = try row.decode("slug")
        status = try row.decode("status")
        title = try row.decode("title")
        content = try row.decode("content")
        excerpt = try row.decode("excerpt")
        publishedAt = try row.decode("published_at")
        modifiedAt = try row.decode("modified_at")
    }
}

/// A post as the REST API shows it.
struct WordPressPostBody: Encodable, Sendable {
    struct Rendered: Encodable, Sendable {
        var rendered: String
        var raw: String?
    }

    var id: Int64
    var slug: String
    var status: String
    var type = "post"
    var link: String
    var dateGmt: String
    var modifiedGmt: String
    var title: Rendered
    var content: Rendered
    var excerpt: Rendered

    init(_ post: WordPressPost, site: String, editing: Bool) {
        id = post.id
        slug = post.slug
        status = post.status
        link = "\(site)/\(post.slug)/"
        dateGmt = Self.local(post.publishedAt)
        modifiedGmt = Self.local(post.modifiedAt)
        title = Rendered(rendered: post.title, raw: editing ? post.title : nil)
        content = Rendered(rendered: post.content, raw: editing ? post.content : nil)
        excerpt = Rendered(rendered: post.excerpt, raw: editing ? post.excerpt : nil)
    }

    /// WordPress writes its times in UTC without saying so.
    private static func local(_ date: Date) -> String { String(date.formatted(.iso8601).dropLast()) }
}
