import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import WebClient

extension WebClientTests {
    @Suite struct RetryTests {}
}

extension WebClientTests.RetryTests {
    private func attempts(
        _ method: WebMethod,
        key: String? = nil,
        retry: WebRetry,
        statuses: [Int],
        headers: [(name: String, value: String)] = []
    ) async throws -> (status: Int, attempts: Int) {
        let left = NIOLockedValueBox(statuses)
        return try await RecordingServer.run(
            answering: { _ in
                .init(left.withLockedValue { $0.count > 1 ? $0.removeFirst() : $0[0] }, headers: headers)
            },
            { server in
                try await withWebClient { client in
                    let response = try await client.send(
                        WebRequest(
                            method: method,
                            url: server.url,
                            headers: key.map { [("idempotency-key", $0)] } ?? [],
                            retry: retry,
                            guardAddresses: false
                        )
                    )
                    return (response.status, server.requests.count)
                }
            }
        )
    }

    @Test("a GET is repeated when asked, up to the number of attempts")
    func repeats() async throws {
        #expect(try await attempts(.get, retry: .idempotent(attempts: 3), statuses: [503, 429, 200]) == (200, 3))
        #expect(try await attempts(.get, retry: .idempotent(attempts: 2), statuses: [503]) == (503, 2))
    }

    @Test("nothing is repeated unasked, nor an answer that stands")
    func once() async throws {
        #expect(try await attempts(.get, retry: .none, statuses: [503, 200]) == (503, 1))
        #expect(try await attempts(.get, retry: .idempotent(attempts: 3), statuses: [500]) == (500, 1))
        #expect(try await attempts(.get, retry: .idempotent(attempts: 3), statuses: [404]) == (404, 1))
    }

    @Test("a POST is repeated only with an idempotency key")
    func posts() async throws {
        #expect(try await attempts(.post, retry: .idempotent(attempts: 3), statuses: [503, 200]) == (503, 1))
        #expect(
            try await attempts(.post, key: "k", retry: .idempotent(attempts: 3), statuses: [503, 200]) == (200, 2)
        )
    }

    @Test("Retry-After is waited for when it is short, and left to the caller when it is long")
    func retryAfter() async throws {
        let start = ContinuousClock.now
        let soon = try await attempts(
            .get,
            retry: .idempotent(attempts: 2),
            statuses: [429, 200],
            headers: [("Retry-After", "1")]
        )
        #expect(soon == (200, 2))
        #expect(ContinuousClock.now - start >= .seconds(1))
        let late = try await attempts(
            .get,
            retry: .idempotent(attempts: 2),
            statuses: [429, 200],
            headers: [("Retry-After", "3600")]
        )
        #expect(late == (429, 1))
    }

    @Test("a broken connection is repeated for what is idempotent only")
    func broken() async throws {
        let count = NIOLockedValueBox(0)
        try await RawServer.run { inbound, outbound in
            _ = try await RawServer.readHead(&inbound)
            let number = count.withLockedValue {
                $0 += 1
                return $0
            }
            if number > 1 { try await outbound.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        } _: { server in
            try await withWebClient { client async throws in
                var request = WebRequest(
                    method: .post,
                    url: server.url,
                    retry: .idempotent(attempts: 3),
                    guardAddresses: false
                )
                await #expect(throws: WebError.self) { try await client.send(request) }
                #expect(count.withLockedValue { $0 } == 1)
                count.withLockedValue { $0 = 0 }
                request.headers = [("Idempotency-Key", "k")]
                #expect(try await client.send(request).status == 200)
                #expect(count.withLockedValue { $0 } == 2)
            }
        }
    }

    @Test(
        "Retry-After is read as seconds or as a date against the server's own",
        arguments: [
            ("7", nil, 7), ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT", 30),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 09:49:07 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", nil, nil), ("-1", nil, nil), ("soon", nil, nil),
        ] as [(String, String?, Int?)]
    )
    func reads(value: String, date: String?, seconds: Int?) {
        var headers = [(name: "retry-after", value: value)]
        if let date { headers.append(("Date", date)) }
        #expect(RetryDelay.retryAfter(WebResponse(status: 429, headers: headers)) == seconds.map { .seconds($0) })
    }
}
