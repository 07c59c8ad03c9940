import TestSupport
import Testing
import WebClient

extension WebClientTests {
    @Suite struct LimitTests {}
}

extension WebClientTests.LimitTests {
    @Test("a body at the limit passes, one byte more does not")
    func bodyLimit() async throws {
        try await RecordingServer.run(answering: { _ in .init(body: .init(repeating: 7, count: 100_000)) }) { server in
            try await withWebClient { client async throws in
                var request = WebRequest(url: server.url, maximumBodyBytes: 100_000, guardAddresses: false)
                #expect(try await client.send(request).body.count == 100_000)
                request.maximumBodyBytes = 99_999
                await #expect(throws: WebError.tooLarge) { try await client.send(request) }
            }
        }
    }

    @Test("a compression bomb ends at the limit, counted as unpacked")
    func bomb() async throws {
        let packed = try Gzip.zeros(count: 64 << 20)
        #expect(packed.count < 100_000)
        try await RecordingServer.run(
            answering: { _ in .init(headers: [("Content-Encoding", "gzip")], body: packed) },
            { server in
                try await withWebClient { client async throws in
                    await #expect(throws: WebError.tooLarge) {
                        try await client.send(WebRequest(url: server.url, guardAddresses: false))
                    }
                    let whole = WebRequest(url: server.url, maximumBodyBytes: 64 << 20, guardAddresses: false)
                    #expect(try await client.send(whole).body.count == 64 << 20)
                }
            }
        )
    }

    @Test("headers without end are cut")
    func headerFlood() async throws {
        try await RawServer.run { inbound, outbound in
            _ = try await RawServer.readHead(&inbound)
            try await outbound.write("HTTP/1.1 200 OK\r\n")
            let line = "X-Filler: " + String(repeating: "x", count: 8_000) + "\r\n"
            while true { try await outbound.write(line) }
        } _: { server in
            try await withWebClient { client in
                await #expect(throws: WebError.tooLarge) {
                    try await client.send(WebRequest(url: server.url, guardAddresses: false))
                }
            }
        }
    }

    @Test("a body that drips ends at the time-out, as received in part")
    func drip() async throws {
        try await RawServer.run { inbound, outbound in
            _ = try await RawServer.readHead(&inbound)
            try await outbound.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
            _ = try await inbound.next(isolation: #isolation)
        } _: { server in
            try await withWebClient { client in
                let error = await #expect(throws: WebError.self) {
                    try await client.send(
                        WebRequest(url: server.url, timeout: .milliseconds(1_500), guardAddresses: false)
                    )
                }
                #expect(error == .timeout(.receiving))
                #expect(error?.isOutcomeUnknown == true)
            }
        }
    }

    @Test("a server that says nothing times out, and the outcome is unknown")
    func silence() async throws {
        try await RawServer.run { inbound, _ in
            _ = try await RawServer.readHead(&inbound)
            _ = try await inbound.next(isolation: #isolation)
        } _: { server in
            try await withWebClient { client in
                let error = await #expect(throws: WebError.self) {
                    try await client.send(
                        WebRequest(
                            method: .post,
                            url: server.url,
                            body: [1],
                            timeout: .milliseconds(200),
                            guardAddresses: false
                        )
                    )
                }
                #expect(error == .timeout(.waiting))
                #expect(error?.isOutcomeUnknown == true)
            }
        }
    }

    @Test("nobody listening is known not to have been reached")
    func refused() async throws {
        let port = try FreePort.find()
        try await withWebClient { client async throws in
            let error = await #expect(throws: WebError.self) {
                try await client.send(
                    WebRequest(method: .post, url: "http://127.0.0.1:\(port)/", body: [1], guardAddresses: false)
                )
            }
            guard case .connection = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.isOutcomeUnknown == false)
        }
    }

    @Test("a handshake that fails has sent nothing of the request")
    func handshakeFails() async throws {
        try await RawServer.run { inbound, outbound in
            _ = try await inbound.next(isolation: #isolation)
            try await outbound.write("this is not TLS\r\n")
        } _: { server in
            try await withWebClient { client in
                let url = "https://127.0.0.1:\(server.port)/"
                let error = await #expect(throws: WebError.self) {
                    try await client.send(WebRequest(method: .post, url: url, body: [1], guardAddresses: false))
                }
                #expect(error?.isOutcomeUnknown == false)
            }
        }
    }

    @Test("a connection that closes after the request leaves the outcome unknown")
    func closes() async throws {
        try await RawServer.run { inbound, _ in
            _ = try await RawServer.readHead(&inbound)
        } _: { server in
            try await withWebClient { client in
                let error = await #expect(throws: WebError.self) {
                    try await client.send(
                        WebRequest(method: .post, url: server.url, body: [1], guardAddresses: false)
                    )
                }
                guard case .interrupted = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(error?.isOutcomeUnknown == true)
            }
        }
    }

    @Test("cancelling the task ends the transfer at once and closes its connection")
    func cancellation() async throws {
        let (events, continuation) = AsyncStream<String>.makeStream()
        try await RawServer.run { inbound, _ in
            _ = try await RawServer.readHead(&inbound)
            continuation.yield("read")
            if (try? await inbound.next(isolation: #isolation)) == nil { continuation.yield("closed") }
        } _: { server in
            try await withWebClient { client in
                let task = Task {
                    try await client.send(WebRequest(url: server.url, timeout: .seconds(50), guardAddresses: false))
                }
                var iterator = events.makeAsyncIterator()
                #expect(await iterator.next() == "read")
                task.cancel()
                await #expect(throws: WebError.cancelled(sent: true)) { try await task.value }
                #expect(await iterator.next() == "closed")
            }
        }
    }

    @Test("a task that was cancelled before sends nothing")
    func cancelledBefore() async throws {
        try await RecordingServer.run { server in
            try await withWebClient { client in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await client.send(WebRequest(url: server.url, guardAddresses: false))
                }
                await #expect(throws: WebError.cancelled(sent: false)) { try await task.value }
                #expect(server.requests.isEmpty)
            }
        }
    }
}
