import Foundation
import Redis
import Testing

@testable import JobQueue

extension JobQueueTests {
    @Suite struct LimitBookTests {
        private static func candidates(_ keys: [[String]]) -> [LimitBook.Candidate] {
            keys.enumerated().map { LimitBook.Candidate(id: Int64($0), tenant: 1, keys: $1) }
        }

        @Test("of each key no more are admitted than are free, whatever waits before them")
        func concurrency() {
            let book = LimitBook(
                limits: ["ahrefs": JobLimit("ahrefs", concurrency: 3)],
                inFlight: ["ahrefs:1": LimitBook.InFlight(queued: 1, all: 2), "ahrefs:2": .init(queued: 0, all: 5)]
            )
            let waiting = Self.candidates([["ahrefs:1"], ["ahrefs:1"], ["ahrefs:2"], ["ahrefs:3"], ["free:9"]])
            let (chosen, asked) = book.admissible(waiting, room: 100)
            #expect(chosen.map(\.id) == [0, 3, 4])
            #expect(asked.isEmpty)
            #expect(book.admissible(waiting, room: 2).chosen.map(\.id) == [0, 3])
        }

        @Test("a job under two limits takes of neither when one has nothing to give")
        func twoKeys() {
            let book = LimitBook(
                limits: ["site": JobLimit("site", concurrency: 1), "ahrefs": JobLimit("ahrefs", concurrency: 1)],
                inFlight: ["site:1": LimitBook.InFlight(queued: 0, all: 1)]
            )
            let (chosen, _) = book.admissible(Self.candidates([["ahrefs:1", "site:1"], ["ahrefs:1"]]), room: 10)
            #expect(chosen.map(\.id) == [1])
        }

        @Test("no more wait in the list for a rate than its burst, and what the rate refuses stays behind")
        func rates() {
            let book = LimitBook(
                limits: ["mail": JobLimit("mail", rate: .init(10, per: .seconds(1), burst: 3))],
                inFlight: ["mail:1": LimitBook.InFlight(queued: 1, all: 9)]
            )
            let (chosen, asked) = book.admissible(Self.candidates(Array(repeating: ["mail:1"], count: 5)), room: 10)
            #expect(chosen.count == 2)
            #expect(asked == ["mail:1": 2])
            #expect(book.allowed(chosen, by: ["mail:1": 1]).map(\.id) == [0])
            #expect(book.allowed(chosen, by: [:]).isEmpty)
        }

        @Test("Redis' limiter gives nothing before memory begins, no more than the burst, and less what it is told of")
        func script() async throws {
            try await Shop.open { shop in
                let hints = HintList(queue: shop.queue, redis: shop.redis)
                let rate = JobLimit.Rate(60, per: .seconds(3600), burst: 5)
                #expect(try await hints.ask("ahrefs:1", rate, wanted: 9, ahead: .zero).allowed == 0)
                // Began ten minutes ago, empty: ten starts earned, of which five are kept.
                let tenMinutes = Int((Date(timeIntervalSinceNow: -600).timeIntervalSince1970 * 1e6).rounded())
                let began = RedisArgument("jq:{\(shop.queue)}:began")
                try await shop.redis.command(["SET", began, RedisArgument(tenMinutes)])
                #expect(try await hints.ask("ahrefs:1", rate, wanted: 3, ahead: .zero).allowed == 3)
                #expect(try await hints.ask("ahrefs:1", rate, wanted: 9, ahead: .zero).allowed == 2)
                #expect(try await hints.ask("ahrefs:1", rate, wanted: 1, ahead: .zero).allowed == 0)
                #expect(try await hints.ask("ahrefs:2", rate, wanted: 9, ahead: .seconds(150)).allowed == 2)
                // Began two and a half minutes ago: two earned.
                let late = Int((Date(timeIntervalSinceNow: -150).timeIntervalSince1970 * 1e6).rounded())
                try await shop.redis.command(["SET", began, RedisArgument(late)])
                #expect(try await hints.ask("ahrefs:3", rate, wanted: 9, ahead: .zero).allowed == 2)
            }
        }

        @Test("a limiter begins empty, gives its rate, and saves up no more than its burst")
        func limiter() {
            let start = ContinuousClock.now
            var limiter = RateLimiter(.init(10, per: .seconds(1), burst: 3), now: start)
            func take(_ wanted: Int, after time: Duration) -> RateLimiter.Answer {
                limiter.take(wanted, now: start + time)
            }
            #expect(take(5, after: .zero) == .init(allowed: 0, wait: .milliseconds(100)))
            #expect(take(5, after: .milliseconds(100)) == .init(allowed: 1, wait: .milliseconds(100)))
            #expect(take(5, after: .milliseconds(150)) == .init(allowed: 0, wait: .milliseconds(50)))
            #expect(take(1, after: .seconds(60)) == .init(allowed: 1, wait: .zero))
            #expect(take(5, after: .seconds(60)) == .init(allowed: 2, wait: .milliseconds(100)))
            #expect(limiter.ahead(of: start + .seconds(60)) == .milliseconds(300))
        }
    }
}
