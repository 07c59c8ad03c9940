import Redis
import TestSupport
import Testing

extension RedisTests {
    @Suite struct ConfigurationTests {}
}

extension RedisTests.ConfigurationTests {
    @Test("a URL gives host, port, user, password and database")
    func reads() throws {
        let full = try RedisConfiguration(url: "redis://worker:s%40cret@queue.internal:7000/3")
        #expect(full.host == "queue.internal")
        #expect(full.port == 7000)
        #expect(full.username == "worker")
        #expect(full.password == "s@cret")
        #expect(full.database == 3)
        let short = try RedisConfiguration(url: "redis://:secret@[::1]")
        #expect(short.host == "::1")
        #expect(short.port == 6379)
        #expect(short.username == nil)
        #expect(short.password == "secret")
        #expect(short.database == 0)
    }

    @Test(
        "a URL that cannot be used is refused with a sentence without the password",
        arguments: ["", "rediss://:hunter2@h", "redis://:hunter2@h/x", "redis:///0", "http://:hunter2@h", "h:6379"]
    )
    func refuses(url: String) {
        #expect {
            try RedisConfiguration(url: url)
        } throws: { error in
            guard case .configuration(let sentence) = error as? RedisError else { return false }
            return !sentence.contains("hunter2") && sentence.contains("Redis URL")
        }
    }

    @Test("password and database are given to the server at each connect")
    func signsIn() async throws {
        try await TestRedis.withServer(arguments: ["--requirepass", "open sesame"]) { server in
            let url = "redis://:open%20sesame@127.0.0.1:\(server.port)/5"
            try await TestRedis.withClient(of: RedisConfiguration(url: url)) { client in
                let info = try await client.command(["CLIENT", "INFO"]).text ?? ""
                #expect(info.contains("db=5"))
                #expect(info.contains("name=igny8"))
            }
            let wrong = try RedisConfiguration(url: "redis://:nope@127.0.0.1:\(server.port)")
            try await TestRedis.withClient(of: wrong) { client in
                await #expect {
                    try await client.command(["PING"])
                } throws: { error in
                    guard case .server(let message) = error as? RedisError else { return false }
                    return message.hasPrefix("WRONGPASS")
                }
            }
        }
    }
}
