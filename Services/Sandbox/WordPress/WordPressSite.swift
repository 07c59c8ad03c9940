import HTTPTypes
import Hummingbird

/// One client's site: the REST API, the IGNY8 plugin's ping, and the pages themselves.
struct WordPressSite: Sendable {
    let host: String
    let url: String
    let sites: WordPressSites

    func respond(to request: Request, _ context: SandboxContext, path: [String]) async throws -> Response {
        let isPost = request.method == .post
        let rest = Array(path.dropFirst())
        guard path.first == "wp-json" else {
            guard !isPost else { throw WordPressError.noRoute }
            return try await page(path)
        }
        if rest.isEmpty, !isPost { return try index() }
        if rest == ["igny8", "v1", "ping"], !isPost { return try await ping() }
        if rest == ["wp", "v2", "posts"] {
            return isPost ? try await create(request, context) : try await list(request)
        }
        guard rest.count == 4, rest.starts(with: ["wp", "v2", "posts"]), let id = Int64(rest[3]) else {
            throw WordPressError.noRoute
        }
        return isPost ? try await update(id, request, context) : try await show(id, request)
    }

    private func index() throws -> Response {
        struct Index: Encodable {
            var name: String
            var url: String
            var namespaces = ["wp/v2", "igny8/v1"]
            var authentication: [String: [String: [String: String]]]
        }
        let consent = ["authorization": "\(url)/wp-admin/authorize-application.php"]
        return try Answers.json(
            Index(name: host, url: url, authentication: ["application-passwords": ["endpoints": consent]])
        )
    }

    /// There is no such route until the plugin is installed and connected.
    private func ping() async throws -> Response {
        guard try await sites.isConnected(host) else { throw WordPressError.noRoute }
        return try Answers.json(["status": "ok", "plugin": "igny8-seo", "version": "1.0.0", "site": host])
    }

    private func create(_ request: Request, _ context: SandboxContext) async throws -> Response {
        try requireLogin(request, else: .cannotCreate)
        let post = try await sites.create(try await draft(request, context), on: host)
        var response = try Answers.json(WordPressPostBody(post, site: url, editing: true), status: .created)
        response.headers[.location] = "\(url)/wp-json/wp/v2/posts/\(post.id)"
        return response
    }

    private func update(_ id: Int64, _ request: Request, _ context: SandboxContext) async throws -> Response {
        try requireLogin(request, else: .cannotEdit)
        let post = try await sites.update(id, try await draft(request, context), on: host)
        return try Answers.json(WordPressPostBody(post, site: url, editing: true))
    }

    private func draft(_ request: Request, _ context: SandboxContext) async throws -> WordPressDraft {
        do {
            return try await Questions.json(WordPressDraft.self, from: request, context)
        } catch is HTTPError {
            throw WordPressError(400, "rest_invalid_json", "Invalid JSON body passed.")
        }
    }

    private func list(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let editing = query["context"] == "edit"
        let anyStatus = query["status"].map { $0 != "publish" } ?? false
        if editing || anyStatus { try requireLogin(request, else: .cannotEdit) }
        let limit = query["per_page"].flatMap { Int(String($0)) } ?? 10
        let posts = try await sites.posts(
            on: host,
            slug: query["slug"].map(String.init),
            anyStatus: anyStatus,
            limit: max(1, min(100, limit))
        )
        return try Answers.json(posts.map { WordPressPostBody($0, site: url, editing: editing) })
    }

    private func show(_ id: Int64, _ request: Request) async throws -> Response {
        let editing = request.uri.queryParameters["context"] == "edit"
        if editing { try requireLogin(request, else: .cannotEdit) }
        let post = try await sites.post(id, on: host)
        guard editing || post.status == "publish" else { throw WordPressError.noPost }
        return try Answers.json(WordPressPostBody(post, site: url, editing: editing))
    }

    private func page(_ path: [String]) async throws -> Response {
        guard let slug = path.first else {
            let posts = try await sites.posts(on: host, slug: nil, anyStatus: false, limit: 100)
            return Answers.html(WordPressPage.home(host, site: url, posts))
        }
        guard path.count == 1,
            let post = try await sites.posts(on: host, slug: slug, anyStatus: false, limit: 1).first
        else { return Answers.html(WordPressPage.missing(host), status: .notFound) }
        return Answers.html(WordPressPage.post(post, host: host, site: url))
    }

    private func requireLogin(_ request: Request, else refusal: WordPressError) throws(WordPressError) {
        switch WordPressLogin.check(request.headers[.authorization], host: host) {
        case .accepted: return
        case .anonymous: throw refusal
        case .wrongUser: throw .wrongUser
        case .wrongPassword: throw .wrongPassword
        }
    }
}
