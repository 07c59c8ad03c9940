import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import WebClient

extension WebClientTests {
    @Suite struct GuardTests {}
}

extension WebClientTests.GuardTests {
    @Test(
        "addresses that are not public are refused",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
            "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
            "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
            "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
            "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
            "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
        ]
    )
    func refused(text: String) throws {
        #expect(!AddressGuard.isPublic(try #require(IPAddress(text))))
    }

    @Test(
        "addresses beside the refused blocks are public",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888",
            "2003::1", "2606:4700::1111", "2a00:1450::1",
        ]
    )
    func allowed(text: String) throws {
        #expect(AddressGuard.isPublic(try #require(IPAddress(text))))
    }

    @Test(
        "no spelling of a local address gets through",
        arguments: [
            "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
            "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://0.0.0.0/",
            "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/", "http://[fe80::1%25lo]/", "http://localhost/", "http://LOCALHOST/",
            "http://localhost./", "http://127.0.0.1./", "http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/",
            "http://user:pass@127.0.0.1/", "http://example.com@127.0.0.1/", "http://127.0.0.1:80#@example.com/",
            "http:/127.0.0.1/", "http:127.0.0.1", "http:///127.0.0.1/", "http://127.0.0.1%2f.example.com/",
            "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "https://10.0.0.1/",
            "http://192.168.0.1/", "http://100.100.100.200/", "http://168.63.129.16/", "http://2852039166/",
        ]
    )
    func spellings(url: String) async throws {
        try await withWebClient { client in
            let error = await #expect(throws: WebError.self, "\(url)") {
                try await client.send(WebRequest(url: url))
            }
            switch error {
            case .refusedAddress, .invalidURL: break
            // A name that is none: nothing was connected.
            case .connection(let reason): #expect(reason.hasSuffix("has no address"))
            default: Issue.record("\(url): \(String(describing: error))")
            }
        }
    }

    @Test(
        "other schemes and ports are refused",
        arguments: [
            "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "dict://example.com:11211/",
            "smb://a/b",
            "http://example.com:22/", "http://example.com:6379/", "https://example.com:8443/", "http://example.com:0/",
            "http://example.com:65536/", "//example.com/", "example.com", "", "javascript:alert(1)", "http://",
            "http://exa mple.com/", "http://example.com\r\nX: y/",
        ]
    )
    func schemesAndPorts(url: String) async throws {
        try await withWebClient { client in
            let error = await #expect(throws: WebError.self) { try await client.send(WebRequest(url: url)) }
            guard case .invalidURL = error else {
                Issue.record("\(url): \(String(describing: error))")
                return
            }
        }
    }

    @Test("one address that is not public refuses the name, whatever else it has")
    func anyAddress() async throws {
        let names = ["mixed.test": ["93.184.216.34", "10.0.0.7"], "six.test": ["2606:4700::1111", "::1"]]
        try await withWebClient(guarding(port: 80, names: names, exceptions: [])) { client in
            await #expect(throws: WebError.refusedAddress("10.0.0.7")) {
                try await client.send(WebRequest(url: "http://mixed.test/"))
            }
            await #expect(throws: WebError.refusedAddress("::1")) {
                try await client.send(WebRequest(url: "https://six.test/"))
            }
        }
    }

    @Test("a name is resolved once and connected where it was checked, whatever it says later")
    func rebinding() async throws {
        try await RecordingServer.run(host: "127.0.0.2") { server in
            let lookups = NIOLockedValueBox(0)
            var configuration = guarding(port: server.port, exceptions: ["127.0.0.2"])
            configuration.resolve = HostResolver { _ in
                let count = lookups.withLockedValue {
                    $0 += 1
                    return $0
                }
                return [IPAddress(count == 1 ? "127.0.0.2" : "127.0.0.1")].compactMap { $0 }
            }
            try await withWebClient(configuration) { client async throws in
                let url = "http://rebinding.test:\(server.port)/"
                #expect(try await client.send(WebRequest(url: url)).status == 200)
                #expect(lookups.withLockedValue { $0 } == 1)
                #expect(server.requests.first?.header("host") == "rebinding.test:\(server.port)")
                await #expect(throws: WebError.refusedAddress("127.0.0.1")) {
                    try await client.send(WebRequest(url: url))
                }
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("the socket's own address is the last word")
    func lastWord() async throws {
        try await RecordingServer.run { server in
            try await withWebClient { client in
                // As if the checks before had been fooled: the pin itself is a local address.
                let work = try HTTPWork(
                    request: WebRequest(url: server.url),
                    url: WebURL("http://fooled.test:\(server.port)/"),
                    pins: [try #require(IPAddress("127.0.0.1"))],
                    exceptions: [],
                    userAgent: "test",
                    timeout: .seconds(10)
                )
                let reply = await client.guarded.perform(work)
                #expect(reply.refusedAddress == "127.0.0.1")
                #expect(reply.requestBytes == 0)
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test(
        "a redirect to the inside is refused",
        arguments: [
            "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "//10.0.0.1/", "http://inside.test/",
        ]
    )
    func redirects(location: String) async throws {
        try await RecordingServer.run(
            host: "127.0.0.2",
            answering: { _ in .init(302, headers: [("Location", location)]) },
            { server in
                let names = ["outside.test": ["127.0.0.2"], "inside.test": ["10.1.1.1"]]
                let configuration = guarding(port: server.port, names: names, exceptions: ["127.0.0.2"])
                try await withWebClient(configuration) { client in
                    let error = await #expect(throws: WebError.self) {
                        try await client.send(WebRequest(url: "http://outside.test:\(server.port)/"))
                    }
                    guard case .refusedAddress = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(server.requests.count == 1)
                }
            }
        )
    }

    @Test("a redirect to another scheme is refused", arguments: ["file:///etc/passwd", "gopher://example.com/"])
    func redirectSchemes(location: String) async throws {
        try await RecordingServer.run(answering: { _ in .init(302, headers: [("Location", location)]) }) { server in
            try await withWebClient { client in
                await #expect(throws: WebError.invalidURL("only http and https are spoken")) {
                    try await client.send(WebRequest(url: server.url, guardAddresses: false))
                }
            }
        }
    }

    @Test("a configured provider that redirects elsewhere is guarded there")
    func providerRedirect() async throws {
        try await RecordingServer.run(
            answering: { _ in .init(302, headers: [("Location", "http://127.0.0.1/")]) },
            { server in
                try await withWebClient { client in
                    await #expect(throws: WebError.refusedAddress("127.0.0.1")) {
                        try await client.send(WebRequest(url: server.url, guardAddresses: false))
                    }
                }
            }
        )
    }

    @Test("a guarded request never uses a connection that was opened without the guard")
    func separateConnections() async throws {
        try await RecordingServer.run { server in
            var configuration = guarding(port: server.port, names: ["127.0.0.1": ["127.0.0.1"]], exceptions: [])
            configuration.guardedPorts = [server.port]
            try await withWebClient(configuration) { client in
                _ = try await client.send(WebRequest(url: server.url, guardAddresses: false))
                await #expect(throws: WebError.refusedAddress("127.0.0.1")) {
                    try await client.send(WebRequest(url: server.url))
                }
            }
        }
    }

    @Test("a name server that does not answer is a time-out before anything is sent")
    func slowNames() async throws {
        var configuration = WebClientConfiguration()
        configuration.resolve = HostResolver { _ in
            try? await Task.sleep(for: .seconds(600))
            return []
        }
        try await withWebClient(configuration) { client in
            _ = await #expect(throws: WebError.timeout(.connecting)) {
                try await client.send(WebRequest(url: "http://slow.test/", connectTimeout: .milliseconds(50)))
            }
        }
    }
}
