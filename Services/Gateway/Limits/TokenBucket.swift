import Redis

/// A token bucket in Redis, so that all gateways share it. Time is Redis' own.
enum TokenBucket {
    /// Takes up to ARGV[3] tokens. Returns how many were granted and, when none, the milliseconds until one is there.
    static let script = RedisScript(
        """
        local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(held[1]) or burst
        local at = tonumber(held[2]) or now
        tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000)
        local granted = math.min(wanted, math.floor(tokens))
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'at', now)
        redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
        local wait = 0
        if granted == 0 then wait = math.ceil((1 - tokens) * 1000 / rate) end
        return {granted, wait}
        """
    )
}

/// The same bucket in memory: for a process whose Redis is away, and under it as the purse of tokens already granted.
struct LocalBucket: Sendable {
    var tokens: Double
    var at: ContinuousClock.Instant

    /// - Returns: nil when a token was taken, else how long to wait for one.
    mutating func take(_ limit: RateLimit, now: ContinuousClock.Instant) -> Duration? {
        let elapsed = Double(at.duration(to: now).microseconds) / 1_000_000
        tokens = min(Double(limit.burst), tokens + max(0, elapsed) * limit.rate)
        at = now
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return .milliseconds(Int64(((1 - tokens) / limit.rate * 1000).rounded(.up)))
    }
}
