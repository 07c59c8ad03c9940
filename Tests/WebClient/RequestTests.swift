import TestSupport
import Testing
import WebClient

extension WebClientTests {
    @Suite struct RequestTests {}
}

extension WebClientTests.RequestTests {
    @Test(
        "method, headers and body arrive as they were given",
        arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"] as [WebMethod]
    )
    func arrives(method: WebMethod) async throws {
        try await RecordingServer.run { server in
            try await withWebClient { client in
                let body: [UInt8]? = method == .get ? nil : [0, 13, 10, 255]
                let response = try await client.send(
                    WebRequest(
                        method: method,
                        url: server.url + "/a/b?c=d%20e#f",
                        headers: [("X-One", "1"), ("X-Empty", ""), ("Authorization", "Bearer abc")],
                        body: body,
                        guardAddresses: false
                    )
                )
                #expect(response.status == 200)
                let request = try #require(server.requests.first)
                #expect(request.method == method.rawValue)
                #expect(request.path == "/a/b?c=d%20e")
                #expect(request.body == body ?? [])
                #expect(request.header("x-one") == "1")
                #expect(request.header("x-empty") == "")
                #expect(request.header("authorization") == "Bearer abc")
                #expect(request.header("content-type") == nil)
                #expect(request.header("expect") == nil)
                #expect(request.header("user-agent")?.hasPrefix("IGNY8") == true)
            }
        }
    }

    @Test("HEAD has headers and no body, an empty POST has a length")
    func edges() async throws {
        try await RecordingServer.run(answering: { _ in .init(text: "hello") }) { server in
            try await withWebClient { client in
                let head = try await client.send(WebRequest(method: .head, url: server.url, guardAddresses: false))
                #expect(head.header("content-length") == "5")
                #expect(head.body == [])
                _ = try await client.send(WebRequest(method: .post, url: server.url, guardAddresses: false))
                #expect(server.requests.last?.header("content-length") == "0")
            }
        }
    }

    @Test("status, headers and body of the answer come back, whatever the status", arguments: [200, 404, 500])
    func answers(status: Int) async throws {
        try await RecordingServer.run(answering: { _ in
            .init(status, headers: [("X-A", " spaced "), ("X-A", "2")], text: "réponse")
        }) { server in
            try await withWebClient { client in
                let response = try await client.send(WebRequest(url: server.url, guardAddresses: false))
                #expect(response.status == status)
                #expect(response.header("x-a") == "spaced")
                #expect(response.headers.filter { $0.name.lowercased() == "x-a" }.count == 2)
                #expect(response.text == "réponse")
                #expect(response.finalURL == server.url + "/")
            }
        }
    }

    @Test("a header or a method that would break out of its line is refused")
    func injection() async throws {
        try await withWebClient { client in
            let bad: [(String, String)] = [("X", "a\r\nY: b"), ("X\nY", "b"), ("X Y", "b"), ("", "b"), ("X", "a\0b")]
            for header in bad {
                await #expect(throws: WebError.self) {
                    try await client.send(
                        WebRequest(url: "http://127.0.0.1:9", headers: [header], guardAddresses: false)
                    )
                }
            }
            await #expect(throws: WebError.invalidRequest("its method is no word")) {
                try await client.send(
                    WebRequest(method: "GET / HTTP/1.1\r\n", url: "http://127.0.0.1:9", guardAddresses: false)
                )
            }
        }
    }

    @Test("what is safe to repeat shares one connection, what is not gets a new one")
    func connections() async throws {
        try await RawServer.run { inbound, outbound in
            var served = 0
            while try await RawServer.readHead(&inbound) != nil {
                served += 1
                try await outbound.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(served)")
            }
        } _: { server in
            try await withWebClient { client async throws in
                func send(_ method: WebMethod, key: String? = nil) async throws -> String {
                    let headers = key.map { [(name: "Idempotency-Key", value: $0)] } ?? []
                    return try await client.send(
                        WebRequest(method: method, url: server.url, headers: headers, guardAddresses: false)
                    ).text
                }
                #expect(try await send(.get) == "1")
                #expect(try await send(.get) == "2")
                #expect(try await send(.post, key: "k") == "3")
                #expect(try await send(.post) == "1")
            }
        }
    }

    @Test("hundreds of requests at once are answered each with its own")
    func many() async throws {
        try await RecordingServer.run(answering: { .init(text: $0.path) }) { server in
            try await withWebClient { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<300 {
                        group.addTask {
                            let url = "\(server.url)/\(number)"
                            let response = try await client.send(WebRequest(url: url, guardAddresses: false))
                            #expect(response.text == "/\(number)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
