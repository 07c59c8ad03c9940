import FoundationEssentials
import WebClient

/// The core's side of the WordPress REST API. It has no idempotency and numbers a repeated slug, so a post is looked
/// for by its slug, which follows from our own id, before it is made.
struct WordPressPublisher: Sendable {
    struct Post: Decodable, Sendable {
        var id: Int64
        var link: String
    }

    private struct NewPost: Encodable {
        var title: String
        var content: String
        var excerpt: String
        var slug: String
        var status = "publish"
    }

    private let piece: PublishableContent
    private let baseURL: String
    private let client: WebClient

    /// Nil while the site is not connected.
    init?(_ piece: PublishableContent, client: WebClient) {
        guard let baseURL = piece.baseURL else { return nil }
        self.piece = piece
        self.baseURL = baseURL
        self.client = client
    }

    func publish() async throws -> Post {
        let slug = "\(WordPressSlug.make(piece.title))-\(piece.id)"
        let found = try await send(.get, "posts?slug=\(slug)&status=any&context=edit", body: nil)
        if let post = try JSONDecoder().decode([Post].self, from: Data(found.body)).first { return post }
        let post = NewPost(
            title: piece.title,
            content: "\(piece.html)\n<!-- igny8:content:\(piece.id) -->",
            excerpt: piece.excerpt,
            slug: slug
        )
        let made = try await send(.post, "posts", body: Array(try JSONEncoder().encode(post)))
        return try JSONDecoder().decode(Post.self, from: Data(made.body))
    }

    private func send(_ method: WebMethod, _ path: String, body: [UInt8]?) async throws -> WebResponse {
        let response = try await client.send(
            WebRequest(
                method: method,
                url: "\(baseURL)/wp-json/wp/v2/\(path)",
                headers: [
                    ("Authorization", WordPressLogin.header(for: piece.host)), ("Content-Type", "application/json"),
                ],
                body: body,
                timeout: .seconds(10),
                guardAddresses: false
            )
        )
        guard (200..<300).contains(response.status) else {
            throw WordPressRefusal(host: piece.host, status: response.status, text: String(response.text.prefix(300)))
        }
        return response
    }
}

struct WordPressRefusal: Error, CustomStringConvertible {
    var host: String
    var status: Int
    var text: String

    var description: String { "the site \(host) answered \(status): \(text)" }
}
