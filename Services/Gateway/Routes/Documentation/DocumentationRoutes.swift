import HTTPTypes
import Hummingbird

/// The document about all the others, and a page that shows it.
enum DocumentationRoutes {
    static func endpoints(about others: [Endpoint], publicURL: String) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        let mine = [
            document("openapi.json", "getOpenAPI", ""), document("/openapi.json", "getOpenAPIAtRoot", ""), page, file,
        ]
        let described = others + mine.map { tagged($0) }
        let text = String(
            decoding: OpenAPIDocument(endpoints: described, publicURL: publicURL).json.bytes,
            as: UTF8.self
        )
        endpoints = [document("openapi.json", "getOpenAPI", text), document("/openapi.json", "getOpenAPIAtRoot", text)]
        return (endpoints + [page(listing: described), file]).map { tagged($0) }
    }

    private static func tagged(_ endpoint: Endpoint) -> Endpoint { endpoint.with { $0.tag = "Documentation" } }

    private static func document(_ path: String, _ operation: String, _ text: String) -> Endpoint {
        let answer = Answer(status: .ok, body: Array(text.utf8))
        return Endpoint(.get, path, .public, operation, "This document, OpenAPI 3.1") { call in
            answer.tagged(for: call.request.headers).with(header: .cacheControl, "no-cache")
        }.with {
            $0.answer = .any
            $0.hasETag = true
        }
    }

    private static let page = page(listing: [])

    private static func page(listing endpoints: [Endpoint]) -> Endpoint {
        let plain = DocumentationPages.plain(endpoints)
        return Endpoint(.get, "/docs/", .public, "getDocs", "The API to read and to try") { call in
            let html = call.services.configuration.swaggerFolder == nil ? plain : DocumentationPages.swagger
            return Answer(
                status: .ok,
                headers: [.contentSecurityPolicy: DocumentationPages.policy],
                body: Array(html.utf8),
                mediaType: "text/html; charset=utf-8"
            )
        }.with { $0.mediaType = "text/html" }
    }

    /// Swagger UI's own files, from the folder that the deployment filled.
    private static let file = Endpoint(.get, "/docs/{file}", .public, "getDocsFile", "A file of the page at /docs/") {
        call in
        let name = try call.parameter("file")
        guard let type = DocumentationPages.files[name] else { throw Problem.notFound }
        if name == DocumentationPages.script {
            return Answer(status: .ok, body: Array(DocumentationPages.initializer.utf8), mediaType: type)
        }
        guard let folder = call.services.configuration.swaggerFolder,
            let bytes = try await call.services.files.read("\(folder)/\(name)")
        else { throw Problem.notFound }
        return Answer(status: .ok, headers: [.cacheControl: "max-age=3600"], body: bytes, mediaType: type)
    }.with { $0.mediaType = "*/*" }
}
