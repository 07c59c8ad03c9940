import Redis
import TestSupport
import Testing

extension RedisTests {
    @Suite struct CommandTests {}
}

extension RedisTests.CommandTests {
    @Test("values of any bytes come back as they were sent")
    func bytes() async throws {
        try await TestRedis.withClient { client in
            let key = RedisArgument(freshKey("bytes"))
            let values: [[UInt8]] = [[], [0], Array(0...255), Array("ключ 🗝\r\n$5\r\n".utf8)]
            for value in values {
                #expect(try await client.command(["SET", key, RedisArgument(value)]) == .status("OK"))
                #expect(try await client.command(["GET", key]) == .string(value))
            }
            try await client.command(["DEL", key])
            #expect(try await client.command(["GET", key]) == .null)
        }
    }

    @Test("a command of nothing but empty words is answered too")
    func emptyWords() async throws {
        try await TestRedis.withClient { client async throws in
            await #expect(throws: RedisError.self) { try await client.command(["", ""]) }
            #expect(try await client.command(["PING"]) == .status("PONG"))
        }
    }

    @Test("numbers, lists and nested lists are read")
    func shapes() async throws {
        try await TestRedis.withClient { client in
            let key = RedisArgument(freshKey("list"))
            #expect(try await client.command(["RPUSH", key, "a", 7]) == .integer(2))
            #expect(try await client.command(["LRANGE", key, 0, -1]).array?.map(\.text) == ["a", "7"])
            let nested = try await client.command(["EVAL", "return {1,{'x',false,{}}}", 0])
            #expect(nested == .array([.integer(1), .array([.string([120]), .null, .array([])])]))
            try await client.command(["DEL", key])
        }
    }

    @Test("a refused command throws the server's words and leaves its neighbours alone")
    func refused() async throws {
        try await TestRedis.withClient { client in
            await #expect(throws: RedisError.self) { try await client.command(["NOSUCHCOMMAND"]) }
            let key = RedisArgument(freshKey("wrong"))
            await #expect {
                try await client.pipeline([["SET", key, "x"], ["LPUSH", key, "y"], ["APPEND", key, "z"]])
            } throws: { error in
                guard case .server(let message) = error as? RedisError else { return false }
                return message.hasPrefix("WRONGTYPE")
            }
            #expect(try await client.command(["GET", key]).text == "xz")
            try await client.command(["DEL", key])
        }
    }

    @Test("a thousand tasks share the connection and each gets its own reply")
    func manyTasks() async throws {
        try await TestRedis.withClient { client in
            try await withThrowingTaskGroup { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let replies = try await client.pipeline([
                            ["ECHO", RedisArgument(number)], ["ECHO", RedisArgument(-number)],
                        ])
                        #expect(replies.map(\.integer) == [Int64(number), Int64(-number)])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("eight megabytes go both ways")
    func large() async throws {
        try await TestRedis.withClient { client async throws in
            let value = [UInt8](repeating: 0xa5, count: 8 << 20)
            #expect(try await client.command(["ECHO", RedisArgument(value)]).bytes == value)
        }
    }

    @Test("a published message counts its listeners")
    func publishing() async throws {
        try await TestRedis.withClient { client async throws in
            #expect(try await client.publish(freshKey("channel"), "hello") == 0)
        }
    }
}
