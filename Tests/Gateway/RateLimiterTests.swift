import Logging
import Redis
import TestSupport
import Testing

@testable import Gateway

@Suite("Limits that all gateways share", .timeLimit(.minutes(1)))
struct RateLimiterTests {
    @Test("as many at once as the burst allows get in, but for a handful at most, and not one more")
    func manyAtOnce() async throws {
        try await TestRedis.withClient { redis in
            try await redis.command(["PING"])
            let limiter = RateLimiter(redis: redis, logger: Logger(label: "tests.limits"))
            let key = "test:\(UInt64.random(in: 0 ... .max))"
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        do {
                            // A token comes back every hundred seconds: none within the test.
                            try await limiter.admit(key, RateLimit(rate: 0.01, burst: 100))
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect((90...100).contains(admitted), "\(admitted)")
        }
    }

    @Test("many at once in one gateway leave the other gateways their share")
    func sharedAmongGateways() async throws {
        try await TestRedis.withClient { redis in
            try await redis.command(["PING"])
            let limiters = (0..<2).map { _ in RateLimiter(redis: redis, logger: Logger(label: "tests.limits")) }
            let key = "test:\(UInt64.random(in: 0 ... .max))"
            let limit = RateLimit(rate: 0.01, burst: 100)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 { group.addTask { try await limiters[0].admit(key, limit) } }
                try await group.waitForAll()
            }
            // Sixteen have got in: a handful of ten, and a token for each that came beside it.
            for _ in 0..<70 { try await limiters[1].admit(key, limit) }
        }
    }
}
