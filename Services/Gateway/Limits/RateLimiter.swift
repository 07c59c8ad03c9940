import Logging
import NIOConcurrencyHelpers
import Redis

/// Counts requests against limits that all gateways share.
///
/// Tokens of a wide limit are fetched from Redis in handfuls (a tenth of the burst) and spent from memory, so that the
/// common request waits for no round trip; a handful lasts one second, then what is left of it is forgotten. While one
/// fetches a handful, those beside it fetch a token each: a handful for each of many would empty the bucket at once. A
/// narrow limit (logins) asks each time. Without Redis each gateway counts by itself.
final class RateLimiter: Sendable {
    private struct Purse {
        var tokens: Int
        var until: ContinuousClock.Instant
    }

    /// Keys kept at once: an attack from more addresses than this only makes us forget purses.
    private static let remembered = 20_000

    private let redis: RedisClient?
    private let logger: Logger
    private let purses = NIOLockedValueBox<[String: Purse]>([:])
    /// The keys for which a handful is on its way.
    private let fetching = NIOLockedValueBox<Set<String>>([])
    private let fallback = NIOLockedValueBox<[String: LocalBucket]>([:])

    init(redis: RedisClient?, logger: Logger) {
        self.redis = redis
        self.logger = logger
    }

    /// - Throws: 429 with `Retry-After` when the bucket is empty.
    func admit(_ key: String, _ limit: RateLimit) async throws(Problem) {
        let now = ContinuousClock.now
        if spend(key, now) { return }
        guard let redis, redis.isReachable else { return try admitLocally(key, limit, now) }
        let isFirst = fetching.withLockedValue { $0.insert(key).inserted }
        defer { if isFirst { fetching.withLockedValue { _ = $0.remove(key) } } }
        let wanted = isFirst ? max(1, limit.burst / 10) : 1
        do throws(RedisError) {
            let reply = try await redis.run(
                TokenBucket.script,
                keys: ["rl:" + key],
                arguments: ["\(limit.rate)", RedisArgument(limit.burst), RedisArgument(wanted)]
            )
            let figures = (reply.array ?? []).compactMap(\.integer)
            guard figures.count == 2 else { return }
            if figures[0] == 0 { throw RedisError.server("empty \(figures[1])") }
            keep(key, tokens: Int(figures[0]) - 1, until: now + .seconds(1))
        } catch .server(let message) where message.hasPrefix("empty ") {
            // The handful that was on its way is here by now.
            if spend(key, now) { return }
            let milliseconds = Int(message.dropFirst(6)) ?? 1000
            throw .tooManyRequests(retryAfter: max(1, (milliseconds + 999) / 1000))
        } catch {
            logger.warning("rate limits are counted in memory", metadata: ["error": "\(error)"])
            try admitLocally(key, limit, now)
        }
    }

    private func spend(_ key: String, _ now: ContinuousClock.Instant) -> Bool {
        purses.withLockedValue { purses in
            guard let purse = purses[key], purse.tokens > 0, purse.until > now else { return false }
            purses[key]?.tokens -= 1
            return true
        }
    }

    private func keep(_ key: String, tokens: Int, until: ContinuousClock.Instant) {
        guard tokens > 0 else { return }
        purses.withLockedValue { purses in
            if purses.count >= Self.remembered { purses.removeAll(keepingCapacity: true) }
            // Of one that was fetched just now some may be left.
            let left = purses[key].flatMap { $0.until > until - .seconds(1) ? $0.tokens : nil } ?? 0
            purses[key] = Purse(tokens: left + tokens, until: until)
        }
    }

    private func admitLocally(
        _ key: String,
        _ limit: RateLimit,
        _ now: ContinuousClock.Instant
    ) throws(Problem) {
        let wait = fallback.withLockedValue { buckets in
            if buckets.count >= Self.remembered { buckets.removeAll(keepingCapacity: true) }
            var bucket = buckets[key] ?? LocalBucket(tokens: Double(limit.burst), at: now)
            defer { buckets[key] = bucket }
            return bucket.take(limit, now: now)
        }
        guard let wait else { return }
        throw .tooManyRequests(retryAfter: max(1, Int((wait.microseconds + 999_999) / 1_000_000)))
    }
}
