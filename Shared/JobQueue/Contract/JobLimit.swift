/// What jobs may not do all at once, whatever the number of workers: a bound on jobs in flight, on starts in a period, or
/// both. It holds for each key by itself.
///
/// A task declares the limit (``JobTask/limits``), a job names the key it falls under (``NewJob/limitKeys``): the limit
/// `ahrefs` bounds the jobs of `ahrefs:7` and, apart from them, those of `ahrefs:8`. A key whose name before the colon no
/// task has declared bounds nothing.
///
/// The relay admits by it, so a limited job starts some milliseconds later than another; it never takes the fast path.
public struct JobLimit: Sendable, Hashable {
    /// Starts in a period.
    public struct Rate: Sendable, Hashable {
        /// How many.
        public let count: Int
        /// In which time, machine time.
        public let period: Duration
        /// How many of these may come at once, after a quiet while. With 1 they come evenly, and any period sees at most
        /// `count`; in general it sees at most `count + burst - 1`.
        public let burst: Int

        /// A rate.
        public init(_ count: Int, per period: Duration, burst: Int = 1) {
            self.count = max(count, 1)
            self.period = max(period, .milliseconds(1))
            self.burst = max(burst, 1)
        }

        /// Between two starts once the burst is used up.
        var interval: Duration { period / count }
    }

    /// The part of a key before its colon: lower-case letters, digits, `-` and `_`.
    public let name: String
    /// Jobs that may be in flight (waiting in the list or running) for one key; nil does not bound them.
    public let concurrency: Int?
    /// Starts that are allowed for one key; nil does not bound them.
    public let rate: Rate?

    /// A limit.
    public init(_ name: String, concurrency: Int? = nil, rate: Rate? = nil) {
        self.name = name
        self.concurrency = concurrency
        self.rate = rate
    }

    /// The name of the limit that `key` falls under.
    static func name(ofKey key: String) -> String {
        String(key.prefix { $0 != ":" })
    }
}
