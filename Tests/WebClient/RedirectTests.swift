import TestSupport
import Testing

@testable import WebClient

extension WebClientTests {
    @Suite struct RedirectTests {}
}

extension WebClientTests.RedirectTests {
    private func follow(
        _ request: WebRequest,
        status: Int,
        location: String
    ) async throws -> (response: WebResponse, requests: [RecordingServer.Recorded]) {
        try await RecordingServer.run(
            answering: { $0.path == "/" ? .init(status, headers: [("Location", location)]) : .init(text: $0.path) },
            { server in
                try await withWebClient(guarding(port: server.port)) { client in
                    var request = request
                    request.url = server.url + "/"
                    return (try await client.send(request), server.requests)
                }
            }
        )
    }

    @Test("a relative location is followed", arguments: [301, 302, 303, 307, 308])
    func relative(status: Int) async throws {
        let (response, requests) = try await follow(WebRequest(url: ""), status: status, location: "next?x=1")
        #expect(response.text == "/next?x=1")
        #expect(response.finalURL.hasSuffix("/next?x=1"))
        #expect(requests.count == 2)
    }

    @Test(
        "a POST becomes a GET after 301 to 303 and stays itself after 307 and 308",
        arguments: zip([301, 302, 303, 307, 308], ["GET", "GET", "GET", "POST", "POST"])
    )
    func methods(status: Int, method: String) async throws {
        let post = WebRequest(method: .post, url: "", headers: [("Content-Type", "text/plain")], body: Array("b".utf8))
        let (_, requests) = try await follow(post, status: status, location: "/next")
        #expect(requests.last?.method == method)
        #expect(requests.last?.text == (method == "POST" ? "b" : ""))
        #expect(requests.last?.header("content-type") == (method == "POST" ? "text/plain" : nil))
    }

    @Test("no redirect is followed when none is allowed")
    func none() async throws {
        let (response, requests) = try await follow(
            WebRequest(url: "", maximumRedirects: 0),
            status: 302,
            location: "/next"
        )
        #expect(response.status == 302)
        #expect(requests.count == 1)
    }

    @Test("credentials stay with their origin")
    func credentials() async throws {
        try await RecordingServer.run { other in
            try await RecordingServer.run(
                answering: { _ in .init(302, headers: [("Location", other.url + "/other")]) },
                { server in
                    var configuration = guarding(port: server.port)
                    configuration.guardedPorts.insert(other.port)
                    try await withWebClient(configuration) { client in
                        _ = try await client.send(
                            WebRequest(url: server.url, headers: [("Authorization", "Bearer a"), ("X-Kept", "1")])
                        )
                    }
                    #expect(server.requests.first?.header("authorization") == "Bearer a")
                    #expect(other.requests.first?.header("authorization") == nil)
                    #expect(other.requests.first?.header("x-kept") == "1")
                }
            )
        }
    }

    @Test("a circle ends after five")
    func circle() async throws {
        try await RecordingServer.run(answering: { _ in .init(302, headers: [("Location", "/")]) }) { server in
            try await withWebClient { client in
                await #expect(throws: WebError.tooManyRedirects) {
                    try await client.send(
                        WebRequest(url: server.url + "/", guardAddresses: false, maximumRedirects: 50)
                    )
                }
                #expect(server.requests.count == 6)
            }
        }
    }
}
