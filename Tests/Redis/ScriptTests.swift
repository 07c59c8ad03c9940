import Redis
import TestSupport
import Testing

extension RedisTests {
    @Suite struct ScriptTests {}
}

private let double = RedisScript("return tonumber(ARGV[1]) * 2 + #KEYS")

extension RedisTests.ScriptTests {
    @Test("a script runs with its keys and arguments, the first time and again")
    func runs() async throws {
        try await TestRedis.withClient { client async throws in
            #expect(try await client.run(double, arguments: [21]) == .integer(42))
            #expect(try await client.run(double, keys: ["a", "b"], arguments: [21]) == .integer(44))
        }
    }

    @Test("a script that the server has forgotten is loaded again")
    func flushed() async throws {
        try await TestRedis.withServer { server in
            try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { client in
                #expect(try await client.run(double, arguments: [1]) == .integer(2))
                try await client.command(["SCRIPT", "FLUSH"])
                #expect(try await client.run(double, arguments: [2]) == .integer(4))
            }
        }
    }

    @Test("a new connection loads the scripts before it is used")
    func loadedOnReconnect() async throws {
        try await TestRedis.withServer { server in
            try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { client in
                #expect(try await client.run(double, arguments: [1]) == .integer(2))
                server.kill()
                try await server.start()
                try await client.waitUntilReachable()
                // One script in a server that was empty a moment ago.
                try await wait(for: ["INFO", "memory"], over: client) {
                    $0.text?.contains("number_of_cached_scripts:1") == true
                }
                #expect(try await client.run(double, arguments: [3]) == .integer(6))
            }
        }
    }

    @Test("an error inside a script is the server's, and a script that does not compile says so")
    func failing() async throws {
        try await TestRedis.withClient { client in
            await #expect(throws: RedisError.self) { try await client.run(RedisScript("return redis.call('NOPE')")) }
            await #expect(throws: RedisError.self) { try await client.run(RedisScript("this is not Lua")) }
        }
    }
}
