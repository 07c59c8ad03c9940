/// The pauses between attempts: 200 ms · 2ⁿ with jitter, at most 5 s; what `Retry-After` asks when that is at most 30 s.
struct RetryDelay {
    /// A server that asks for longer gets its wish from the job queue, not from a sleeping request.
    static let longest = Duration.seconds(30)

    private var failures = 0

    mutating func next() -> Duration {
        defer { failures += 1 }
        let whole = min(200 << min(failures, 5), 5_000)
        return .milliseconds(Int.random(in: whole / 2...whole))
    }

    /// The pause before repeating a request that was answered like this; nil when the answer stands.
    mutating func next(after response: WebResponse) -> Duration? {
        guard [429, 502, 503, 504].contains(response.status) else { return nil }
        guard let asked = Self.retryAfter(response) else { return next() }
        return asked <= Self.longest ? max(asked, next()) : nil
    }

    /// Seconds, or a date, which is taken against the server's own `Date`.
    static func retryAfter(_ response: WebResponse) -> Duration? {
        guard let value = response.header("Retry-After") else { return nil }
        if let seconds = Int(value), seconds >= 0 { return .seconds(seconds) }
        guard let until = HTTPDate.seconds(value), let now = response.header("Date").flatMap(HTTPDate.seconds) else {
            return nil
        }
        return .seconds(max(until - now, 0))
    }
}
