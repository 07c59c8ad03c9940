import Postgres
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension JobQueueTests {
    /// What the queue asks of a list of hints, of one server and of a cluster: there, every key of a script must lie in
    /// the same slot.
    @Suite(.serialized) struct HintListContract {
        enum Server: CaseIterable, Sendable {
            case single, cluster
        }

        private func open(_ server: Server, _ body: (HintList, RedisClient) async throws -> Void) async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            // By itself the bus would take the port 10,000 above, where outgoing connections have theirs.
            let bus = "\(try FreePort.find())"
            let place =
                server == .cluster
                ? ["--cluster-enabled", "yes", "--cluster-port", bus, "--dir", folder.path] : []
            try await TestRedis.withServer(arguments: place) { started in
                try await TestRedis.withClient(of: try RedisConfiguration(url: started.url)) { redis in
                    if server == .cluster {
                        try await redis.command(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
                        var isUp = false
                        while !isUp {
                            isUp = try await redis.command(["CLUSTER", "INFO"]).text?.contains("state:ok") == true
                        }
                    }
                    try await body(HintList(queue: "contract", redis: redis), redis)
                }
            }
        }

        @Test("hints come out in the order they went in, those at the head first", arguments: Server.allCases)
        func order(server: Server) async throws {
            try await open(server) { hints, _ in
                let length = try await hints.push([1, 2, 3]).length
                #expect(length == 3)
                #expect(try await hints.push([9], atHead: true).length == 4)
                #expect(try await hints.push([]).length == 4)
                #expect(try await hints.take(2, for: 7, clearing: true) == [9, 1])
                #expect(try await hints.waitForOne(for: 7, upTo: .milliseconds(50)) == 2)
                #expect(try await hints.take(5, for: 7, clearing: false) == [3])
                #expect(try await hints.take(5, for: 7, clearing: false) == [])
                #expect(try await hints.waitForOne(for: 7, upTo: .milliseconds(50)) == nil)
            }
        }

        @Test("more hints than a script's stack holds go through it whole", arguments: Server.allCases)
        func many(server: Server) async throws {
            try await open(server) { hints, _ in
                let ids = Array(Int64(1)...10_000)
                #expect(try await hints.push(ids).length == 10_000)
                #expect(try await hints.take(10_000, for: 7, clearing: true) == ids)
                try await hints.leave(7)
                #expect(try await hints.room().length == 10_000)
                #expect(try await hints.repair(ids: ids, oldIDs: [], epoch: nil) == 0)
            }
        }

        @Test("repair pushes what is missing, and pushes nothing the second time", arguments: Server.allCases)
        func repair(server: Server) async throws {
            try await open(server) { hints, _ in
                try await hints.push([1, 2, 2, 77])
                #expect(try await hints.repair(ids: [1, 2, 3], oldIDs: [4], epoch: nil) == 2)
                #expect(try await hints.repair(ids: [1, 2, 3], oldIDs: [4], epoch: nil) == 0)
                #expect(try await hints.room().length == 6)
            }
        }

        @Test(
            "hints in a present worker's hands are not missing, those in an absent one's are",
            arguments: Server.allCases
        )
        func hands(server: Server) async throws {
            try await open(server) { hints, redis in
                try await hints.push([1, 2])
                try await hints.present(7, running: 0, lifetime: .seconds(60))
                _ = try await hints.take(2, for: 7, clearing: true)
                #expect(try await hints.repair(ids: [1, 2], oldIDs: [], epoch: nil) == 0)
                // Queued for longer than a lease: only the list itself counts.
                #expect(try await hints.repair(ids: [1], oldIDs: [2], epoch: nil) == 1)
                try await redis.command(["DEL", "jq:{contract}:w:7"])
                #expect(try await hints.repair(ids: [1, 2], oldIDs: [], epoch: nil) == 1)
                #expect(try await redis.command(["EXISTS", "jq:{contract}:claimed:7"]).integer == 0)
            }
        }

        @Test("what a worker has claimed is settled with its next take, or by itself", arguments: Server.allCases)
        func settling(server: Server) async throws {
            try await open(server) { hints, redis in
                try await hints.push([1, 2, 3])
                _ = try await hints.take(1, for: 7, clearing: true)
                _ = try await hints.take(1, for: 7, clearing: true)
                #expect(
                    try await redis.command(["LRANGE", "jq:{contract}:claimed:7", 0, -1]).array?.map(\.text) == ["2"]
                )
                try await hints.settle(7)
                #expect(try await redis.command(["EXISTS", "jq:{contract}:claimed:7"]).integer == 0)
            }
        }

        @Test("a worker that leaves gives back its hints and is forgotten", arguments: Server.allCases)
        func leaving(server: Server) async throws {
            try await open(server) { hints, redis in
                try await hints.push([1, 2, 3])
                try await hints.present(7, running: 2, lifetime: .seconds(60))
                #expect(try await redis.command(["HGET", "jq:{contract}:busy", "7"]).text == "2")
                _ = try await hints.take(2, for: 7, clearing: true)
                try await hints.leave(7)
                try await hints.leave(7)
                #expect(try await hints.room().length == 3)
                let keys = try await redis.command(["KEYS", "jq:{contract}:*"]).array?.compactMap(\.text)
                #expect(keys?.sorted() == ["jq:{contract}:ready", "jq:{contract}:taken"])
            }
        }

        @Test(
            "the epoch is remembered until the server forgets, and its id until it restarts",
            arguments: Server.allCases
        )
        func memory(server: Server) async throws {
            try await open(server) { hints, redis in
                let new = try await hints.memory()
                #expect(new.epoch == nil)
                _ = try await hints.repair(ids: [1], oldIDs: [], epoch: "e1")
                let before = try await hints.memory()
                #expect(before.epoch == "e1")
                #expect(before.server?.count == 40)
                try await redis.command(["FLUSHALL"])
                let after = try await hints.memory()
                #expect(after.epoch == nil)
                #expect(after.server == before.server)
            }
        }
    }
}
