import Redis
import TestSupport
import Testing

extension RedisTests {
    @Suite struct LossTests {}
}

extension RedisTests.LossTests {
    @Test("CLIENT KILL fails what is in flight, and the next command goes over a new connection")
    func clientKill() async throws {
        try await TestRedis.withServer { server in
            let configuration = try RedisConfiguration(url: server.url)
            try await TestRedis.withClient(of: configuration) { client in
                try await TestRedis.withClient(of: configuration) { operatorClient in
                    let waiting = Task { try await client.command(["BLPOP", "nothing", 0]) }
                    try await wait(for: ["INFO", "clients"], over: operatorClient) {
                        $0.text?.contains("blocked_clients:1") == true
                    }
                    try await operatorClient.command(["CLIENT", "KILL", "TYPE", "normal"])
                    await #expect(throws: RedisError.self) { try await waiting.value }
                    try await client.waitUntilReachable()
                    #expect(try await client.command(["PING"]) == .status("PONG"))
                }
            }
        }
    }

    @Test("a killed server fails every waiter, refuses at once while it is away, and is found again after its restart")
    func serverRestart() async throws {
        try await TestRedis.withServer { server in
            try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { client in
                try await client.command(["PING"])
                let waiting = (0..<100).map { number in
                    Task { try await client.command(["BLPOP", RedisArgument("nothing\(number)"), 0]) }
                }
                try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { other in
                    try await wait(for: ["INFO", "clients"], over: other) {
                        $0.text?.contains("blocked_clients:1") == true
                    }
                }
                server.kill()
                for task in waiting { await #expect(throws: RedisError.self) { try await task.value } }
                await #expect(throws: RedisError.self) { try await client.command(["PING"]) }
                #expect(!client.isReachable)
                try await server.start()
                try await client.waitUntilReachable()
                #expect(client.isReachable)
                #expect(try await client.command(["PING"]) == .status("PONG"))
            }
        }
    }

    @Test("a frozen server times out, and answers again when it goes on")
    func frozenServer() async throws {
        try await TestRedis.withServer { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.commandTimeout = .milliseconds(100)
            configuration.connectTimeout = .milliseconds(100)
            try await TestRedis.withClient(of: configuration) { client in
                try await client.command(["PING"])
                server.freeze()
                await #expect(throws: RedisError.timeout) { try await client.command(["PING"]) }
                #expect(!client.isReachable)
                server.thaw()
                try await client.waitUntilReachable()
                #expect(try await client.command(["PING"]) == .status("PONG"))
            }
        }
    }

    @Test("nobody listening is an error, not a hang")
    func nobodyListens() async throws {
        let port = try FreePort.find()
        try await TestRedis.withClient(of: RedisConfiguration(url: "redis://127.0.0.1:\(port)")) { client in
            await #expect(throws: RedisError.self) { try await client.command(["PING"]) }
            await #expect(throws: RedisError.self) { try await client.pipeline([["PING"], ["PING"]]) }
        }
    }

    @Test("a closed client refuses")
    func closed() async throws {
        try await TestRedis.withClient { client in
            try await client.command(["PING"])
            await client.close()
            await #expect(throws: RedisError.connection("closed")) { try await client.command(["PING"]) }
            #expect(!client.isReachable)
        }
    }
}
