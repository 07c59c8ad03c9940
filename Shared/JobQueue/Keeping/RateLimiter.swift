/// The generic cell rate algorithm of `gcra.lua` in this process: what the relay goes by while Redis is away.
struct RateLimiter: Sendable {
    /// What a limiter says.
    struct Answer: Sendable, Equatable {
        /// So many may start now.
        var allowed: Int
        /// Until the next may; zero when all that were wanted may.
        var wait: Duration
    }

    private let rate: JobLimit.Rate
    /// When the start that would be exactly on time arrives; at most `burst` intervals ahead of now.
    private var arrival: Instant

    /// Empty of credit: what was allowed before is unknown, so nothing is given twice.
    init(_ rate: JobLimit.Rate, now: Instant) {
        self.rate = rate
        arrival = now + rate.interval * rate.burst
    }

    /// Asks for `wanted` starts.
    mutating func take(_ wanted: Int, now: Instant) -> Answer {
        let horizon = now + rate.interval * rate.burst
        var allowed = 0
        arrival = max(arrival, now)
        while allowed < wanted, arrival + rate.interval <= horizon {
            arrival += rate.interval
            allowed += 1
        }
        return Answer(allowed: allowed, wait: allowed == wanted ? .zero : horizon.duration(to: arrival + rate.interval))
    }

    /// How far ahead of now it is used up: what Redis must hear when it is back.
    func ahead(of now: Instant) -> Duration { max(now.duration(to: arrival), .zero) }
}
