/// How long a failed job waits before its next attempt, and how often it is tried. Machine time, not business time.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all; after the last failed one the job is dead.
    public var maxAttempts: Int
    /// The wait after the first failure.
    public var base: Duration
    /// What each further wait is multiplied by.
    public var factor: Double
    /// No wait is longer.
    public var longest: Duration
    /// The share of each wait that chance adds or takes away, so that what failed together is not retried together.
    public var jitter: Double

    /// A policy of these figures.
    public init(
        maxAttempts: Int,
        base: Duration = .seconds(1),
        factor: Double = 2,
        longest: Duration = .seconds(900),
        jitter: Double = 0.2
    ) {
        self.maxAttempts = maxAttempts
        self.base = base
        self.factor = factor
        self.longest = longest
        self.jitter = jitter
    }

    /// 15 attempts: 1, 2, 4 … 512 s, then 15 minutes each. About 1 hour and 20 minutes in all: longer than a provider's
    /// usual bad hour.
    public static let standard = RetryPolicy(maxAttempts: 15)

    /// One attempt: the first failure is the last.
    public static let never = RetryPolicy(maxAttempts: 1)

    /// The wait after the failure of attempt number `attempt` (the first is 1).
    public func delay(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        var wait = base
        for _ in 1..<max(attempt, 1) where wait < longest { wait = wait * factor }
        let chance = jitter > 0 ? Double.random(in: (1 - jitter)...(1 + jitter), using: &generator) : 1
        return min(wait, longest) * chance
    }
}
