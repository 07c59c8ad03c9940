import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// What Caddy asks before it takes a certificate for a host that a browser has named (on-demand TLS).
enum CaddyRoutes {
    static let endpoints = [ask]

    /// Known are our own host and the active brands' domains. Who asks without the shared key learns nothing: the answer
    /// would be a list of our clients for whoever guesses.
    private static let ask = Endpoint(
        .get,
        "/caddy/ask",
        .public,
        "askForDomain",
        "Whether a certificate may be taken for a host name: 200 or 404"
    ) { call in
        guard let key = call.services.configuration.caddyKey,
            constantTimeEquals(Array(key.utf8), Array((call.query["key"] ?? "").utf8)),
            let domain = call.query["domain"].flatMap({ BrandDomain($0) })
        else { throw Problem.notFound }
        guard domain.name != call.services.ownHost else { return yes }
        let isServed = try await call.services.store.read(as: .system(reason: "a certificate"), actor: "public") { tx in
            try await Brandings.isServed(under: domain, in: tx)
        }
        guard isServed else { throw Problem.notFound }
        return yes
    }.with {
        $0.mediaType = "text/plain"
        $0.query = [
            QueryParameter("domain", .text(max: 300), "The host name."),
            QueryParameter("key", .text(max: 200), "What IGNY8_CADDY_KEY says."),
        ]
        $0.problems = [.notFound]
    }

    private static let yes = Answer(status: .ok, body: Array("yes\n".utf8), mediaType: "text/plain; charset=utf-8")
}
