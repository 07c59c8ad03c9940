import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct WordPressTests {
    private let host = "banner.example"

    private func post(
        _ sandbox: RunningSandbox,
        _ body: String,
        path: String = "",
        login: Bool = true
    ) async throws -> Reply {
        var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
        if login { headers.append(("Authorization", WordPressLogin.header(for: host))) }
        return try await sandbox.send(
            .post,
            "/wordpress/\(host)/wp-json/wp/v2/posts\(path)",
            headers: headers,
            body: body
        )
    }

    @Test("posts are made, found by slug, changed and served; a repeated slug is numbered")
    func posts() async throws {
        try await RunningSandbox.start { sandbox in
            let made = try await post(
                sandbox,
                #"{"title": "Vinyl Banners", "content": "<p>x</p>", "status": "publish"}"#
            )
            #expect(made.status == 201)
            #expect(made.text("slug") == "vinyl-banners")
            #expect(
                made.response.header("Location")?.hasSuffix("/wp/v2/posts/\(try #require(made.integer("id")))") == true
            )
            let again = try await post(sandbox, #"{"title": {"raw": "Vinyl Banners"}, "status": "draft"}"#)
            #expect(again.text("slug") == "vinyl-banners-2")

            let base = "/wordpress/\(host)/wp-json/wp/v2/posts"
            let public_ = try await sandbox.send(.get, "\(base)?slug=vinyl-banners-2")
            #expect(public_.count("") == 0)
            #expect(try await sandbox.send(.get, "\(base)?slug=vinyl-banners-2&status=any&context=edit").status == 401)
            let found = try await sandbox.send(
                .get,
                "\(base)?slug=vinyl-banners-2&status=any&context=edit",
                headers: [("Authorization", WordPressLogin.header(for: host))]
            )
            #expect(found.integer("0.id") == again.integer("id"))

            let id = try #require(again.integer("id"))
            #expect(try await post(sandbox, #"{"status": "publish"}"#, path: "/\(id)").text("status") == "publish")
            let page = try await sandbox.send(.get, "/wordpress/\(host)/vinyl-banners/")
            #expect(page.status == 200)
            #expect(page.response.text.contains("<p>x</p>"))
            #expect(try await sandbox.send(.get, "/wordpress/\(host)/nothing/").status == 404)
            #expect(try await sandbox.send(.get, "/wordpress/other.example/vinyl-banners/").status == 404)
        }
    }

    @Test("refusals have WordPress' shapes")
    func refusals() async throws {
        try await RunningSandbox.start { sandbox in
            let anonymous = try await post(sandbox, #"{"title": "x"}"#, login: false)
            #expect(anonymous.status == 401)
            #expect(anonymous.text("code") == "rest_cannot_create")
            #expect(anonymous.integer("data.status") == 401)
            let wrong = try await sandbox.send(
                .post,
                "/wordpress/\(host)/wp-json/wp/v2/posts",
                headers: [("Authorization", WordPressLogin.header(for: "other.example"))],
                body: "{}"
            )
            #expect(wrong.text("code") == "incorrect_password")
            #expect(try await post(sandbox, #"{"id": 5, "title": "x"}"#).text("code") == "rest_post_exists")
            #expect(try await post(sandbox, #"{"title": "x", "status": "live"}"#).text("code") == "rest_invalid_param")
            #expect(try await post(sandbox, "nonsense").text("code") == "rest_invalid_json")
            #expect(try await sandbox.send(.get, "/wordpress/\(host)/wp-json/x/y").text("code") == "rest_no_route")
        }
    }

    @Test("the plugin's ping is no route until the plugin is connected")
    func ping() async throws {
        try await RunningSandbox.start { sandbox in
            let path = "/wordpress/\(host)/wp-json/igny8/v1/ping"
            #expect(try await sandbox.send(.get, path).status == 404)
            try await WordPressSites.connect(host, in: sandbox.test.owner)
            let connected = try await sandbox.send(.get, path)
            #expect(connected.status == 200)
            #expect(connected.text("plugin") == "igny8-seo")
        }
    }
}
