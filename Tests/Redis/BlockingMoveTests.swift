import Redis
import TestSupport
import Testing

extension RedisTests {
    @Suite struct BlockingMoveTests {}
}

extension RedisTests.BlockingMoveTests {
    @Test("an element wakes the waiter and lies in the other list")
    func wakes() async throws {
        try await TestRedis.withClient { client in
            let (ready, claimed) = (freshKey("ready"), freshKey("claimed"))
            let waiting = Task {
                try await client.blockingMove(from: ready, to: claimed, timeout: .seconds(20))
            }
            try await client.command(["LPUSH", RedisArgument(ready), "17"])
            #expect(try await waiting.value == Array("17".utf8))
            #expect(try await client.command(["LRANGE", RedisArgument(claimed), 0, -1]).array?.count == 1)
            try await client.command(["DEL", RedisArgument(claimed)])
        }
    }

    @Test("an empty list gives nil after the time-out, and other commands do not wait for it")
    func timesOut() async throws {
        try await TestRedis.withClient { client async throws in
            let waiting = Task {
                try await client.blockingMove(from: freshKey("a"), to: freshKey("b"), timeout: .milliseconds(50))
            }
            #expect(try await client.command(["PING"]) == .status("PONG"))
            #expect(try await waiting.value == nil)
        }
    }

    @Test("cancelling ends the wait at once, and the next wait works")
    func cancelled() async throws {
        try await TestRedis.withServer { server in
            try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { client in
                let waiting = Task {
                    try await client.blockingMove(from: "ready", to: "claimed", timeout: .seconds(50))
                }
                try await wait(for: ["INFO", "clients"], over: client) {
                    $0.text?.contains("blocked_clients:1") == true
                }
                waiting.cancel()
                await #expect(throws: RedisError.self) { try await waiting.value }
                try await wait(for: ["INFO", "clients"], over: client) {
                    $0.text?.contains("blocked_clients:0") == true
                }
                try await client.command(["LPUSH", "ready", "1"])
                let next = try await client.blockingMove(from: "ready", to: "claimed", timeout: .seconds(20))
                #expect(next == Array("1".utf8))
            }
        }
    }

    @Test("a task that was cancelled before does not wait")
    func cancelledBefore() async throws {
        try await TestRedis.withClient { client in
            let waiting = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.blockingMove(from: freshKey("a"), to: freshKey("b"), timeout: .seconds(50))
            }
            await #expect(throws: RedisError.self) { try await waiting.value }
        }
    }

    @Test("a killed server fails the wait; after its restart the next wait works")
    func serverRestart() async throws {
        try await TestRedis.withServer { server in
            try await TestRedis.withClient(of: RedisConfiguration(url: server.url)) { client in
                let waiting = Task {
                    try await client.blockingMove(from: "ready", to: "claimed", timeout: .seconds(50))
                }
                try await wait(for: ["INFO", "clients"], over: client) {
                    $0.text?.contains("blocked_clients:1") == true
                }
                server.kill()
                await #expect(throws: RedisError.self) { try await waiting.value }
                try await server.start()
                try await client.waitUntilReachable()
                try await client.command(["LPUSH", "ready", "1"])
                var moved: [UInt8]?
                // The blocking connection may still be between two attempts when the other one is back.
                while moved == nil {
                    moved = try? await client.blockingMove(from: "ready", to: "claimed", timeout: .seconds(20))
                }
                #expect(moved == Array("1".utf8))
            }
        }
    }
}
