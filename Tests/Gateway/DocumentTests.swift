import Hummingbird
import Testing
import WebClient

@testable import Gateway

@Suite("The OpenAPI document", .timeLimit(.minutes(2)))
struct DocumentTests {
    @Test("names every route that is served, and no other")
    func parity() async throws {
        try await TestGateway.with { gateway in
            let document = try await gateway.send(.get, "/api/v1/openapi.json").json
            guard case .object(let paths)? = document["paths"] else {
                Issue.record("no paths")
                return
            }
            let documented = Set(
                paths.flatMap { path, item in item.names.map { "\($0.uppercased()) \(path)" } }
            )
            let endpoints = allEndpoints(publicURL: "http://gateway.test")
            let served = makeRouter(endpoints, services: gateway.services).routes
                .map { "\($0.method.rawValue) \(path($0.path.description))" }
            #expect(documented == Set(served.filter { !$0.hasPrefix("HEAD") }))
        }
    }

    /// A route as the router knows it has no slash at its end.
    private func path(_ description: String) -> String {
        let endpoints = allEndpoints(publicURL: "")
        let found = endpoints.first { $0.template.split(separator: "/") == description.split(separator: "/") }
        return found?.template ?? description
    }

    @Test("each operation has a name of its own, a schema for its answer, and every named schema is there")
    func complete() async throws {
        let endpoints = allEndpoints(publicURL: "http://gateway.test")
        #expect(Set(endpoints.map(\.operation)).count == endpoints.count)
        for endpoint in endpoints where endpoint.success == .ok || endpoint.success == .created {
            #expect(endpoint.answer != nil || endpoint.mediaType != "application/json", "\(endpoint.operation)")
        }
        let document = OpenAPIDocument(endpoints: endpoints, publicURL: "http://gateway.test").json
        let text = String(decoding: document.bytes, as: UTF8.self)
        let referred = Set(text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/).map { String($0.output.1) })
        let defined = Set(document["components"]?["schemas"]?.names ?? [])
        #expect(referred.subtracting(defined).isEmpty)
        #expect(document["openapi"]?.string == "3.1.0")
    }

    @Test("every route states who may call it, and the printed list has them all")
    func routes() {
        let endpoints = allEndpoints(publicURL: "")
        let lines = routeList(endpoints).split(separator: "\n")
        #expect(lines.count == endpoints.count)
        #expect(
            lines.contains {
                $0.contains("POST") && $0.contains("services/subscriptions/") && $0.contains("managed_services_enabled")
            }
        )
    }

    @Test("without Swagger UI's files the page lists every operation")
    func page() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(.get, "/docs/")
            #expect(answer.status == 200)
            #expect(answer.text.contains("/api/v1/services/subscriptions/{id}/onboard/"))
            #expect(try await gateway.send(.get, "/docs/swagger-ui.css").status == 404)
            #expect(try await gateway.send(.get, "/docs/..%2f..%2fetc%2fpasswd").status == 404)
        }
    }
}
